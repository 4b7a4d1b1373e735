import { compareLevels, reasonNoCounts } from './bin-counts.ts';
import { chiSquaredOfCounts, chiSquaredPValueAt } from './chi-squared.ts';
import type { Comparison, Computation } from './comparison.ts';
import { cohensHOf, twoLevelsOf } from './two-levels.ts';
import type { Method } from './method.ts';

/** Its row in the registry. */
export const twoProportionZMethod = {
  key: 'twoProportionZ',
  label: 'two-proportion z',
  kinds: ['categorical'],
  decidedBy: 'p-value',
  threshold: 0.05,
  floors: { warning: 0.2, critical: 0.5 },
  effectScale: 'unbounded',
  unit: '',
  source: 'Fleiss, Levin and Paik (2003); Cohen (1988)',
  compute: twoProportionZ,
  pValueAt: chiSquaredPValueAt,
} as const satisfies Method;

/**
 * By how many standard errors has the share of a level changed?
 *
 * The z-test of two proportions with pooled variance, for a column of two levels (as for Fisher's exact test: the more
 * frequent one of the reference first, everything unseen last). Statistic: the share of the second level in the current
 * window minus that in the reference, over its standard error; negative where it fell. The p-value is two-sided, by the normal
 * law; where a level is expected fewer than 5 times on a side, exact. Effect: Cohen's h, from 0 to pi.
 *
 * Its square is chi-squared of two levels, and the p-value the same. A column with one level on both sides gives 0 with p = 1.
 * Missing and invalid values are left out. Not computable: a continuous column, no values on a side, more than two levels.
 * Source: Fleiss, Levin and Paik (2003), section 3.1; Cohen (1988). Cost: one pass over the levels.
 */
export function twoProportionZ(comparison: Comparison): Computation {
  return compareLevels(comparison, twoProportionZOfCounts);
}

/**
 * The same from two lists of counts, level by level.
 *
 * @example twoProportionZOfCounts([50, 50], [30, 70]) // { statistic: 2.886751, pValue: 0.00389242, effect: 0.411517, bins: 2 }
 */
export function twoProportionZOfCounts(
  reference: readonly number[],
  current: readonly number[],
): Computation {
  const reason = reasonNoCounts(reference, current);
  if (reason !== undefined) return { notComputable: reason };
  const counts = twoLevelsOf({ reference, current });
  if ('notComputable' in counts) return counts;
  const [a, b] = counts.reference;
  const [c, d] = counts.current;
  const [n, m] = [a + b, c + d];
  const pooled = (b + d) / (n + m);
  const standardError = Math.sqrt(pooled * ((a + c) / (n + m)) * (1 / n + 1 / m));
  const squared = chiSquaredOfCounts(counts.reference, counts.current);
  return {
    statistic: standardError === 0 ? 0 : (d / m - b / n) / standardError,
    pValue: 'notComputable' in squared ? 1 : squared.pValue,
    effect: cohensHOf(counts),
    bins: counts.levels,
  };
}
