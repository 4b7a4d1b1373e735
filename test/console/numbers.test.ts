import { expect, it } from 'vitest';

import { formatApart, formatCount, formatNumber, formatPair } from '../../console/numbers.ts';

it('writes numbers with three digits, thousands in full, and very small or large ones as powers of ten', () => {
  expect([0.0123456, 12.345, 12345.6, 1e-9].map(formatNumber)).toEqual(['0.0123', '12.3', '12,346', '1e-9']);
  expect([0, -0.5, -1234.5, 2.5e12, 999.99].map(formatNumber)).toEqual([
    '0',
    '-0.5',
    '-1,235',
    '2.5e12',
    '1000',
  ]);
});

it('writes counts in full', () => {
  expect(formatCount(17379)).toBe('17,379');
});

it('writes two numbers so that their difference shows', () => {
  expect(formatPair(1000.123, 1000.456)).toEqual(['1,000.12', '1,000.46']);
  expect(formatPair(0.712, 0.521)).toEqual(['0.71', '0.52']);
  expect(formatPair(15_545.3, 151_366.2)).toEqual(['15,545', '151,366']);
  expect(formatPair(2, 2)).toEqual(['2', '2']);
});

it('writes two numbers far from 0 so that their difference shows', () => {
  expect(formatPair(1e9, 1e9 + 0.13)).toEqual(['1,000,000,000', '1,000,000,000.13']);
});

it('writes a number with the digits that tell it from its neighbours', () => {
  const marks = (values: readonly number[], step: number) => values.map((value) => formatApart(value, step));
  expect(marks([273.2, 273.4], 0.2)).toEqual(['273.2', '273.4']);
  expect(marks([999_999_998, 1e9, 1_000_000_002], 2)).toEqual([
    '999,999,998',
    '1,000,000,000',
    '1,000,000,002',
  ]);
  expect(marks([0, 20, 40], 20)).toEqual(['0', '20', '40']);
  expect(marks([-1234.5, 1235], 0.5)).toEqual(['-1,234.5', '1,235']);
  expect(marks([2e-13, 4e-13], 2e-13)).toEqual(['2e-13', '4e-13']);
  expect(marks([5, 5], 0)).toEqual(['5', '5']);
});
