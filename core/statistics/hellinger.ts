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
export const hellingerMethod = {
  key: 'hellinger',
  label: 'Hellinger',
  kinds: ['continuous', 'categorical'],
  decidedBy: 'effect',
  // As Evidently has it.
  threshold: 0.1,
  // What a normal column gives in 10 bins where PSI is at its own floors, that is shifted by 0.32 and 0.51 deviations.
  floors: { warning: 0.1, critical: 0.2 },
  effectScale: 'root of a sum of squares',
  unit: '',
  source: 'Hellinger (1909)',
  compute: hellinger,
  pValueAt: hellingerPValueAt,
} as const satisfies Method;

/**
 * How far apart are the square roots of the shares?
 *
 * The Hellinger distance: the square root of half the sum over bins of (sqrt(p) - sqrt(q))^2, from 0 (equal shares) to 1 (no
 * bin in common). Effect is the same number. Square roots make a change from 0 to 1% of the values count as much as one from
 * 41 to 50%. Bins as for Jensen-Shannon, everything unseen as one more level; not smoothed. Missing and invalid values are
 * left out.
 *
 * A constant column gives 0. Not computable: no values on a side, no distribution. Source: Hellinger (1909). Cost: one pass
 * over the cells.
 */
export function hellinger(comparison: Comparison): Computation {
  return compareBins(comparison, hellingerOfCounts);
}

/**
 * The same from two lists of counts, bin by bin.
 *
 * @example hellingerOfCounts([50, 50], [90, 10]) // { statistic: 0.324920, pValue: null, effect: 0.324920, bins: 2 }
 */
export function hellingerOfCounts(reference: readonly number[], current: readonly number[]): Computation {
  return distanceOfCounts(reference, current, (counts) =>
    Math.sqrt(Math.min(1, sumOverBins(counts, termOf(counts)))),
  );
}

/**
 * How probable is a distance as large when nothing has changed, and the shares are those of so many independent values? From
 * the law of the rows dealt out at random.
 */
export function hellingerPValueAt(
  { statistic }: Found,
  comparison: Comparison,
  effectiveSizes: Sides<number>,
): number {
  const counts = countsAt(effectiveSizes, binCountsWithUnseenOf(comparison), comparison);
  return permutationSurvival(counts, termOf(counts), statistic ** 2);
}

function termOf(counts: BinCounts): Term {
  return termOfShares(counts, (p, q) => (Math.sqrt(p) - Math.sqrt(q)) ** 2 / 2);
}
