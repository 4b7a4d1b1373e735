/** The cells that hold one value alone have their sum from their count; the wider ones keep it. */

import { cellCountOf, centerOf, nextUp, type ContinuousGrid } from './grid.ts';

export interface PointCells {
  /** Per cell, its value minus the mean of the reference where it can hold one value alone; NaN where it is wider. */
  readonly offsets: Float64Array;
  /** The cells that can hold one value alone, in order. */
  readonly points: Uint16Array;
  /** The wider ones, in order. */
  readonly wide: Uint16Array;
}

const known = new WeakMap<ContinuousGrid, PointCells>();

/**
 * Which cells hold one value alone? Made once a grid.
 *
 * @example pointCellsOf(buildContinuousGrid(Float64Array.of(1, 1, 1))) // { points: [1], wide: [0, 2] }
 */
export function pointCellsOf(grid: ContinuousGrid): PointCells {
  const made = known.get(grid);
  if (made !== undefined) return made;
  const { edges } = grid;
  const offsets = new Float64Array(cellCountOf(grid)).fill(NaN);
  for (const [i, edge] of edges.entries()) {
    if (edges[i + 1] === nextUp(edge)) offsets[i + 1] = edge - centerOf(grid);
  }
  const cells = [...offsets.keys()];
  const found = {
    offsets,
    points: Uint16Array.from(cells.filter((cell) => !Number.isNaN(offsets[cell]))),
    wide: Uint16Array.from(cells.filter((cell) => Number.isNaN(offsets[cell]))),
  };
  known.set(grid, found);
  return found;
}

/**
 * Sets the sums of cells of one value to count x value: the same to the bit in any order of adding, and nothing to store.
 *
 * @example
 * const grid = buildContinuousGrid(Float64Array.of(1, 1, 4, 4));
 * const sums = new Float64Array(cellCountOf(grid)).fill(9);
 * imposePointSums(grid, new Float64Array(sums.length).fill(1), sums);
 * sums[grid.edges.indexOf(4) + 1] // 1.5
 */
export function imposePointSums(grid: ContinuousGrid, cells: Float64Array, cellSums: Float64Array): void {
  const { points, offsets } = pointCellsOf(grid);
  for (const cell of points) {
    const count = cells[cell]!;
    // Not 0 x offset, which may be -0.
    cellSums[cell] = count === 0 ? 0 : count * offsets[cell]!;
  }
}
