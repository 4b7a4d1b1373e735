/** The metrics of probabilities, read off a summary. They agree with scikit-learn to 1e-9. */

import { calibrationCurve } from './calibration-curve.ts';
import type { ClassificationSummary } from './classification-summary.ts';
import type { Measured } from './metrics.ts';
import { areaUnderPrecisionRecall, areaUnderRoc, type Area } from './ranking.ts';
import { totalOf, type ValueCounts } from './value-counts.ts';

type ProbabilityMetric = (summary: ClassificationSummary) => Measured;

/**
 * Over the rows that have a probability from 0 to 1 for every class (with two classes one is enough) and an actual that is one
 * of the classes; the summary counts the others. Nothing is computable without such a row. Probabilities are not made to add
 * up to 1.
 */
export const probabilityMetrics = {
  /**
   * How often is a row of the class scored above another row? The area under the ROC curve: the share of (row of the class,
   * other row) pairs in which the former has the higher probability, a tie counting half. A score from 0 to 1; higher is
   * better, 0.5 is a coin. Only the order of the probabilities matters.
   *
   * With two classes of the positive one. With more, one class against the rest for every class that is present and is not
   * all there is, weighted by its rows: scikit-learn's `roc_auc_score(multi_class='ovr', average='weighted')`, which instead
   * refuses data in which a class is absent. Not computable where all rows are of one class. Exact, also with ties, while
   * counts are; else `errorBound` says how far it may be off.
   *
   * Source: Hanley and McNeil (1982), "The meaning and use of the area under a ROC curve", Radiology 143.
   *
   * @example
   * const probabilities = [0.9, 0.4, 0.4, 0.1].map((yes) => ({ yes }));
   * const actualClasses = ['yes', 'yes', 'no', 'no'];
   * probabilityMetrics.roc_auc(summarizeClassification({ actualClasses, predictedClasses: actualClasses, probabilities, classes: ['no', 'yes'] }))
   * // { value: 0.875 }
   */
  roc_auc: (summary) =>
    ranked(summary, areaUnderRoc, () => `all actuals are of class "${onlyClass(summary)}"`),

  /**
   * How precise is the model over all thresholds, when the class is rare? Average precision: for each threshold the precision
   * of the rows at or above it, weighted by the recall that the threshold adds. A score from 0 to 1; higher is better, the
   * share of the class is a coin. Not the trapezoids under the curve, which are too optimistic. Rows of equal probability
   * count as one threshold.
   *
   * With two classes of the positive one. With more, one class against the rest for every class that is present, weighted by
   * its rows. Not computable where no row is of the positive class. `errorBound` as for `roc_auc`.
   *
   * Source: scikit-learn's `average_precision_score`.
   *
   * @example
   * const probabilities = [0.9, 0.8, 0.7, 0.1].map((yes) => ({ yes }));
   * const actualClasses = ['yes', 'no', 'yes', 'no'];
   * probabilityMetrics.pr_auc(summarizeClassification({ actualClasses, predictedClasses: actualClasses, probabilities, classes: ['no', 'yes'] }))
   * // { value: 0.83333 }
   */
  pr_auc: (summary) =>
    ranked(summary, areaUnderPrecisionRecall, () => `no actual is of class "${summary.positiveClass}"`),

  /**
   * How surprised does the actual class leave the model? Mean of -ln of the probability of the actual class, in nats, 0 or
   * more; lower is better, ln 2 is a coin between two classes. Probabilities are clipped to [2.2e-16, 1 - 2.2e-16], so that a
   * certain and wrong row counts 36. Source: scikit-learn's `log_loss`.
   *
   * @example
   * const outcomes = { predictedClasses: ['yes'], actualClasses: ['yes'], probabilities: [{ yes: 0.5 }], classes: ['no', 'yes'] };
   * probabilityMetrics.log_loss(summarizeClassification(outcomes)) // { value: 0.69315 }
   */
  log_loss: (summary) => ofScored(summary, () => summary.sums.logLoss / summary.counts.scoredRows),

  /**
   * How far are the probabilities from what happened? With two classes the mean squared distance of the positive one's
   * probability from 1 or 0: a score from 0 to 1, 0.25 is a coin. With more, the sum of that over all classes, from 0 to 2.
   * Lower is better. Source: Brier (1950), "Verification of forecasts expressed in terms of probability", Monthly Weather
   * Review 78; scikit-learn's `brier_score_loss`.
   *
   * @example
   * const outcomes = { predictedClasses: ['yes'], actualClasses: ['yes'], probabilities: [{ yes: 0.9 }], classes: ['no', 'yes'] };
   * probabilityMetrics.brier(summarizeClassification(outcomes)) // { value: 0.01 }
   */
  brier: (summary) => ofScored(summary, () => summary.sums.brier / summary.counts.scoredRows),

  /**
   * How far are the probabilities from how often they come true? In each of ten bins of equal width the distance between mean
   * probability and share of hits, weighted by the rows of the bin. A ratio from 0 to 1; lower is better. With two classes of
   * the positive one, with more of the predicted class. Few rows give more than 0 by chance alone, about a
   * third of the root of 10 / rows. Source: Naeini, Cooper and Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian
   * binning", AAAI; Guo et al. (2017), "On calibration of modern neural networks", ICML.
   *
   * @example
   * const outcomes = { predictedClasses: ['yes'], actualClasses: ['yes'], probabilities: [{ yes: 0.9 }], classes: ['no', 'yes'] };
   * probabilityMetrics.expected_calibration_error(summarizeClassification(outcomes)) // { value: 0.1 }
   */
  expected_calibration_error: (summary) => {
    const points = calibrationCurve(summary);
    let rows = 0;
    let distance = 0;
    for (const point of points) {
      rows += point.rows;
      distance += point.rows * Math.abs(point.share - point.probability);
    }
    return rows === 0 ? noScores : { value: distance / rows };
  },

  /**
   * How sure is the model? Mean probability of the predicted class, over rows whose predicted class is one of the classes: a
   * ratio from 0 to 1, which says nothing about right or wrong. Not computable without such a row.
   *
   * @example
   * const outcomes = { predictedClasses: ['no'], actualClasses: ['yes'], probabilities: [{ yes: 0.3 }], classes: ['no', 'yes'] };
   * probabilityMetrics.confidence(summarizeClassification(outcomes)) // { value: 0.7 }
   */
  confidence: ({ sums, counts: { scoredRows, confidentRows } }) => {
    if (scoredRows === 0) return noScores;
    return confidentRows === 0
      ? { notComputable: 'no predicted class has a probability' }
      : { value: sums.confidence / confidentRows };
  },
} as const satisfies Record<string, ProbabilityMetric>;

