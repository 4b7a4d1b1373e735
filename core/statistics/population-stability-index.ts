import {
  binCountsOf,
  reasonNoCounts,
  reasonNotComparable,
  totalOf,
  type Comparison,
  type Computation,
} from './comparison.ts';

/**
 * How much have the shares of the bins changed (population stability index)?
 *
 * The sum over bins of (p - q) ln(p / q), from 0 up; .1 is commonly called a change, .25 a large one. Effect is the same
 * number. Bins: the 10 frozen quantile bins of the reference for a continuous column, its levels for a categorical one.
 * Missing, invalid and unseen are out of the sum; they are reported beside it. Shares are smoothed by half a count,
 * p = (count + 1/2) / (n + k/2), so that an empty bin costs what its sample size justifies; with unequal sizes, equal shares
 * therefore give a little more than 0.
 *
 * A constant column gives 0. Not computable: no values on a side, no distribution. No p-value. Source: Siddiqi (2006);
 * smoothing: Jeffreys' prior. Cost: one pass over the cells.
 */
export function populationStabilityIndex(comparison: Comparison): Computation {
  const reason = reasonNotComparable(comparison);
  if (reason !== undefined) return { notComputable: reason };
  const counts = binCountsOf(comparison);
  if (totalOf(counts.current) === 0) return { notComputable: 'every value of the current window is unseen' };
  return psiOfCounts(counts.reference, counts.current);
}

/**
 * The same from two lists of counts, bin by bin. A bin that is empty on both sides does not exist for it: smoothing would
 * make a difference out of nothing but unequal sizes.
 *
 * @example psiOfCounts([50, 50], [90, 10]) // statistic 0.85
 */
export function psiOfCounts(reference: readonly number[], current: readonly number[]): Computation {
  const reason = reasonNoCounts(reference, current);
  if (reason !== undefined) return { notComputable: reason };
  const bins = reference
    .map((count, bin) => ({ reference: count, current: current[bin] ?? 0 }))
    .filter((bin) => bin.reference + bin.current > 0);
  const smoothed = (count: number, total: number): number => (count + 1 / 2) / (total + bins.length / 2);
  const [n, m] = [totalOf(reference), totalOf(current)];
  const index =
    bins.length === 1
      ? 0
      : bins.reduce((sum, bin) => {
          const p = smoothed(bin.reference, n);
          const q = smoothed(bin.current, m);
          return sum + (p - q) * Math.log(p / q);
        }, 0);
  return { statistic: index, pValue: null, effect: index };
}
