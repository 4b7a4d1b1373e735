import {
  binCountsWithUnseenOf,
  compareLevels,
  countsAt,
  totalOf,
  type BinCounts,
  type Term,
} from './bin-counts.ts';
import type { Comparison, Computation, Found, Sides } from './comparison.ts';
import { homogeneityOfCounts, homogeneityPValueOf, type Discrepancy } from './homogeneity.ts';
import type { Method } from './method.ts';

/** Its row in the registry. */
export const chiSquaredMethod = {
  key: 'chiSquared',
  label: 'chi-squared',
  kinds: ['categorical'],
  decidedBy: 'p-value',
  threshold: 0.05,
  floors: { warning: 0.1, critical: 0.3 },
  effectScale: 'root of a sum of squares',
  unit: '',
  source: 'Pearson (1900); Cochran (1954)',
  compute: chiSquared,
  pValueAt: chiSquaredPValueAt,
} as const satisfies Method;

/**
 * Are the shares of the levels the same in both samples?
 *
 * Pearson's test of homogeneity on the table of 2 rows and k levels, everything unseen being one more level; both sides
 * count as samples. Statistic from 0 up: the sum of (observed - expected)^2 / expected. Effect, from 0 to 1: Cramer's V of the
 * shares, as with equal sizes, so that it does not depend on how many rows there are.
 *
 * Levels that are expected fewer than 5 times on a side are merged into one, those fewer than once into another. The p-value
 * is from the chi-squared law with k - 1 degrees of freedom. Where a merged level is still expected fewer than 5 times, it is
 * exact in that level (one new value in a small window is as probable as it is), and chi-squared in the others. Where every
 * level is rare, nothing is merged, and it is that of a permutation test (see `permutationSurvival`).
 *
 * A column with one level on both sides gives statistic 0 and p = 1. Missing and invalid values are left out. Not
 * computable: a continuous column, no values on a side. Source: Pearson (1900), Cochran (1954). Cost: one pass over the levels.
 */
export function chiSquared(comparison: Comparison): Computation {
  return compareLevels(comparison, chiSquaredOfCounts);
}

/**
 * The same from two lists of counts, level by level.
 *
 * @example chiSquaredOfCounts([10, 20, 30], [30, 20, 10])
 * // { statistic: 20, pValue: Math.exp(-10), effect: 0.408248, degreesOfFreedom: 2, bins: 3 }
 */
export function chiSquaredOfCounts(reference: readonly number[], current: readonly number[]): Computation {
  return homogeneityOfCounts(reference, current, pearson);
}

/** How probable is a difference as large when nothing has changed, and the shares are those of so many independent values? */
export function chiSquaredPValueAt(_: Found, comparison: Comparison, effectiveSizes: Sides<number>): number {
  return homogeneityPValueOf(
    countsAt(effectiveSizes, binCountsWithUnseenOf(comparison), comparison),
    pearson,
  );
}

const pearson: Discrepancy = { termOf, weightWithin };

function termOf(counts: BinCounts): Term {
  const [n, m] = [totalOf(counts.reference), totalOf(counts.current)];
  // Both cells of a level are equally far from what is expected: by (reference m - current n) / (n + m).
  return (reference, current) =>
    reference + current === 0 ? 0 : (reference * m - current * n) ** 2 / ((reference + current) * n * m);
}

/** Expected counts of the others follow the shares of all sides, not of their own. */
function weightWithin(all: Sides<number>, others: Sides<number>): number {
  const ofAll = (all.reference + all.current) ** 2 / (all.reference * all.current);
  const ofOthers = (others.reference + others.current) ** 2 / (others.reference * others.current);
  return ofAll / ofOthers;
}
