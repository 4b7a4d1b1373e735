/** What two profiles know of the cumulative shares inside the cells of their grid. */

import { centerOf } from '../profile/grid.ts';
import { pointCellsOf } from '../profile/point-cells.ts';
import { valueCountOf } from '../profile/profile.ts';
import { reasonNotComparable, type Comparison, type Computation, type Found } from './comparison.ts';

export type ContinuousComparison = Extract<Comparison, { readonly kind: 'continuous' }>;

/**
 * One cell. The *difference* is the share of the reference's values below a place minus the current one's: it enters a
 * cell as `before`, leaves it as `after`, rises there by no more than `rise` and falls by no more than `fall`.
 */
export interface Cell {
  /** Values in it. */
  readonly inReference: number;
  readonly inCurrent: number;
  /** Of (value - center of the grid). */
  readonly sumOfReference: number;
  readonly sumOfCurrent: number;
  /**
   * From the value before it, or the edge, to its own end, from the center of the grid; all its values lie between, those
   * of a cell that holds one value alone at `hi`.
   */
  readonly lo: number;
  readonly hi: number;
  readonly isPoint: boolean;
  readonly before: number;
  readonly after: number;
  readonly rise: number;
  readonly fall: number;
  /** The integral of the difference over the cell: counts and sums give it exactly, whatever the order of the values. */
  readonly area: number;
}

const known = new WeakMap<ContinuousComparison, readonly Cell[]>();

/**
 * The cells from the smallest value of either side to the largest; the outermost ones end there. Made once a comparison,
 * since five methods ask for them.
 */
export function cellsOf(comparison: ContinuousComparison): readonly Cell[] {
  const made = known.get(comparison);
  if (made !== undefined) return made;
  const cells = makeCells(comparison);
  known.set(comparison, cells);
  return cells;
}

function makeCells({ grid, reference, current }: ContinuousComparison): readonly Cell[] {
  const { offsets } = pointCellsOf(grid);
  const { edges } = grid;
  const center = centerOf(grid);
  const [n, m] = [valueCountOf(reference), valueCountOf(current)];
  const lowest = Math.min(reference.extent?.min ?? Infinity, current.extent?.min ?? Infinity);
  const highest = Math.max(reference.extent?.max ?? -Infinity, current.extent?.max ?? -Infinity);
  const [min, max] = [lowest - center, highest - center];
  const cells: Cell[] = [];
  let belowInReference = 0;
  let belowInCurrent = 0;
  let before = 0;
  // No value lies below the first cell, and what is between two cells of one value belongs to the second.
  let reached = min;
  for (let cell = 0; cell < reference.cells.length; cell += 1) {
    const inReference = reference.cells[cell]!;
    const inCurrent = current.cells[cell]!;
    const sumOfReference = reference.cellSums[cell]!;
    const sumOfCurrent = current.cellSums[cell]!;
    const value = offsets[cell]!;
    const end = cell === edges.length ? max : edges[cell]! - center;
    const lo = reached;
    const hi = Math.min(max, Number.isNaN(value) ? end : value);
    if (hi < lo || (hi === lo && inReference + inCurrent === 0)) continue;
    const isPoint = value === hi || lowest === highest;
    belowInReference += inReference;
    belowInCurrent += inCurrent;
    const after = belowInReference / n - belowInCurrent / m;
    const rise = inReference / n;
    const fall = inCurrent / m;
    // A value adds its share from itself to the end of the cell.
    const added = isPoint ? 0 : rise * hi - sumOfReference / n - (fall * hi - sumOfCurrent / m);
    const area = before * (hi - lo) + added;
    cells.push({
      inReference,
      inCurrent,
      sumOfReference,
      sumOfCurrent,
      lo,
      hi,
      isPoint,
      before,
      after,
      rise,
      fall,
      area,
    });
    before = after;
    reached = hi;
  }
  return cells;
}

/** Is the order of the values of both sides inside this cell unknown? */
export function isMixed({ isPoint, rise, fall }: Cell): boolean {
  return !isPoint && rise > 0 && fall > 0;
}

/** The mean of the difference over a cell that is wider than one value. */
export function meanDifference({ area, lo, hi, before, rise, fall }: Cell): number {
  // Rounding puts it a hair outside, and can leave no width at all.
  return hi > lo ? Math.min(before + rise, Math.max(before - fall, area / (hi - lo))) : before;
}

/**
 * A method for continuous columns: exact from raw values where they are at hand, from the cells of the profiles
 * otherwise.
 *
 * `needs` ends the sentence of why it cannot be computed for a categorical column.
 */
export function computeContinuous(
  comparison: Comparison,
  needs: 'an order' | 'distances',
  ofValues: (reference: Float64Array, current: Float64Array) => Computation,
  ofCells: (comparison: ContinuousComparison) => Computation,
): Computation {
  if (comparison.kind !== 'continuous') return { notComputable: `only a continuous column has ${needs}` };
  const reason = reasonNotComparable(comparison);
  if (reason !== undefined) return { notComputable: reason };
  const { samples } = comparison;
  return samples === undefined ? ofCells(comparison) : ofValues(samples.reference, samples.current);
}

/** Why can two samples not be compared, if they cannot? */
export function reasonNoValues(reference: Float64Array, current: Float64Array): string | undefined {
  if (reference.length === 0) return 'the reference has no value';
  if (current.length === 0) return 'the current window has no value';
  return undefined;
}

/** Below this share of the statistic a bound is the rounding of its own computation. */
const rounding = 1e-12;

/** Keeps the bound out of a result that is exact. */
export function withErrorBound(found: Found, errorBound: number): Found {
  return errorBound > rounding * Math.abs(found.statistic) ? { ...found, errorBound } : found;
}
