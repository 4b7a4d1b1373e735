import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';

import { gridFromTrainingStatistics } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { normalQuantile } from '../../../core/statistics/distributions.ts';
import {
  wasserstein,
  wassersteinOfValues,
  wassersteinPValueAt,
} from '../../../core/statistics/wasserstein.ts';
import { sorted } from '../profile/arbitraries.ts';
import {
  compareInGridOf,
  compareValues,
  foundOf,
  levelComparison,
  statisticOf,
  withSamples,
} from './comparisons.ts';

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
});

describe('wasserstein of profiles', () => {
  it('is exact for a shift of everything, out into the tails, and then publishes no bound', () => {
    const reference = Array.from({ length: 500 }, (_, i) => Math.tan(i / 160));
    const shifted = reference.map((value) => value + 1000);
    const found = foundOf(wasserstein(compareValues(reference, shifted)));
    expect(found.statistic).toBeCloseTo(1000, 6);
    expect(found).not.toHaveProperty('errorBound');
  });

  it('is exact where one far value leaves the range', () => {
    const reference = Array.from({ length: 1000 }, (_, i) => i);
    const current = [...reference.slice(0, -1), 1e6];
    expect(statisticOf(wasserstein(compareValues(reference, current)))).toBeCloseTo((1e6 - 999) / 1000, 6);
  });

  it('counts the step from one double to the next, which matters far from 0', () => {
    const reference = Array.from({ length: 100 }, (_, i) => 1e9 + i / 1024);
    const current = reference.map((value) => value + 1 / 2048);
    expect(statisticOf(wasserstein(compareValues(reference, current)))).toBeCloseTo(1 / 2048, 12);
  });

  it('publishes a bound that some rows with the same counts and sums reach', () => {
    // One cell from 0 to 8: the reference at the ends of what lies in it, the current window in the middle.
    const reference = [1, 1, 7, 7];
    const current = [4, 4, 4, 4];
    const raw = statisticOf(wassersteinOfValues(sorted(reference), sorted(current)));
    const { statistic, errorBound } = foundOf(wasserstein(compareInGridOf([0, 2000], reference, current)));
    expect(statistic).toBeCloseTo(0, 12);
    expect(statistic + errorBound!).toBeCloseTo(raw, 12);
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

describe('wassersteinPValueAt', () => {
  it.each([
    ['normal', (normal: number) => normal],
    ['lognormal', (normal: number) => Math.exp(normal)],
    ['mostly zero', (normal: number) => Math.max(0, normal - 0.8)],
  ])('calls as many unchanged windows of 24 rows changed as it says: %s', (_, shape) => {
    const random = xoroshiro128plus(24);
    const rows = (count: number) =>
      Float64Array.from({ length: count }, () => shape(normalQuantile(uniformFloat64(random)))).sort();
    const pValues = Array.from({ length: 10 }, () => rows(1000)).flatMap((reference) =>
      Array.from({ length: 80 }, () => {
        const current = rows(24);
        const comparison = withSamples(compareValues([0], [0]), reference, current);
        const found = foundOf(wassersteinOfValues(reference, current));
        return wassersteinPValueAt(found, comparison, { reference: 1000, current: 24 });
      }),
    );
    const shareBelow = (level: number) => pValues.filter((p) => p <= level).length / pValues.length;
    expect(shareBelow(0.05)).toBeGreaterThan(0.025);
    expect(shareBelow(0.05)).toBeLessThan(0.075);
    expect(shareBelow(0.01)).toBeLessThan(0.02);
  });

  const comparison = compareValues(
    Array.from({ length: 300 }, (_, i) => i),
    Array.from({ length: 60 }, (_, i) => 5 * i + 40),
  );
  const found = foundOf(wasserstein(comparison));

  it('grows as the rows tell less', () => {
    const pValues = [60, 30, 10, 3, 0.5].map((current) =>
      wassersteinPValueAt(found, comparison, { reference: 300, current }),
    );
    expect(pValues).toEqual(pValues.toSorted((a, b) => a - b));
    expect(pValues[0]).toBeLessThan(0.01);
    expect(pValues.at(-1)).toBeGreaterThan(0.5);
  });

  it('is 1 for equal columns, and small for two constants', () => {
    const sizes = { reference: 40, current: 20 };
    const pValueOf = (value: number): number => {
      const constants = compareValues(
        Array.from({ length: 40 }, () => 5),
        Array.from({ length: 20 }, () => value),
      );
      return wassersteinPValueAt(foundOf(wasserstein(constants)), constants, sizes);
    };
    expect(pValueOf(5)).toBe(1);
    expect(pValueOf(7)).toBeLessThan(1e-10);
  });
});
