import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildContinuousGrid } from '../../../core/profile/grid.ts';
import { pointCellsOf } from '../../../core/profile/point-cells.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { someTameNumbers } from './arbitraries.ts';

describe('pointCellsOf', () => {
  it('finds the cell of a constant, and tells its value from the mean of the reference', () => {
    const grid = buildContinuousGrid(Float64Array.of(5, 5, 5, 5, 9));
    const { offsets, points, wide } = pointCellsOf(grid);
    expect([...points].map((cell) => grid.edges[cell - 1])).toEqual([5, 9]);
    expect([...points].map((cell) => offsets[cell])).toEqual([5 - 5.8, 9 - 5.8]);
    expect([...points, ...wide].toSorted((a, b) => a - b)).toEqual([...offsets.keys()]);
  });

  it('finds none without edges', () => {
    expect(pointCellsOf(buildContinuousGrid(new Float64Array()))).toEqual({
      offsets: Float64Array.of(NaN),
      points: new Uint16Array(),
      wide: Uint16Array.of(0),
    });
  });

  it('names only cells in which no two different values are counted', () => {
    fc.assert(
      fc.property(someTameNumbers, someTameNumbers, (reference, values) => {
        const grid = buildContinuousGrid(Float64Array.from(reference));
        const { points } = pointCellsOf(grid);
        const cellOf = (value: number) => buildProfile(grid, [value]).cells.indexOf(1);
        const distinct = [...new Set([...reference, ...values].map((value) => value + 0))];
        for (const cell of points) {
          expect(distinct.filter((value) => cellOf(value) === cell).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 20 },
    );
  });
});
