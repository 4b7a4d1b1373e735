import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile, type ContinuousProfile } from '../../../core/profile/profile.ts';
import { compareSorted, profileOfSorted } from '../../../core/statistics/sorted-comparison.ts';

const usable = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0),
  fc.integer({ min: -5, max: 5 }),
);
const values = fc.array(usable, { maxLength: 600 }).map((list) => Float64Array.from(list));
const sortedColumn = (values: Float64Array) => ({ values: values.slice().sort(), missing: 2, invalid: 3 });

/** Sums are added in another order: equal up to rounding, everything else to the bit. */
function expectSameProfile(actual: ContinuousProfile, expected: ContinuousProfile): void {
  const { cellSums, sumOfSquares, ...counts } = actual;
  const { cellSums: expectedSums, sumOfSquares: expectedSquares, ...expectedCounts } = expected;
  expect(counts).toEqual(expectedCounts);
  const scale = 1 + Math.sqrt(expectedSquares * (1 + cellSums.length));
  for (const [cell, sum] of cellSums.entries())
    expect(Math.abs(sum - expectedSums[cell]!) / scale).toBeLessThan(1e-12);
  expect(Math.abs(sumOfSquares - expectedSquares)).toBeLessThanOrEqual(1e-12 * expectedSquares);
}

describe('a comparison of sorted values', () => {
  it('has the grid and the profiles of the unsorted ones', () => {
    fc.assert(
      fc.property(values, values, (reference, current) => {
        const comparison = compareSorted({
          reference: sortedColumn(reference),
          current: sortedColumn(current),
        });
        if (comparison.kind !== 'continuous') throw new Error('it is continuous');
        const grid = buildContinuousGrid(reference);
        expect(comparison.grid).toEqual(grid);
        const uncounted = { missing: 2, invalid: 3 };
        expectSameProfile(comparison.reference, { ...buildProfile(grid, reference), ...uncounted });
        expectSameProfile(comparison.current, { ...buildProfile(grid, current), ...uncounted });
      }),
    );
  });

  it('carries the values themselves', () => {
    const reference = { values: Float64Array.of(1, 2), missing: 0, invalid: 0 };
    const current = { values: Float64Array.of(3), missing: 1, invalid: 0 };
    const comparison = compareSorted({ reference, current });
    expect(comparison).toMatchObject({ samples: { reference: reference.values, current: current.values } });
    expect(comparison.current.missing).toBe(1);
  });

  it('counts in the cells of any grid, one without an edge too', () => {
    const column = { values: Float64Array.of(1, 2, 2), missing: 0, invalid: 1 };
    expect(profileOfSorted(buildContinuousGrid(new Float64Array()), column)).toMatchObject({
      cells: Float64Array.of(3),
      extent: { min: 1, max: 2 },
      belowMinimum: 0,
      invalid: 1,
    });
    expect(profileOfSorted(buildContinuousGrid(Float64Array.of(2, 2)), column)).toMatchObject({
      cells: Float64Array.of(1, 2, 0),
      belowMinimum: 1,
      aboveMaximum: 0,
    });
  });

  it('of no values is one, with nothing in it', () => {
    const empty = { values: new Float64Array(), missing: 4, invalid: 0 };
    const { reference, grid } = compareSorted({ reference: empty, current: empty });
    expect(grid.count).toBe(0);
    expect(reference).toMatchObject({ missing: 4, cells: Float64Array.of(0) });
    expect(reference).not.toHaveProperty('extent');
  });
});
