import { describe, expect, it } from 'vitest';

import {
  andersonDarling,
  andersonDarlingOfValues,
  andersonDarlingPValueAt,
} from '../../../core/statistics/anderson-darling.ts';
import { kolmogorovSmirnovOfValues } from '../../../core/statistics/kolmogorov-smirnov.ts';
import { sorted } from '../profile/arbitraries.ts';
import { compareValues, foundOf } from './comparisons.ts';

describe('andersonDarlingOfValues', () => {
  it('gives the statistic of the definition, standardized', () => {
    // scipy.stats.anderson_ksamp([[1, 2, 3], [2, 5, 6]], variant='midrank')
    expect(andersonDarlingOfValues(sorted([1, 2, 3]), sorted([2, 5, 6]))).toMatchObject({
      statistic: expect.closeTo(0.5010134586705556, 12),
      effect: expect.closeTo(2 / 3, 12),
    });
  });

  it('sees more tails than Kolmogorov-Smirnov does', () => {
    const reference = Float64Array.from({ length: 1000 }, (_, i) => i);
    const current = sorted(
      Array.from({ length: 200 }, (_, i) => (i < 10 ? -1 - i : i < 20 ? 1001 + i : i * 5)),
    );
    expect(foundOf(andersonDarlingOfValues(reference, current)).pValue).toBeLessThan(0.02);
    expect(foundOf(kolmogorovSmirnovOfValues(reference, current)).pValue).toBeGreaterThan(0.3);
  });

  it('gives p = 1 for equal columns, constant ones too', () => {
    expect(foundOf(andersonDarlingOfValues(sorted([2, 2, 2]), sorted([2, 2])))).toMatchObject({
      pValue: 1,
      effect: 0,
    });
    expect(foundOf(andersonDarlingOfValues(sorted([1, 2, 3]), sorted([1, 2, 3]))).pValue).toBe(1);
  });

  it('is, for zeros and ones, nearly the chi-squared test of the two shares', () => {
    const column = (ones: number, count: number) =>
      Float64Array.from({ length: count }, (_, i) => (i < count - ones ? 0 : 1));
    // Pearson's statistic of 30 of 300 against 24 of 120 is 7.62, with one degree of freedom p = 0.0058.
    expect(foundOf(andersonDarlingOfValues(column(30, 300), column(24, 120))).pValue).toBeCloseTo(0.0058, 3);
  });

  it('gives p = 0 where no number is small enough, also with ties', () => {
    const levels = (...counts: number[]) =>
      Float64Array.from(counts.flatMap((count, level) => Array.from({ length: count }, () => level)));
    const found = foundOf(andersonDarlingOfValues(levels(2000, 1500, 800, 0), levels(0, 0, 2000, 2300)));
    expect(found.pValue).toBe(0);
  });

  it('needs four values in all', () => {
    expect(andersonDarlingOfValues(sorted([1, 2]), sorted([3]))).toEqual({
      notComputable: 'there are 3 values in all, 4 are needed',
    });
    expect(andersonDarlingOfValues(sorted([]), sorted([3]))).toEqual({
      notComputable: 'the reference has no value',
    });
  });
});

describe('andersonDarlingPValueAt', () => {
  const comparison = compareValues(
    Array.from({ length: 300 }, (_, i) => i),
    Array.from({ length: 60 }, (_, i) => 5 * i + 40),
  );
  const found = foundOf(andersonDarling(comparison));

  it('is the p-value that was found at the full sizes, and grows as the rows tell less', () => {
    const pValues = [60, 30, 10, 3, 0.5].map((current) =>
      andersonDarlingPValueAt(found, comparison, { reference: 300, current }),
    );
    expect(pValues[0]).toBeCloseTo(found.pValue!, 12);
    expect(pValues).toEqual(pValues.toSorted((a, b) => a - b));
    expect(pValues.at(-1)).toBeGreaterThan(0.9);
  });
});
