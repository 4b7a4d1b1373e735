import {
  binCountsWithUnseenOf,
  compareBins,
  countsAt,
  distanceOfCounts,
  sumOverBins,
  termOfShares,
  type BinCounts,
  type Term,
} from './bin-counts.ts';
import type { Comparison, Computation, Found, Sides } from './comparison.ts';
import { deviance } from './distributions.ts';
import { permutationSurvival } from './permutation-law.ts';
import type { Method } from './method.ts';

/** Its row in the registry. */
export const jensenShannonMethod = {
  key: 'jensenShannon',
  label: 'Jensen-Shannon',
  kinds: ['continuous', 'categorical'],
  decidedBy: 'effect',
  threshold: 0.1,
  floors: { warning: 0.1, critical: 0.25 },
  effectScale: 'root of a sum of squares',
  unit: '',
  source: 'Lin (1991); Endres and Schindelin (2003)',
  compute: jensenShannon,
  pValueAt: jensenShannonPValueAt,
} as const satisfies Method;

/**
 * How well could one tell from a value alone which sample it comes from?
 *
 * The Jensen-Shannon *distance*: the square root of the divergence in bits (base 2), from 0 (equal shares) to 1 (no bin in
 * common). Effect is the same number. Bins: the 10 frozen quantile bins of the reference for a continuous column, its
 * levels and one more for everything unseen for a categorical one. Not smoothed. Missing and invalid values are left out.
 *
 * A constant column gives 0. Not computable: no values on a side, no distribution. Source: Lin (1991), Endres and Schindelin
 * (2003). Cost: one pass over the cells.
 */
export function jensenShannon(comparison: Comparison): Computation {
  return compareBins(comparison, jensenShannonOfCounts);
}

/**
 * The same from two lists of counts, bin by bin.
 *
 * @example jensenShannonOfCounts([50, 50], [90, 10]) // { statistic: 0.383136, pValue: null, effect: 0.383136, bins: 2 }
 */
export function jensenShannonOfCounts(reference: readonly number[], current: readonly number[]): Computation {
  // Rounding leaves the divergence a hair above 1.
  return distanceOfCounts(reference, current, (counts) =>
    Math.sqrt(Math.min(1, sumOverBins(counts, termOf(counts)))),
  );
}

/**
 * How probable is a distance as large when nothing has changed, and the shares are those of so many independent values? From
 * the law of the rows dealt out at random.
 */
export function jensenShannonPValueAt(
  { statistic }: Found,
  comparison: Comparison,
  effectiveSizes: Sides<number>,
): number {
  const counts = countsAt(effectiveSizes, binCountsWithUnseenOf(comparison), comparison);
  return permutationSurvival(counts, termOf(counts), statistic ** 2);
}

/** Half the divergences of both shares from their middle, in bits. */
function termOf(counts: BinCounts): Term {
  return termOfShares(counts, (p, q) => {
    const middle = (p + q) / 2;
    return (deviance(p, middle) + deviance(q, middle)) / (2 * Math.LN2);
  });
}
