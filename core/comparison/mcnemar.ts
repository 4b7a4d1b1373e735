/** Which of two classifiers is right where only one of them is? */

import { incompleteBeta } from '../statistics/distributions.ts';

/**
 * How probable is it that rows on which only one of two versions is right divide at least as unevenly by chance?
 *
 * McNemar's test, exact: two-sided binomial with 1/2 of the rows on which just one is right. It takes rows for independent,
 * which rows of an hour or a day are not: beside a test that knows of blocks it is a check. From 0 to 1; 1 where the
 * versions are never right on different rows.
 *
 * Source: McNemar (1947), Psychometrika 12; `scipy.stats.binomtest`. Cost: constant.
 *
 * @example mcNemarPValue(3, 12) // 0.03516
 */
export function mcNemarPValue(onlySubject: number, onlyAgainst: number): number {
  const rows = onlySubject + onlyAgainst;
  const fewer = Math.min(onlySubject, onlyAgainst);
  return rows === 0 ? 1 : Math.min(1, 2 * incompleteBeta(rows - fewer, fewer + 1, 1 / 2));
}
