import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildCategoricalGrid, buildContinuousGrid } from '../../../core/profile/grid.ts';
import { mergeProfiles } from '../../../core/profile/merge.ts';
import { buildProfile, emptyProfile, type ContinuousProfile } from '../../../core/profile/profile.ts';
import { cellOfRow, level, numbers, someTameNumbers } from './arbitraries.ts';

/** Rows dealt to any number of parts, in any order. */
const dealt = <T>(row: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(row, fc.nat({ max: 5 })), { maxLength: 300 }).map((cards) => ({
    rows: cards.map(([value]) => value),
    parts: [5, 3, 0, 4, 1, 2].map((part) => cards.filter(([, to]) => to === part).map(([value]) => value)),
  }));

/** All but the sums, which are exact up to rounding only. */
const countsOf = (profile: ContinuousProfile) => ({ ...profile, sum: 0, sumOfSquares: 0, cellSums: [] });

describe('mergeProfiles', () => {
  it('equals counting all rows at once, for any split in any order: counts and extent to the bit', () => {
    fc.assert(
      fc.property(numbers, dealt(cellOfRow), (reference, { rows, parts }) => {
        const grid = buildContinuousGrid(Float64Array.from(reference));
        const merged = mergeProfiles(
          grid,
          parts.map((part) => buildProfile(grid, part)),
        );
        expect(countsOf(merged)).toEqual(countsOf(buildProfile(grid, rows)));
      }),
    );
  });

  it('adds sums up to the rounding of float64', () => {
    fc.assert(
      fc.property(someTameNumbers, someTameNumbers, someTameNumbers, (reference, a, b) => {
        const grid = buildContinuousGrid(Float64Array.from(reference));
        const merged = mergeProfiles(grid, [buildProfile(grid, b), buildProfile(grid, a)]);
        const atOnce = buildProfile(grid, [...a, ...b]);
        const scale = atOnce.sumOfSquares + 1;
        expect(Math.abs(merged.sum - atOnce.sum)).toBeLessThanOrEqual(1e-12 * scale);
        expect(Math.abs(merged.sumOfSquares - atOnce.sumOfSquares)).toBeLessThanOrEqual(1e-12 * scale);
        expect(merged.cellSums.every((sum, i) => Math.abs(sum - atOnce.cellSums[i]!) <= 1e-12 * scale)).toBe(
          true,
        );
      }),
    );
  });

  it('equals counting all categories at once, exactly', () => {
    fc.assert(
      fc.property(dealt(level), ({ rows, parts }) => {
        const grid = buildCategoricalGrid(['a', 'a', 'b', 'true']);
        const profiles = parts.map((part) => buildProfile(grid, part));
        expect(mergeProfiles(grid, profiles)).toEqual(buildProfile(grid, rows));
      }),
    );
  });

  it('gives the profile of no rows for no profiles', () => {
    const grid = buildContinuousGrid(Float64Array.of(1, 2));
    expect(mergeProfiles(grid, [])).toEqual(emptyProfile(grid));
  });

  it('refuses a profile of another grid', () => {
    const grid = buildContinuousGrid(Float64Array.of(1, 2));
    const other = buildContinuousGrid(Float64Array.of(1, 3));
    expect(() => mergeProfiles(grid, [emptyProfile(grid), emptyProfile(other)])).toThrow(
      /counted in the grid/,
    );
    expect(() => mergeProfiles(grid, [emptyProfile(buildCategoricalGrid(['a']))])).toThrow(
      /counted in the grid/,
    );
  });
});
