import { reasonNotComparable, type Comparison, type Computation } from './comparison.ts';
import { summarize } from '../profile/grid.ts';
import { momentsOf, valueCountOf } from '../profile/profile.ts';

/** What stands in for the standard deviation of a constant reference, as the floor of Evidently does. */
const constantScale = 0.001;

/**
 * How far, on average, must values move to turn one distribution into the other (the earth mover's distance)?
 *
 * The area between the cumulative shares, in the unit of the column, from 0 up. Effect: that distance in standard
 * deviations (of the population) of the reference; a constant reference has none, and counts with 0.001.
 *
 * From profiles: a cell keeps its count and its sum, which give the signed area over it exactly, so the result is exact,
 * tails included, unless the cumulative shares cross inside a cell. It never exceeds the value of the raw rows, and is
 * short of it by at most the sum over the inner cells of their width times the share of both samples in them.
 *
 * Missing and invalid values are left out. Not computable: a categorical column, no values on a side, no distribution. No
 * p-value. Source: Vallender (1974); Ramdas, Garcia and Cuturi (2017). Cost: one pass over the cells.
 */
export function wasserstein(comparison: Comparison): Computation {
  if (comparison.kind !== 'continuous') return { notComputable: 'only a continuous column has distances' };
  const reason = reasonNotComparable(comparison);
  if (reason !== undefined) return { notComputable: reason };
  const { grid, reference, current } = comparison;
  const center = grid.summary?.mean ?? 0;
  const edges = grid.edges.map((edge) => edge - center);
  const referenceSize = valueCountOf(reference);
  const currentSize = valueCountOf(current);
  /** Reference minus current, as shares: of the values in a cell, and of their sum. */
  const shareIn = (cell: number): number =>
    reference.cells[cell]! / referenceSize - current.cells[cell]! / currentSize;
  const sumIn = (cell: number): number =>
    reference.cellSums[cell]! / referenceSize - current.cellSums[cell]! / currentSize;

  // In [lo, hi) the integral of a cumulative share is (share below) (hi - lo) + (share inside) hi - (sum inside).
  let distance = 0;
  let below = 0;
  for (const [cell, hi] of edges.entries()) {
    const width = cell === 0 ? 0 : hi - edges[cell - 1]!;
    distance += Math.abs(below * width + shareIn(cell) * hi - sumIn(cell));
    below += shareIn(cell);
  }
  // Above the last edge it is the share that is still to come.
  const overflow = edges.length;
  distance += Math.abs(sumIn(overflow) - shareIn(overflow) * (edges.at(-1) ?? 0));
  return result(distance, momentsOf(reference, grid)?.standardDeviation ?? 0);
}

/**
 * The same from raw values, both in ascending order and without NaN: exact.
 *
 * @example wassersteinOfValues(Float64Array.of(0, 2), Float64Array.of(3, 5)) // { statistic: 3, pValue: null, effect: 3 }
 */
export function wassersteinOfValues(reference: Float64Array, current: Float64Array): Computation {
  const summary = summarize(reference);
  if (summary === undefined) return { notComputable: 'the reference has no value' };
  if (current.length === 0) return { notComputable: 'the current window has no value' };
  let distance = 0;
  let i = 0;
  let j = 0;
  let previous = Math.min(summary.min, current[0]!);
  while (i < reference.length || j < current.length) {
    const value = Math.min(reference[i] ?? Infinity, current[j] ?? Infinity);
    distance += Math.abs(i / reference.length - j / current.length) * (value - previous);
    previous = value;
    while (i < reference.length && reference[i]! <= value) i += 1;
    while (j < current.length && current[j]! <= value) j += 1;
  }
  return result(distance, summary.standardDeviation);
}

function result(distance: number, standardDeviation: number): Computation {
  return {
    statistic: distance,
    pValue: null,
    effect: distance / (standardDeviation > 0 ? standardDeviation : constantScale),
  };
}
