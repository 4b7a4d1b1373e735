import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { gridFromTrainingStatistics } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { wasserstein, wassersteinOfValues } from '../../../core/statistics/wasserstein.ts';
import { someTameNumbers, sorted } from '../profile/arbitraries.ts';
import { compareValues, levelComparison, statisticOf, wassersteinBoundOf } from './comparisons.ts';

describe('wassersteinOfValues', () => {
  it('is the distance by which a sample was moved, in its unit; the effect is in deviations of the reference', () => {
    expect(wassersteinOfValues(sorted([0, 2]), sorted([3, 5]))).toEqual({
      statistic: 3,
      pValue: null,
      effect: 3,
    });
    expect(wassersteinOfValues(sorted([0, 20]), sorted([30, 50]))).toEqual({
      statistic: 30,
      pValue: null,
      effect: 3,
    });
  });

  it('gives 0 for equal samples, also of different size', () => {
    expect(statisticOf(wassersteinOfValues(sorted([1, 2, 3]), sorted([1, 1, 2, 2, 3, 3])))).toBe(0);
  });

  it('counts a constant reference with a deviation of 0.001', () => {
    expect(wassersteinOfValues(sorted([5, 5]), sorted([7]))).toEqual({
      statistic: 2,
      pValue: null,
      effect: 2000,
    });
    expect(wassersteinOfValues(sorted([0.1, 0.1, 0.1]), sorted([0.1]))).toEqual({
      statistic: 0,
      pValue: null,
      effect: 0,
    });
  });

  it('is not computable without values', () => {
    expect(wassersteinOfValues(sorted([]), sorted([1]))).toHaveProperty('notComputable');
    expect(wassersteinOfValues(sorted([1]), sorted([]))).toHaveProperty('notComputable');
  });

  it('is symmetric, never negative, at least the distance of the means, and scales with the unit', () => {
    fc.assert(
      fc.property(someTameNumbers, someTameNumbers, (a, b) => {
        const distance = statisticOf(wassersteinOfValues(sorted(a), sorted(b)));
        const close = 1e-9 * (1 + distance);
        expect(Math.abs(statisticOf(wassersteinOfValues(sorted(b), sorted(a))) - distance)).toBeLessThan(
          close,
        );
        const mean = (values: readonly number[]) =>
          values.reduce((sum, value) => sum + value / values.length, 0);
        expect(distance).toBeGreaterThanOrEqual(Math.abs(mean(a) - mean(b)) - 1e-6);
        const scaled = (values: readonly number[]) => sorted(values.map((value) => value * 4));
        expect(statisticOf(wassersteinOfValues(scaled(a), scaled(b)))).toBeCloseTo(distance * 4, 3);
      }),
    );
  });
});

describe('wasserstein of profiles', () => {
  it('is exact for a shift of everything, out into the tails', () => {
    const reference = Array.from({ length: 500 }, (_, i) => Math.tan(i / 160));
    const shifted = reference.map((value) => value + 1000);
    expect(statisticOf(wasserstein(compareValues(reference, shifted)))).toBeCloseTo(1000, 6);
  });

  it('is exact where one far value leaves the range', () => {
    const reference = Array.from({ length: 1000 }, (_, i) => i);
    const current = [...reference.slice(0, -1), 1e6];
    expect(statisticOf(wasserstein(compareValues(reference, current)))).toBeCloseTo((1e6 - 999) / 1000, 6);
  });

  it('never exceeds the value of the raw rows, and falls short by at most its bound', () => {
    fc.assert(
      fc.property(someTameNumbers, someTameNumbers, (reference, current) => {
        const comparison = compareValues(reference, current);
        const raw = statisticOf(wassersteinOfValues(sorted(reference), sorted(current)));
        const binned = statisticOf(wasserstein(comparison));
        expect(binned).toBeLessThanOrEqual(raw + 1e-6);
        expect(binned).toBeGreaterThanOrEqual(raw - wassersteinBoundOf(comparison) - 1e-6);
      }),
    );
  });

  it('gives 0 for a profile against itself', () => {
    fc.assert(
      fc.property(someTameNumbers, (values) => {
        expect(wasserstein(compareValues(values, values))).toEqual({ statistic: 0, pValue: null, effect: 0 });
      }),
    );
  });

  it('is not computable for a categorical column, an empty side, or training statistics', () => {
    expect(wasserstein(levelComparison(['a'], ['a']))).toHaveProperty('notComputable');
    expect(wasserstein(compareValues([], [1]))).toEqual({ notComputable: 'the reference has no value' });
    const grid = gridFromTrainingStatistics({ min: 0, max: 1, mean: 0.5, std: 0.1 });
    const [reference, current] = [buildProfile(grid, []), buildProfile(grid, [0.5])];
    expect(wasserstein({ kind: 'continuous', grid, reference, current })).toEqual({
      notComputable: 'the reference has no distribution (training statistics)',
    });
  });
});
