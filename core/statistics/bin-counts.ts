/** The two sides of a comparison as counts: of the frozen bins of a continuous column, of the levels of a categorical one. */

import { sumOf, valueCountOf } from '../profile/profile.ts';
import { reasonNotComparable, type Comparison, type Computation, type Sides } from './comparison.ts';

/** Counts of both sides, bin by bin. */
export type BinCounts = Sides<readonly number[]>;

/** What a bin adds to a statistic, from its counts on both sides. */
export type Term = (reference: number, current: number) => number;

/**
 * Counts per frozen bin of a continuous column, per level of a categorical one: exact, because bins end where cells end.
 * Missing, invalid and unseen are not in them: they are reported beside a statistic, or added by it.
 *
 * @example
 * const grid = buildCategoricalGrid(['rain', 'rain', 'clear']);
 * binCountsOf(compareProfiles(grid, buildProfile(grid, ['rain', 'clear']), buildProfile(grid, ['rain', 'snow'])))
 * // { reference: [1, 1], current: [1, 0] }
 */
export function binCountsOf({ grid, reference, current }: Comparison): BinCounts {
  if (grid.kind === 'categorical') return { reference: [...reference.cells], current: [...current.cells] };
  const sumBins = (cells: Float64Array): number[] =>
    grid.binStarts.map((start, bin) => sumOf(cells, start, grid.binStarts[bin + 1] ?? cells.length));
  return { reference: sumBins(reference.cells), current: sumBins(current.cells) };
}

/** The bins with, for a categorical column, a last one of what is no level of the reference. */
export function binCountsWithUnseenOf(comparison: Comparison): BinCounts {
  const counts = binCountsOf(comparison);
  if (comparison.kind === 'continuous') return counts;
  return {
    reference: [...counts.reference, comparison.reference.unseen],
    current: [...counts.current, comparison.current.unseen],
  };
}

/** The same shares, as counts of that many values on either side of the comparison; not whole in general. */
export function countsAt(
  sizes: Sides<number>,
  counts: BinCounts,
  { reference, current }: Comparison,
): BinCounts {
  const scaled = (side: readonly number[], factor: number): readonly number[] =>
    factor === 1 ? side : side.map((count) => count * factor);
  return {
    reference: scaled(counts.reference, sizes.reference / valueCountOf(reference)),
    current: scaled(counts.current, sizes.current / valueCountOf(current)),
  };
}

/** Without the bins that are empty on both sides: nothing tells that they exist. */
export function occurringBinsOf({ reference, current }: BinCounts): BinCounts {
  const occurs = (_: number, bin: number): boolean => reference[bin]! + current[bin]! > 0;
  return { reference: reference.filter(occurs), current: current.filter(occurs) };
}

/** The sum of some counts. */
export function totalOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The sum of a term over the bins. */
export function sumOverBins({ reference, current }: BinCounts, term: Term): number {
  return reference.reduce((sum, count, bin) => sum + term(count, current[bin]!), 0);
}

/** The term of a statistic of shares. */
export function termOfShares(counts: BinCounts, term: (p: number, q: number) => number): Term {
  const [n, m] = [totalOf(counts.reference), totalOf(counts.current)];
  return (reference, current) => term(reference / n, current / m);
}

/** The term of a statistic of shares that half a count more in every bin keeps away from 0. */
export function termOfSmoothedShares(counts: BinCounts, term: (p: number, q: number) => number): Term {
  const bins = counts.reference.length;
  const [n, m] = [totalOf(counts.reference) + bins / 2, totalOf(counts.current) + bins / 2];
  return (reference, current) => term((reference + 1 / 2) / n, (current + 1 / 2) / m);
}

/** Why can two lists of counts not be compared, if they cannot? */
export function reasonNoCounts(reference: readonly number[], current: readonly number[]): string | undefined {
  if (totalOf(reference) === 0) return 'the reference has no value';
  if (totalOf(current) === 0) return 'the current window has no value';
  return undefined;
}

/**
 * A distance between the shares of two lists of counts, bin by bin: its effect is the distance itself, and its p-value is
 * known only at given sizes.
 */
export function distanceOfCounts(
  reference: readonly number[],
  current: readonly number[],
  distanceOf: (counts: BinCounts) => number,
): Computation {
  const reason = reasonNoCounts(reference, current);
  if (reason !== undefined) return { notComputable: reason };
  const counts = occurringBinsOf({ reference, current });
  const distance = distanceOf(counts);
  return { statistic: distance, pValue: null, effect: distance, bins: counts.reference.length };
}

type OfCounts = (reference: readonly number[], current: readonly number[]) => Computation;

/** A method on bins, or on levels with everything unseen as one more. */
export function compareBins(comparison: Comparison, ofCounts: OfCounts): Computation {
  const reason = reasonNotComparable(comparison);
  if (reason !== undefined) return { notComputable: reason };
  const { reference, current } = binCountsWithUnseenOf(comparison);
  return ofCounts(reference, current);
}

/** A method on bins, or on levels of the reference alone. */
export function compareSeenBins(comparison: Comparison, ofCounts: OfCounts): Computation {
  const reason = reasonNotComparable(comparison);
  if (reason !== undefined) return { notComputable: reason };
  const { reference, current } = binCountsOf(comparison);
  if (totalOf(current) === 0) return { notComputable: 'every value of the current window is unseen' };
  return ofCounts(reference, current);
}

/** A method on levels, everything unseen being one more. */
export function compareLevels(comparison: Comparison, ofCounts: OfCounts): Computation {
  if (comparison.kind !== 'categorical') return { notComputable: 'only a categorical column has levels' };
  return compareBins(comparison, ofCounts);
}
