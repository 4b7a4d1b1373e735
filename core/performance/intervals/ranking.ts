/** What each row adds to the deviation of the areas under the ROC and the precision-recall curve from the truth, by its score. */

import type { ClassificationSummary } from '../classification-summary.ts';
import { areaUnderPrecisionRecall, areaUnderRoc } from '../ranking.ts';
import { totalOf, type ValueCounts } from '../value-counts.ts';
import type { HourOf } from './ratio.ts';
import { summerOver } from './values.ts';

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

/** What each hour adds to the deviation of the areas: one class against the rest, weighted by support, as the metrics are. */
export function rankedDeviations(
  hours: readonly HourOf<ClassificationSummary>[],
  total: ClassificationSummary,
): Readonly<Record<'roc_auc' | 'pr_auc', Float64Array>> {
  const classes = [...total.scores].map(([label, counts]) => ({
    label,
    sumOver: summerOver(counts),
    support: totalOf(counts.counts[0]!),
    roc: rocInfluence(counts),
    precisionRecall: precisionRecallInfluence(counts),
  }));
  const roc = meanOf(classes.map((ofClass) => [ofClass.roc, ofClass.support]));
  const precisionRecall = meanOf(classes.map((ofClass) => [ofClass.precisionRecall, ofClass.support]));
  const deviations = { roc_auc: new Float64Array(hours.length), pr_auc: new Float64Array(hours.length) };
  for (const [hour, { summary }] of hours.entries()) {
    for (const ofClass of classes) {
      const own = summary.scores.get(ofClass.label);
      // Where there is an area under the ROC curve there is one under the other.
      if (own === undefined || ofClass.precisionRecall === undefined) continue;
      const { roc: ofRoc, precisionRecall: ofPrecisionRecall, support } = ofClass;
      const sums = ofClass.sumOver(own, (ofRoc ?? ofPrecisionRecall).weights, ofPrecisionRecall.weights);
      const ownRows = classes.length === 1 ? 0 : totalOf(own.counts[0]!);
      if (ofRoc !== undefined) {
        deviations.roc_auc[hour]! += (sums.first * support + (ofRoc.area - roc.area) * ownRows) / roc.support;
      }
      deviations.pr_auc[hour]! +=
        (sums.second * support + (ofPrecisionRecall.area - precisionRecall.area) * ownRows) /
        precisionRecall.support;
    }
  }
  return deviations;
}

/** The mean area of the classes that have one, by their support. */
function meanOf(classes: readonly (readonly [ScoreInfluence | undefined, support: number])[]): {
  readonly area: number;
  readonly support: number;
} {
  let [sum, weight] = [0, 0];
  for (const [influence, support] of classes) {
    if (influence === undefined) continue;
    sum += influence.area * support;
    weight += support;
  }
  return { area: sum / weight, support: weight };
}
