import {
  binCountsWithUnseenOf,
  compareBins,
  countsAt,
  distanceOfCounts,
  occurringBinsOf,
  totalOf,
} from './bin-counts.ts';
import type { Comparison, Computation, Found, Sides } from './comparison.ts';
import { probabilityOfAtLeast, probabilityOfAtMost } from './hypergeometric.ts';
import type { Method } from './method.ts';

/** Its row in the registry. */
export const lInfinityMethod = {
  key: 'lInfinity',
  label: 'L-infinity',
  kinds: ['continuous', 'categorical'],
  decidedBy: 'effect',
  // One bin gains or loses a tenth of all values; the 0.01 of TensorFlow Data Validation is noise below 10,000 rows.
  threshold: 0.1,
  // What a normal column gives in 10 bins where PSI is at its own floors, that is shifted by 0.32 and 0.51 deviations.
  floors: { warning: 0.05, critical: 0.1 },
  effectScale: 'absolute differences',
  unit: '',
  source: 'TensorFlow Data Validation',
  compute: lInfinity,
  pValueAt: lInfinityPValueAt,
} as const satisfies Method;

/**
 * How much has the share of one bin changed at most?
 *
 * The Chebyshev distance (L-infinity): the largest |p - q| of all bins, from 0 (equal shares) to 1 (one value against
 * another). Effect is the same number. Bins as for Jensen-Shannon, everything unseen as one more level. Missing and invalid
 * values are left out.
 *
 * A constant column gives 0. Not computable: no values on a side, no distribution. Source: TensorFlow Data Validation, which
 * compares categorical features by it. Cost: one pass over the cells.
 */
export function lInfinity(comparison: Comparison): Computation {
  return compareBins(comparison, lInfinityOfCounts);
}

/**
 * The same from two lists of counts, bin by bin.
 *
 * @example lInfinityOfCounts([50, 50, 0], [70, 20, 10]) // { statistic: 0.3, pValue: null, effect: 0.3, bins: 3 }
 */
export function lInfinityOfCounts(reference: readonly number[], current: readonly number[]): Computation {
  const [n, m] = [totalOf(reference), totalOf(current)];
  return distanceOfCounts(reference, current, (counts) =>
    counts.reference.reduce(
      (largest, count, bin) => Math.max(largest, Math.abs(count / n - counts.current[bin]! / m)),
      0,
    ),
  );
}

/**
 * How probable is it that some bin differs as much when nothing has changed, and the shares are those of so many independent
 * values?
 *
 * At most the sum over the bins of how probable that is for each when the rows are dealt out at random (hypergeometric, at
 * sizes rounded to whole rows; Bonferroni). With two bins it is exact, because both differ alike. Measured as for
 * `permutationSurvival`: 3.1-5.1%, 0.7-1.1% and 0.03-0.13%.
 */
export function lInfinityPValueAt(
  { statistic }: Found,
  comparison: Comparison,
  effectiveSizes: Sides<number>,
): number {
  const counts = occurringBinsOf(countsAt(effectiveSizes, binCountsWithUnseenOf(comparison), comparison));
  const { reference, current } = counts;
  if (reference.length === 1) return 1;
  const [n, m] = [Math.max(1, Math.round(totalOf(reference))), Math.max(1, Math.round(totalOf(current)))];
  // Rounding must not turn a tie into less.
  const distance = statistic * (1 - 1e-9);
  let probability = 0;
  for (const [bin, count] of (reference.length === 2 ? reference.slice(0, 1) : reference).entries()) {
    const marked = Math.min(n + m, Math.ceil(count + current[bin]! - 1e-9));
    const draw = { total: n + m, marked, drawn: m };
    // The share of the current side minus that of the reference is a straight line in the count.
    const at = (difference: number): number => (difference + marked / n) / (1 / n + 1 / m);
    probability +=
      probabilityOfAtLeast(draw, Math.ceil(at(distance))) +
      probabilityOfAtMost(draw, Math.floor(at(-distance)));
    if (probability >= 1) return 1;
  }
  return probability;
}
