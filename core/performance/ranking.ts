/** How well scores rank rows of a class above other rows, from how often each score occurs in both. */

import type { ValueCounts } from './value-counts.ts';

export interface Area {
  readonly value: number;
  /** The most that counting in cells puts it off; absent where it is exact. */
  readonly errorBound?: number;
}

/**
 * How often is a row of the first group scored above one of the second, a tie counting half? From the counts of both groups:
 * the Mann-Whitney U statistic over the number of pairs, 0 to 1. Undefined where a group has no rows. Rows in one cell count
 * as tied, which is off by at most half of their pairs. Exact up to 2^52 pairs. O(distinct values).
 *
 * Source: Hanley and McNeil (1982), "The meaning and use of the area under a ROC curve", Radiology 143.
 *
 * @example areaUnderRoc(countValues('score', [Float64Array.of(0.9, 0.4), Float64Array.of(0.4, 0.1)])) // { value: 0.875 }
 */
export function areaUnderRoc({ resolution, counts }: ValueCounts): Area | undefined {
  const [positives, negatives] = [counts[0]!, counts[1]!];
  let won = 0;
  let tied = 0;
  let below = 0;
  let positivesBelow = 0;
  for (let i = 0; i < positives.length; i += 1) {
    won += positives[i]! * below;
    tied += positives[i]! * negatives[i]!;
    below += negatives[i]!;
    positivesBelow += positives[i]!;
  }
  const pairs = positivesBelow * below;
  if (pairs === 0) return undefined;
  const value = (won + tied / 2) / pairs;
  return resolution === 'values' ? { value } : { value, errorBound: tied / 2 / pairs };
}

/**
 * What is the precision over all thresholds, each weighted by the recall it adds (average precision)? From the counts of rows
 * of a class and of others, 0 to 1. Undefined without a row of the class. Rows in one cell count as one threshold: the bound
 * is what the best and the worst order within every cell would give. O(distinct values).
 *
 * Source: scikit-learn's `average_precision_score`.
 *
 * @example areaUnderPrecisionRecall(countValues('score', [Float64Array.of(0.9, 0.7), Float64Array.of(0.8, 0.1)]))
 * // { value: 0.83333 }
 */
export function areaUnderPrecisionRecall({ resolution, counts }: ValueCounts): Area | undefined {
  const [positives, negatives] = [counts[0]!, counts[1]!];
  let hits = 0;
  let misses = 0;
  let sum = 0;
  let least = 0;
  let most = 0;
  for (let i = positives.length - 1; i >= 0; i -= 1) {
    const [own, others] = [positives[i]!, negatives[i]!];
    const [hitsBefore, missesBefore] = [hits, misses];
    hits += own;
    misses += others;
    if (own === 0) continue;
    sum += own * (hits / (hits + misses));
    // Precision after the k-th own row is 1 - misses / (rows before + k), and the sum over k of 1 / (rows before + k) lies
    // between two logarithms: of own rows that come first in the cell, and that come last.
    const rowsBefore = hitsBefore + missesBefore;
    most += own - missesBefore * Math.log((rowsBefore + own + 1) / (rowsBefore + 1));
    const rowsAndOthers = rowsBefore + others;
    least += rowsAndOthers === 0 ? own : own - misses * Math.log((rowsAndOthers + own) / rowsAndOthers);
  }
  if (hits === 0) return undefined;
  const value = sum / hits;
  if (resolution === 'values') return { value };
  return { value, errorBound: Math.max(most / hits - value, value - least / hits) };
}
