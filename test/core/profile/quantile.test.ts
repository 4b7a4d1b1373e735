import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildContinuousGrid, gridFromTrainingStatistics } from '../../../core/profile/grid.ts';
import { buildProfile, emptyProfile, type ContinuousProfile } from '../../../core/profile/profile.ts';
import { quantileOf } from '../../../core/profile/quantile.ts';
import { numbers, someTameNumbers, sorted } from './arbitraries.ts';

/** Type 7, from the values themselves. */
function quantileOfValues(values: readonly number[], share: number): number {
  const ascending = sorted(values);
  const position = share * (ascending.length - 1);
  const below = ascending[Math.floor(position)]!;
  return below + (position - Math.floor(position)) * (ascending[Math.ceil(position)]! - below);
}

describe('quantileOf', () => {
  it('is exact where a cell holds one value', () => {
    const grid = buildContinuousGrid(Float64Array.of(1, 2, 2, 2, 3));
    expect(quantileOf(buildProfile(grid, [1, 2, 2, 2, 3]), grid, 0.5)).toEqual({
      value: 2,
      lower: 2,
      upper: 2,
    });
  });

  it('is exact at the minimum and the maximum, also beyond those of the reference', () => {
    const grid = buildContinuousGrid(Float64Array.of(1, 2));
    const profile = buildProfile(grid, [-7, 1.5, 9]);
    expect(quantileOf(profile, grid, 0)).toEqual({ value: -7, lower: -7, upper: -7 });
    expect(quantileOf(profile, grid, 1)).toEqual({ value: 9, lower: 9, upper: 9 });
  });

  it('has bounds that hold the quantile of the raw values, and the estimate', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(numbers, someTameNumbers, share, (reference, values, share) => {
        const grid = buildContinuousGrid(Float64Array.from(reference));
        const { value, lower, upper } = quantileOf(buildProfile(grid, values), grid, share)!;
        const exact = quantileOfValues(values, share);
        // Interpolation rounds.
        const slack = 1e-9 * Math.abs(exact);
        for (const inside of [exact, value]) {
          expect(inside).toBeGreaterThanOrEqual(lower - slack);
          expect(inside).toBeLessThanOrEqual(upper + slack);
        }
      }),
    );
  });

  it('is near the quantile of a reference in its own grid', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => Math.exp(2 * Math.sin(i)));
    const grid = buildContinuousGrid(Float64Array.from(values));
    const profile = buildProfile(grid, values);
    for (const share of [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]) {
      const { value } = quantileOf(profile, grid, share)!;
      expect(Math.abs(value / quantileOfValues(values, share) - 1)).toBeLessThan(0.01);
    }
  });

  it('lies between minimum and maximum where only training statistics are known', () => {
    const grid = gridFromTrainingStatistics({ min: 0, max: 1, mean: 0.5, std: 0.1 });
    expect(quantileOf(buildProfile(grid, [2, 3, 4]), grid, 0.5)).toEqual({ value: 3, lower: 2, upper: 4 });
  });

  it('is undefined without values', () => {
    const grid = buildContinuousGrid(Float64Array.of(1, 2));
    expect(quantileOf(emptyProfile(grid) as ContinuousProfile, grid, 0.5)).toBeUndefined();
  });

  it.each([-0.1, 1.1, NaN])('refuses the share %d', (share) => {
    const grid = buildContinuousGrid(Float64Array.of(1, 2));
    expect(() => quantileOf(buildProfile(grid, [1]), grid, share)).toThrow(
      `quantile: the share ${share} is not between 0 and 1.`,
    );
  });
});
