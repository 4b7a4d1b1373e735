import {
  binCountsWithUnseenOf,
  reasonNoCounts,
  reasonNotComparable,
  totalOf,
  type Comparison,
  type Computation,
} from './comparison.ts';
import { chiSquaredSurvival } from './distributions.ts';

/** Cochran's rule: below it the chi-squared law is too rough. */
const leastExpected = 5;

/**
 * Are the shares of the levels the same in both samples?
 *
 * Pearson's test of homogeneity on the table of 2 rows and k levels, everything unseen being one more level; both sides
 * count as samples. Levels that are expected fewer than 5 times on a side are merged into one. Statistic from 0 up, p-value
 * from the chi-squared law with k - 1 degrees of freedom. Effect is Cramer's V, from 0 to 1.
 *
 * A column with one level on both sides gives statistic 0 and p = 1. Missing and invalid values are left out. Not
 * computable: a continuous column, no values on a side, or every level so rare that nothing is left to compare. Source:
 * Pearson (1900), Cochran (1954). Cost: one pass over the levels.
 */
export function chiSquared(comparison: Comparison): Computation {
  if (comparison.kind !== 'categorical') return { notComputable: 'only a categorical column has levels' };
  const reason = reasonNotComparable(comparison);
  if (reason !== undefined) return { notComputable: reason };
  const counts = binCountsWithUnseenOf(comparison);
  return chiSquaredOfCounts(counts.reference, counts.current);
}

/**
 * The same from two lists of counts, level by level.
 *
 * @example chiSquaredOfCounts([10, 20, 30], [30, 20, 10]) // statistic 20, p 0.0000454, effect 0.41
 */
export function chiSquaredOfCounts(reference: readonly number[], current: readonly number[]): Computation {
  const reason = reasonNoCounts(reference, current);
  if (reason !== undefined) return { notComputable: reason };
  const n = totalOf(reference);
  const m = totalOf(current);
  const occurring = reference
    .map((count, level) => ({ reference: count, current: current[level] ?? 0 }))
    .filter((level) => level.reference + level.current > 0);
  if (occurring.length === 1) return { statistic: 0, pValue: 1, effect: 0 };
  const levels = mergeRare(occurring, Math.min(n, m) / (n + m));
  if (levels.length === 1) {
    return { notComputable: `too few values: every level is expected fewer than ${leastExpected} times` };
  }
  const statistic = levels.reduce((sum, level) => {
    const total = level.reference + level.current;
    const expectedInReference = (total * n) / (n + m);
    const expectedInCurrent = (total * m) / (n + m);
    // Both cells of a level are equally far from what is expected.
    const difference = level.reference - expectedInReference;
    return sum + difference ** 2 * (1 / expectedInReference + 1 / expectedInCurrent);
  }, 0);
  return {
    statistic,
    pValue: chiSquaredSurvival(statistic, levels.length - 1),
    effect: Math.min(1, Math.sqrt(statistic / (n + m))),
  };
}

interface LevelCounts {
  readonly reference: number;
  readonly current: number;
}

/** The merged level stays on its own even where it is still rare: a total change to unseen levels must show. */
function mergeRare(levels: readonly LevelCounts[], shareOfSmallerSide: number): readonly LevelCounts[] {
  const isRare = (level: LevelCounts): boolean =>
    (level.reference + level.current) * shareOfSmallerSide < leastExpected;
  const rare = levels.filter(isRare);
  if (rare.length === 0) return levels;
  const merged = {
    reference: totalOf(rare.map((level) => level.reference)),
    current: totalOf(rare.map((level) => level.current)),
  };
  return [...levels.filter((level) => !isRare(level)), merged];
}
