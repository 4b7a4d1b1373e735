/** What precision and recall would be if a class were said from another probability on. */

import { edgesOf, totalOf, type ValueCounts } from './value-counts.ts';

/** The class is said where its probability is at least `threshold`. Everything is a ratio from 0 to 1. */
export interface ThresholdPoint {
  readonly threshold: number;
  /** Absent where it would never be said. */
  readonly precision?: number;
  readonly recall: number;
  readonly f1: number;
  /** Of all rows, how many it would be said of. */
  readonly said: number;
  /** Of the other rows; absent without any. Recall over it is the ROC curve. */
  readonly falsePositiveRate?: number;
}

/**
 * How would a class fare at each of these thresholds? From how often each of its probabilities occurs in rows of the class
 * (first group) and in the others (second), as `ClassificationSummary.scores` has it. Exact where these are values, and at
 * multiples of a 64th; of a cell that another threshold cuts, all rows count as below it.
 *
 * Empty where no row is of the class: there is nothing to find. O(scores + thresholds).
 *
 * Source: van Rijsbergen (1979), Information Retrieval, chapter 7.
 *
 * @example
 * const counts = countValues('score', [Float64Array.of(0.9, 0.4), Float64Array.of(0.6, 0.1)]);
 * thresholdCurve(counts, [0.5]) // [{ threshold: 0.5, precision: 0.5, recall: 0.5, f1: 0.5, said: 0.5, falsePositiveRate: 0.5 }]
 */
export function thresholdCurve(
  scores: ValueCounts,
  thresholds: readonly number[],
): readonly ThresholdPoint[] {
  const [own, others] = [scores.counts[0]!, scores.counts[1]!];
  const support = totalOf(own);
  const rest = totalOf(others);
  if (support === 0) return [];
  let place = own.length;
  let hits = 0;
  let said = 0;
  const points: ThresholdPoint[] = [];
  for (const threshold of [...thresholds].sort((a, b) => b - a)) {
    while (place > 0 && edgesOf(scores, place - 1)[0] >= threshold) {
      place -= 1;
      hits += own[place]!;
      said += own[place]! + others[place]!;
    }
    points.push({
      threshold,
      ...(said > 0 && { precision: hits / said }),
      recall: hits / support,
      f1: (2 * hits) / (said + support),
      said: said / (support + rest),
      ...(rest > 0 && { falsePositiveRate: (said - hits) / rest }),
    });
  }
  return points.reverse();
}
