import {
  binCountsWithUnseenOf,
  compareLevels,
  countsAt,
  totalOf,
  type BinCounts,
  type Term,
} from './bin-counts.ts';
import type { Comparison, Computation, Found, Sides } from './comparison.ts';
import { deviance } from './distributions.ts';
import { homogeneityOfCounts, homogeneityPValueOf, type Discrepancy } from './homogeneity.ts';
import type { Method } from './method.ts';

/** Its row in the registry. */
export const gTestMethod = {
  key: 'gTest',
  label: 'G-test',
  kinds: ['categorical'],
  decidedBy: 'p-value',
  threshold: 0.05,
  floors: { warning: 0.1, critical: 0.3 },
  effectScale: 'root of a sum of squares',
  unit: '',
  source: 'Wilks (1935); Sokal and Rohlf (1981)',
  compute: gTest,
  pValueAt: gTestPValueAt,
} as const satisfies Method;

/**
 * Are the shares of the levels the same in both samples, measured by likelihood?
 *
 * The G-test of homogeneity: twice the sum over cells of observed ln(observed / expected), from 0 up. Levels, merging of rare
 * ones, p-value and effect (Cramer's V of the shares) are those of chi-squared; so is what is left out and what is not
 * computable.
 *
 * A column with one level on both sides gives statistic 0 and p = 1. Source: Wilks (1935), Sokal and Rohlf (1981). Cost: one
 * pass over the levels.
 */
export function gTest(comparison: Comparison): Computation {
  return compareLevels(comparison, gTestOfCounts);
}

/**
 * The same from two lists of counts, level by level.
 *
 * @example gTestOfCounts([10, 20, 30], [30, 20, 10])
 * // { statistic: 20.92993, pValue: 2.85183e-5, effect: 0.408248, degreesOfFreedom: 2, bins: 3 }
 */
export function gTestOfCounts(reference: readonly number[], current: readonly number[]): Computation {
  return homogeneityOfCounts(reference, current, likelihoodRatio);
}

/** How probable is a difference as large when nothing has changed, and the shares are those of so many independent values? */
export function gTestPValueAt(_: Found, comparison: Comparison, effectiveSizes: Sides<number>): number {
  return homogeneityPValueOf(
    countsAt(effectiveSizes, binCountsWithUnseenOf(comparison), comparison),
    likelihoodRatio,
  );
}

const likelihoodRatio: Discrepancy = { termOf, weightWithin: () => 1 };

/** With observed ln(observed / expected) comes expected - observed, which sums to 0 over the cells. */
function termOf(counts: BinCounts): Term {
  const [n, m] = [totalOf(counts.reference), totalOf(counts.current)];
  const [shareOfReference, shareOfCurrent] = [n / (n + m), m / (n + m)];
  return (reference, current) => {
    const total = reference + current;
    return 2 * (deviance(reference, total * shareOfReference) + deviance(current, total * shareOfCurrent));
  };
}
