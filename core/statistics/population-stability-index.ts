import {
  binCountsOf,
  compareSeenBins,
  countsAt,
  distanceOfCounts,
  occurringBinsOf,
  sumOverBins,
  termOfSmoothedShares,
  type BinCounts,
  type Term,
} from './bin-counts.ts';
import type { Comparison, Computation, Found, Sides } from './comparison.ts';
import { permutationSurvival } from './permutation-law.ts';
import type { Method } from './method.ts';

/** Its row in the registry. */
export const populationStabilityIndexMethod = {
  key: 'psi',
  label: 'PSI',
  kinds: ['continuous', 'categorical'],
  decidedBy: 'effect',
  threshold: 0.1,
  floors: { warning: 0.1, critical: 0.25 },
  effectScale: 'sum of squares',
  unit: '',
  source: 'Siddiqi (2006)',
  compute: populationStabilityIndex,
  pValueAt: psiPValueAt,
} as const satisfies Method;

/**
 * How much have the shares of the bins changed (population stability index)?
 *
 * The sum over bins of (p - q) ln(p / q), from 0 up; .1 is commonly called a change, .25 a large one. Effect is the same
 * number. Bins: the 10 frozen quantile bins of the reference for a continuous column, its levels for a categorical one.
 * Missing, invalid and unseen are out of the sum; they are reported beside it. Shares are smoothed by half a count,
 * p = (count + 1/2) / (n + k/2), so that an empty bin costs what its sample size justifies; with unequal sizes, equal shares
 * therefore give a little more than 0.
 *
 * A constant column gives 0. Not computable: no values on a side, no distribution. Source: Siddiqi (2006); smoothing:
 * Jeffreys' prior. Cost: one pass over the cells.
 */
export function populationStabilityIndex(comparison: Comparison): Computation {
  return compareSeenBins(comparison, psiOfCounts);
}

/**
 * The same from two lists of counts, bin by bin. A bin that is empty on both sides does not exist for it: smoothing would
 * make a difference out of nothing but unequal sizes.
 *
 * @example psiOfCounts([50, 50], [90, 10]) // { statistic: 0.853059, pValue: null, effect: 0.853059, bins: 2 }
 */
export function psiOfCounts(reference: readonly number[], current: readonly number[]): Computation {
  return distanceOfCounts(reference, current, (counts) => sumOverBins(counts, termOf(counts)));
}

/**
 * How probable is an index as large when nothing has changed, and the shares are those of so many independent values? That
 * of the shares at those sizes, smoothed as they ask for, in the law of the rows dealt out at random.
 */
export function psiPValueAt(_: Found, comparison: Comparison, effectiveSizes: Sides<number>): number {
  const counts = occurringBinsOf(countsAt(effectiveSizes, binCountsOf(comparison), comparison));
  const term = termOf(counts);
  return permutationSurvival(counts, term, sumOverBins(counts, term));
}

function termOf(counts: BinCounts): Term {
  return termOfSmoothedShares(counts, (p, q) => (p - q) * Math.log(p / q));
}
