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
import { permutationSurvival } from './permutation-law.ts';
import type { Method } from './method.ts';

/** Its row in the registry. */
export const totalVariationMethod = {
  key: 'totalVariation',
  label: 'total variation',
  kinds: ['continuous', 'categorical'],
  decidedBy: 'effect',
  // One value in ten lies in another bin.
  threshold: 0.1,
  // What a normal column gives in 10 bins where PSI is at its own floors, that is shifted by 0.32 and 0.51 deviations.
  floors: { warning: 0.1, critical: 0.2 },
  effectScale: 'absolute differences',
  unit: '',
  source: 'Levin, Peres and Wilmer (2009)',
  compute: totalVariation,
  pValueAt: totalVariationPValueAt,
} as const satisfies Method;

/**
 * Which share of the values would have to lie in another bin to turn one sample into the other?
 *
 * The total variation distance: half the sum over bins of |p - q|, from 0 (equal shares) to 1 (no bin in common). Effect is
 * the same number. Bins as for Jensen-Shannon, everything unseen as one more level. Missing and invalid values are left out.
 *
 * A constant column gives 0. Not computable: no values on a side, no distribution. Source: Levin, Peres and Wilmer (2009),
 * Markov Chains and Mixing Times, section 4.1. Cost: one pass over the cells.
 */
export function totalVariation(comparison: Comparison): Computation {
  return compareBins(comparison, totalVariationOfCounts);
}

/**
 * The same from two lists of counts, bin by bin.
 *
 * @example totalVariationOfCounts([50, 50], [90, 10]) // { statistic: 0.4, pValue: null, effect: 0.4, bins: 2 }
 */
export function totalVariationOfCounts(
  reference: readonly number[],
  current: readonly number[],
): Computation {
  return distanceOfCounts(reference, current, (counts) => Math.min(1, sumOverBins(counts, termOf(counts))));
}

/**
 * How probable is a distance as large when nothing has changed, and the shares are those of so many independent values? From
 * the law of the rows dealt out at random.
 */
export function totalVariationPValueAt(
  { statistic }: Found,
  comparison: Comparison,
  effectiveSizes: Sides<number>,
): number {
  const counts = countsAt(effectiveSizes, binCountsWithUnseenOf(comparison), comparison);
  return permutationSurvival(counts, termOf(counts), statistic);
}

function termOf(counts: BinCounts): Term {
  return termOfShares(counts, (p, q) => Math.abs(p - q) / 2);
}
