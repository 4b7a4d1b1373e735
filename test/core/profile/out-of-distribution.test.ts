import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  buildCategoricalGrid,
  buildContinuousGrid,
  gridFromTrainingStatistics,
} from '../../../core/profile/grid.ts';
import { isOutOfDistribution } from '../../../core/profile/out-of-distribution.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { cellOfRow, numbers } from './arbitraries.ts';

describe('isOutOfDistribution', () => {
  const grid = gridFromTrainingStatistics({ min: -2, max: 20, mean: 0, std: 1 });

  it.each([
    [-2, false],
    [-2.01, true],
    [3, false],
    [3.01, true],
    [21, true],
  ])('of %d against -2 to 20 with mean 0 and deviation 1 is %s', (value, expected) => {
    expect(isOutOfDistribution(grid, value)).toBe(expected);
  });

  it('is false for what is missing or invalid', () => {
    expect(
      [null, undefined, NaN, Infinity, '5', {}].map((value) => isOutOfDistribution(grid, value)),
    ).toEqual(Array.from({ length: 6 }, () => false));
    expect([null, {}].map((value) => isOutOfDistribution(buildCategoricalGrid(['a']), value))).toEqual([
      false,
      false,
    ]);
  });

  it('is true for a category that the reference has not seen', () => {
    const weather = buildCategoricalGrid(['clear', 'rain', '1']);
    expect(['clear', 'snow', 1, true].map((value) => isOutOfDistribution(weather, value))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it('is false where the reference has no value', () => {
    expect(isOutOfDistribution(buildCategoricalGrid([]), 'a')).toBe(false);
    expect(isOutOfDistribution(buildContinuousGrid(new Float64Array()), 1)).toBe(false);
  });

  it('is true for any value but the one of a constant reference', () => {
    const constant = buildContinuousGrid(Float64Array.of(0.1, 0.1, 0.1));
    expect([0.1, 0.1000001].map((value) => isOutOfDistribution(constant, value))).toEqual([false, true]);
  });

  it('agrees with the counts of a profile', () => {
    fc.assert(
      fc.property(numbers, cellOfRow, (reference, value) => {
        const some = buildContinuousGrid(Float64Array.from(reference));
        const { belowMinimum, aboveMaximum, beyondThreeDeviations } = buildProfile(some, [value]);
        expect(isOutOfDistribution(some, value)).toBe(
          belowMinimum + aboveMaximum + beyondThreeDeviations > 0,
        );
      }),
    );
  });
});
