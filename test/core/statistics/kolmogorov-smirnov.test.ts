import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { kolmogorovSmirnov, ksOfValues } from '../../../core/statistics/kolmogorov-smirnov.ts';
import { someTameNumbers, sorted } from '../profile/arbitraries.ts';
import { compareValues, ksBoundOf, levelComparison, statisticOf } from './comparisons.ts';

describe('ksOfValues', () => {
  it('gives 1 with p = 0 for disjoint supports', () => {
    expect(ksOfValues(sorted([1, 2, 3, 4]), sorted([5, 6, 7, 8]))).toEqual({
      statistic: 1,
      pValue: 0,
      effect: 1,
    });
  });

  it('gives 0 with p = 1 for equal samples, constant ones too', () => {
    expect(ksOfValues(sorted([2, 2, 2]), sorted([2, 2]))).toEqual({ statistic: 0, pValue: 1, effect: 0 });
    expect(ksOfValues(sorted([3, 1, 2]), sorted([2, 1, 3]))).toEqual({ statistic: 0, pValue: 1, effect: 0 });
  });

  it('compares after all ties of a value', () => {
    expect(statisticOf(ksOfValues(sorted([1, 1, 1, 2]), sorted([1, 2, 2, 2])))).toBe(0.5);
  });

  it('cannot say anything from one row against one row: p = 1', () => {
    expect(ksOfValues(sorted([1]), sorted([9]))).toEqual({ statistic: 1, pValue: 1, effect: 1 });
  });

  it('is not computable without values', () => {
    expect(ksOfValues(sorted([]), sorted([1]))).toEqual({ notComputable: 'the reference has no value' });
    expect(ksOfValues(sorted([1]), sorted([]))).toEqual({ notComputable: 'the current window has no value' });
  });

  it('is symmetric, within [0, 1], and blind to a change of unit', () => {
    fc.assert(
      fc.property(someTameNumbers, someTameNumbers, (a, b) => {
        const result = ksOfValues(sorted(a), sorted(b));
        expect(ksOfValues(sorted(b), sorted(a))).toEqual(result);
        expect(statisticOf(result)).toBeGreaterThanOrEqual(0);
        expect(statisticOf(result)).toBeLessThanOrEqual(1);
        const doubled = (values: readonly number[]) => sorted(values.map((value) => value * 2));
        expect(ksOfValues(doubled(a), doubled(b))).toEqual(result);
      }),
    );
  });
});

describe('kolmogorovSmirnov of profiles', () => {
  it('is never above the value of the raw rows, and below it by at most its largest cell wider than one value', () => {
    fc.assert(
      fc.property(someTameNumbers, someTameNumbers, (reference, current) => {
        const raw = statisticOf(ksOfValues(sorted(reference), sorted(current)));
        const comparison = compareValues(reference, current);
        const binned = statisticOf(kolmogorovSmirnov(comparison));
        expect(binned).toBeLessThanOrEqual(raw + 1e-12);
        expect(binned).toBeGreaterThanOrEqual(raw - ksBoundOf(comparison) - 1e-12);
      }),
    );
  });

  it('loses at most 1/250 for a reference without ties', () => {
    const reference = Array.from({ length: 5000 }, (_, i) => Math.sqrt(i));
    const current = Array.from({ length: 900 }, (_, i) => Math.sqrt(i * 3) + 0.001);
    const comparison = compareValues(reference, current);
    expect(ksBoundOf(comparison)).toBeCloseTo(1 / 250, 3);
    const lost =
      statisticOf(ksOfValues(sorted(reference), sorted(current))) -
      statisticOf(kolmogorovSmirnov(comparison));
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(1 / 250);
  });

  it('is exact where every value has a cell of its own', () => {
    const reference = [1, 2, 2, 3, 5, 5, 5];
    const current = [0, 2, 3, 3, 3, 8];
    expect(kolmogorovSmirnov(compareValues(reference, current))).toEqual(
      ksOfValues(sorted(reference), sorted(current)),
    );
  });

  it('gives 0 with p = 1 for a profile against itself', () => {
    fc.assert(
      fc.property(someTameNumbers, (values) => {
        expect(kolmogorovSmirnov(compareValues(values, values))).toEqual({
          statistic: 0,
          pValue: 1,
          effect: 0,
        });
      }),
    );
  });

  it('is not computable for a categorical column or an empty side', () => {
    expect(kolmogorovSmirnov(levelComparison(['a'], ['a']))).toEqual({
      notComputable: 'only a continuous column has an order',
    });
    expect(kolmogorovSmirnov(compareValues([1], [null]))).toEqual({
      notComputable: 'the current window has no value',
    });
  });
});
