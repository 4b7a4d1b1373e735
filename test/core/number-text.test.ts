import { expect, it } from 'vitest';

import { formatExponent, formatPValue, formatShare, formatSignificant } from '../../core/number-text.ts';

it('writes a number with so many digits, and none that says nothing', () => {
  expect([0.123456, 12.04, 1500].map((value) => formatSignificant(value))).toEqual(['0.123', '12', '1500']);
  expect(formatSignificant(0.123456, 2)).toBe('0.12');
});

it('never rounds a share to nothing or to all', () => {
  expect([0, 0.0001, 0.0123, 0.5, 2 / 3, 0.9999, 1].map(formatShare)).toEqual([
    '0%',
    '<0.1%',
    '1.2%',
    '50%',
    '67%',
    '>99.9%',
    '100%',
  ]);
});

it('writes p-values with two digits, and never says that something is impossible', () => {
  expect([0.0432, 0.00000012, 1].map(formatPValue)).toEqual(['0.043', '1.2e-7', '1']);
  expect([1.04e-16, 1e-16, 9.9e-17, 1e-300, 0].map(formatPValue)).toEqual([
    '1e-16',
    '1e-16',
    '< 1e-16',
    '< 1e-16',
    '< 1e-16',
  ]);
});

it('writes powers of ten', () => {
  expect([0.00000012, 3e12].map(formatExponent)).toEqual(['1.2e-7', '3e12']);
});
