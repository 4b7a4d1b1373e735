/**
 * How often is a positive scored above a negative? The area under the ROC curve: the share of (positive, negative) pairs
 * in which the positive has the higher score, a tie counting half (the Mann-Whitney U statistic over the number of
 * pairs). 0 to 1; 1 ranks perfectly, 0.5 is a coin. Only the order of the scores matters. Exact, also with ties.
 *
 * The caller sees to at least one positive and one negative and to finite scores. O(n log n).
 *
 * Source: Hanley and McNeil (1982), "The meaning and use of the area under a ROC curve", Radiology 143.
 *
 * @example rocAuc(Float64Array.of(0.9, 0.4), Float64Array.of(0.4, 0.1)) // 0.875
 */
export function rocAuc(positiveScores: Float64Array, negativeScores: Float64Array): number {
  const positives = positiveScores.toSorted();
  const negatives = negativeScores.toSorted();
  // Each pair counts 2 when won and 1 when tied: whole numbers, exact up to 2^52 pairs.
  let points = 0;
  let below = 0;
  let notAbove = 0;
  for (const score of positives) {
    while (below < negatives.length && negatives[below]! < score) below += 1;
    while (notAbove < negatives.length && negatives[notAbove]! <= score) notAbove += 1;
    points += below + notAbove;
  }
  return points / (2 * positives.length * negatives.length);
}
