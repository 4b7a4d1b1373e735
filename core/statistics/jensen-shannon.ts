import {
  binCountsWithUnseenOf,
  reasonNoCounts,
  reasonNotComparable,
  totalOf,
  type Comparison,
  type Computation,
} from './comparison.ts';

/**
 * How well could one tell from a value alone which sample it comes from?
 *
 * The Jensen-Shannon *distance*: the square root of the divergence in bits (base 2), from 0 (equal shares) to 1 (no bin in
 * common). Effect is the same number. Bins: the 10 frozen quantile bins of the reference for a continuous column, its
 * levels and one more for everything unseen for a categorical one. Not smoothed. Missing and invalid values are left out.
 *
 * A constant column gives 0. Not computable: no values on a side, no distribution. No p-value. Source: Lin (1991), Endres
 * and Schindelin (2003). Cost: one pass over the cells.
 */
export function jensenShannon(comparison: Comparison): Computation {
  const reason = reasonNotComparable(comparison);
  if (reason !== undefined) return { notComputable: reason };
  const counts = binCountsWithUnseenOf(comparison);
  return jensenShannonOfCounts(counts.reference, counts.current);
}

/**
 * The same from two lists of counts, bin by bin.
 *
 * @example jensenShannonOfCounts([10, 0], [0, 5]) // statistic 1
 */
export function jensenShannonOfCounts(reference: readonly number[], current: readonly number[]): Computation {
  const reason = reasonNoCounts(reference, current);
  if (reason !== undefined) return { notComputable: reason };
  const [n, m] = [totalOf(reference), totalOf(current)];
  const divergence = reference.reduce((sum, count, bin) => {
    const p = count / n;
    const q = (current[bin] ?? 0) / m;
    return sum + (informationOf(p, q) + informationOf(q, p)) / 2;
  }, 0);
  // Rounding leaves a divergence a hair outside [0, 1].
  const distance = Math.sqrt(Math.min(1, Math.max(0, divergence)));
  return { statistic: distance, pValue: null, effect: distance };
}

/** p log2(p / m) against the middle m of both shares; an empty bin adds nothing. */
function informationOf(p: number, q: number): number {
  return p === 0 ? 0 : p * Math.log2((2 * p) / (p + q));
}
