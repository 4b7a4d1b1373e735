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
const countsOf = (profile: ContinuousProfile) => ({ ...profile, sumOfSquares: 0, cellSums: [] });

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

  it('gives the same counts and extent to the bit in any order and nesting', () => {
    fc.assert(
      fc.property(numbers, dealt(cellOfRow), fc.infiniteStream(fc.nat()), (reference, { parts }, choices) => {
        const grid = buildContinuousGrid(Float64Array.from(reference));
        const profiles = parts.map((part) => buildProfile(grid, part));
        const atOnce = countsOf(mergeProfiles(grid, profiles));
        // Any two are put together until one is left.
        const left = [...profiles];
        const takeAny = () => left.splice(choices.next().value! % left.length, 1);
        while (left.length > 1) left.push(mergeProfiles(grid, [...takeAny(), ...takeAny()]));
        expect(countsOf(left[0]!)).toEqual(atOnce);
      }),
    );
  });

  it('gives the same to the bit, sums too, where every cell holds one value', () => {
    const tenths = fc.array(fc.integer({ min: -9, max: 9 }).map((tenth) => tenth / 10));
    fc.assert(
      fc.property(fc.array(tenths, { minLength: 1 }), (parts) => {
        const grid = buildContinuousGrid(Float64Array.from({ length: 190 }, (_, i) => ((i % 19) - 9) / 10));
        const profiles = parts.map((part) => buildProfile(grid, part));
        const { cellSums } = mergeProfiles(grid, profiles);
        expect(mergeProfiles(grid, profiles.toReversed()).cellSums).toEqual(cellSums);
        expect(buildProfile(grid, parts.flat()).cellSums).toEqual(cellSums);
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
