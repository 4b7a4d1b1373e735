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
import { deviance } from './distributions.ts';
import { permutationSurvival } from './permutation-law.ts';
import type { Method } from './method.ts';

/** Its row in the registry. */
export const kullbackLeiblerMethod = {
  key: 'kl',
  label: 'Kullback-Leibler',
  kinds: ['continuous', 'categorical'],
  decidedBy: 'effect',
  // As Evidently has it.
  threshold: 0.1,
  // What a normal column gives in 10 bins where PSI is at its own floors, that is shifted by 0.32 and 0.51 deviations.
  floors: { warning: 0.05, critical: 0.125 },
  effectScale: 'sum of squares',
  unit: '',
  source: 'Kullback and Leibler (1951)',
  compute: kullbackLeibler,
  pValueAt: kullbackLeiblerPValueAt,
} as const satisfies Method;

/**
 * How surprising are the current values to one who expects the reference?
 *
 * The Kullback-Leibler divergence of the current shares q from those of the reference p: the sum over bins of q ln(q / p), in
 * nats (as `scipy.stats.entropy`; divide by ln 2 for bits), from 0 up. It is not symmetric: a bin that the current window has
 * and the reference lacks costs much, the other way round little. The sum of both directions is the population stability
 * index, and small divergences are half of it. Effect is the same number.
 *
 * Bins, smoothing by half a count, and what is left out: as for the population stability index. A constant column gives 0.
 * Not computable: no values on a side, no distribution. Source: Kullback and Leibler (1951); smoothing: Jeffreys' prior.
 * Cost: one pass over the cells.
 */
export function kullbackLeibler(comparison: Comparison): Computation {
  return compareSeenBins(comparison, kullbackLeiblerOfCounts);
}

/**
 * The same from two lists of counts, bin by bin. A bin that is empty on both sides does not exist for it.
 *
 * @example kullbackLeiblerOfCounts([50, 50], [90, 10]) // { statistic: 0.359448, pValue: null, effect: 0.359448, bins: 2 }
 */
export function kullbackLeiblerOfCounts(
  reference: readonly number[],
  current: readonly number[],
): Computation {
  return distanceOfCounts(reference, current, (counts) => sumOverBins(counts, termOf(counts)));
}

/**
 * How probable is a divergence as large when nothing has changed, and the shares are those of so many independent values?
 * That of the shares at those sizes, smoothed as they ask for, in the law of the rows dealt out at random.
 */
export function kullbackLeiblerPValueAt(
  _: Found,
  comparison: Comparison,
  effectiveSizes: Sides<number>,
): number {
  const counts = occurringBinsOf(countsAt(effectiveSizes, binCountsOf(comparison), comparison));
  const term = termOf(counts);
  return permutationSurvival(counts, term, sumOverBins(counts, term));
}

/** With q ln(q / p) comes p - q, which sums to 0 over the bins. */
function termOf(counts: BinCounts): Term {
  return termOfSmoothedShares(counts, (p, q) => deviance(q, p));
}
