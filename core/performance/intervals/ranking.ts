/** What each row adds to the deviation of the areas under the ROC and the precision-recall curve from the truth, by its score. */

import { areaUnderPrecisionRecall, areaUnderRoc } from '../ranking.ts';
import { totalOf, type ValueCounts } from '../value-counts.ts';

export interface ScoreInfluence {
  readonly area: number;
  /** Of a row of the class, and of another one, at each of the counted scores; over all rows they sum to 0. */
  readonly weights: readonly [ofPositive: Float64Array, ofNegative: Float64Array];
}

/** Source: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44: the placement of a row among those of the other kind. */
export function rocInfluence(counts: ValueCounts): ScoreInfluence | undefined {
  const area = areaUnderRoc(counts)?.value;
  if (area === undefined) return undefined;
  const [positives, negatives] = [counts.counts[0]!, counts.counts[1]!];
  const [positiveRows, negativeRows] = [totalOf(positives), totalOf(negatives)];
  const ofPositive = new Float64Array(positives.length);
  const ofNegative = new Float64Array(positives.length);
  let positivesBelow = 0;
  let negativesBelow = 0;
  for (let i = 0; i < positives.length; i += 1) {
    const won = negativesBelow + negatives[i]! / 2;
    const lost = positiveRows - positivesBelow - positives[i]! / 2;
    ofPositive[i] = (won / negativeRows - area) / positiveRows;
    ofNegative[i] = (lost / positiveRows - area) / negativeRows;
    positivesBelow += positives[i]!;
    negativesBelow += negatives[i]!;
  }
  return { area, weights: [ofPositive, ofNegative] };
}

/** The derivative of average precision by the number of rows at each score, each row raising or lowering the precision below it. */
export function precisionRecallInfluence(counts: ValueCounts): ScoreInfluence | undefined {
  const area = areaUnderPrecisionRecall(counts)?.value;
  if (area === undefined) return undefined;
  const [positives, negatives] = [counts.counts[0]!, counts.counts[1]!];
  const [positiveRows, negativeRows] = [totalOf(positives), totalOf(negatives)];
  const ofPositive = new Float64Array(positives.length);
  const ofNegative = new Float64Array(positives.length);
  let hits = positiveRows;
  let misses = negativeRows;
  let raised = 0;
  let lowered = 0;
  for (let i = 0; i < positives.length; i += 1) {
    const chosen = hits + misses;
    if (chosen > 0) {
      raised += (positives[i]! * misses) / chosen ** 2;
      lowered += (positives[i]! * hits) / chosen ** 2;
      ofPositive[i] = (hits / chosen + raised - area) / positiveRows;
      ofNegative[i] = -lowered / positiveRows;
    }
    hits -= positives[i]!;
    misses -= negatives[i]!;
  }
  return { area, weights: [ofPositive, ofNegative] };
}
