import { expect, it } from 'vitest';

import { formatCount, formatNumber, formatPair } from '../../console/numbers.ts';

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