const noScores: Measured = { notComputable: 'no outcome has a probability for every class' };

function ofScored({ counts }: ClassificationSummary, compute: () => number): Measured {
  return counts.scoredRows === 0 ? noScores : { value: compute() };
}

/** One class against the rest, weighted by support, over the classes for which that is computable. */
function ranked(
  { scores, counts }: ClassificationSummary,
  area: (counts: ValueCounts) => Area | undefined,
  reason: () => string,
): Measured {
  if (counts.scoredRows === 0) return noScores;
  let value = 0;
  let errorBound = 0;
  let weight = 0;
  for (const ofClass of scores.values()) {
    const found = area(ofClass);
    if (found === undefined) continue;
    const support = totalOf(ofClass.counts[0]!);
    value += found.value * support;
    errorBound += (found.errorBound ?? 0) * support;
    weight += support;
  }
  if (weight === 0) return { notComputable: reason() };
  return { value: value / weight, ...(errorBound > 0 && { errorBound: errorBound / weight }) };
}

/** The class of all scored rows, when they are of one. */
function onlyClass({ classes, scores, counts }: ClassificationSummary): string | undefined {
  const own = [...scores].find(([, ofClass]) => totalOf(ofClass.counts[0]!) === counts.scoredRows);
  return own === undefined ? classes.find((label) => !scores.has(label)) : own[0];
}
