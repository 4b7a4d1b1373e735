/** The metrics of predicted classes, read off confusion counts. They agree with scikit-learn to 1e-9. */

import type { ClassificationSummary } from './classification-summary.ts';
import { scoresByClass, type ClassScores, type ConfusionCounts } from './confusion.ts';
import type { Measured, MetricOf } from './metrics.ts';
import { probabilityMetrics } from './probability-metrics.ts';

type ClassificationMetric = (summary: ClassificationSummary) => Measured;

/**
 * Every one takes the summary of some rows; without rows nothing is computable. A class that occurs though nobody listed it
 * (unseen at training) is a class like any other. Where a divisor is 0 (a class that is never predicted has no precision, one
 * that is never present no recall) the score of the class is 0: scikit-learn's `zero_division=0`.
 */
export const classificationMetrics: Readonly<Record<MetricOf<'classification'>, ClassificationMetric>> = {
  /**
   * How often is the predicted class the actual one? A ratio from 0 to 1; higher is better. One class that is nearly always
   * right makes it high by itself: see `balanced_accuracy`. Source: scikit-learn's `accuracy_score`.
   *
   * @example
   * const outcomes = { predictedClasses: ['a', 'a', 'b'], actualClasses: ['a', 'a', 'a'], classes: ['a', 'b'] };
   * classificationMetrics.accuracy(summarizeClassification(outcomes)) // { value: 0.66667 }
   */
  accuracy: ({ rows, confusion }) => (rows === 0 ? noOutcomes : { value: hitsOf(confusion) / rows }),

  /**
   * How often is a row of a class predicted as it, when every class counts the same? Plain mean of recall over the classes
   * that are present, a ratio from 0 to 1; higher is better, one over the number of classes is guessing. With one class
   * present it is that one's recall. Source: scikit-learn's `balanced_accuracy_score`.
   *
   * @example
   * const outcomes = { predictedClasses: ['a', 'a', 'a'], actualClasses: ['a', 'a', 'b'], classes: ['a', 'b', 'c'] };
   * classificationMetrics.balanced_accuracy(summarizeClassification(outcomes)) // { value: 0.5 }
   */
  balanced_accuracy: (summary) => mean(summary, 'recall', ({ support }) => (support > 0 ? 1 : 0)),

  /**
   * How often is a predicted class right? Precision of a class: of the rows predicted as it, the share that is of it. Mean
   * over classes weighted by how many rows are of each, a ratio from 0 to 1; higher is better. Source: scikit-learn's
   * `precision_score(average='weighted')`.
   *
   * @example
   * const outcomes = { predictedClasses: ['a', 'a', 'b'], actualClasses: ['a', 'b', 'b'], classes: ['a', 'b'] };
   * classificationMetrics.precision(summarizeClassification(outcomes)) // { value: 0.83333 }
   */
  precision: (summary) => mean(summary, 'precision', ({ support }) => support),

  /**
   * How many rows of a class are found? Recall of a class: of the rows of it, the share predicted as it. Mean over classes
   * weighted by how many rows are of each (which makes it equal to accuracy), a ratio from 0 to 1; higher is better. Source:
   * scikit-learn's `recall_score(average='weighted')`.
   *
   * @example
   * const outcomes = { predictedClasses: ['a', 'a', 'b'], actualClasses: ['a', 'b', 'b'], classes: ['a', 'b'] };
   * classificationMetrics.recall(summarizeClassification(outcomes)) // { value: 0.66667 }
   */
  recall: (summary) => mean(summary, 'recall', ({ support }) => support),

  /**
   * Precision and recall in one number: their harmonic mean for each class. Mean over classes weighted by how many rows are
   * of each, a score from 0 to 1; higher is better. Source: scikit-learn's `f1_score(average='weighted')`.
   *
   * @example
   * const outcomes = { predictedClasses: ['a', 'a', 'b'], actualClasses: ['a', 'b', 'b'], classes: ['a', 'b'] };
   * classificationMetrics.f1(summarizeClassification(outcomes)) // { value: 0.66667 }
   */
  f1: (summary) => mean(summary, 'f1', ({ support }) => support),

  /**
   * `precision` when every class counts the same: plain mean over the classes that are present or predicted. Source:
   * scikit-learn's `precision_score(average='macro')`.
   *
   * @example
   * const outcomes = { predictedClasses: ['a', 'a', 'b'], actualClasses: ['a', 'b', 'b'], classes: ['a', 'b'] };
   * classificationMetrics.precision_macro(summarizeClassification(outcomes)) // { value: 0.75 }
   */
  precision_macro: (summary) => mean(summary, 'precision', occurs),

  /**
   * `recall` when every class counts the same: plain mean over the classes that are present or predicted. Unlike
   * `balanced_accuracy` it counts a class that is predicted and never present, as 0. Source: scikit-learn's
   * `recall_score(average='macro')`.
   *
   * @example
   * const outcomes = { predictedClasses: ['a', 'a', 'b'], actualClasses: ['a', 'b', 'b'], classes: ['a', 'b'] };
   * classificationMetrics.recall_macro(summarizeClassification(outcomes)) // { value: 0.75 }
   */
  recall_macro: (summary) => mean(summary, 'recall', occurs),

  /**
   * `f1` when every class counts the same: plain mean over the classes that are present or predicted. Source: scikit-learn's
   * `f1_score(average='macro')`.
   *
   * @example
   * const outcomes = { predictedClasses: ['a', 'a', 'a'], actualClasses: ['a', 'a', 'b'], classes: ['a', 'b'] };
   * classificationMetrics.f1_macro(summarizeClassification(outcomes)) // { value: 0.4 }
   */
  f1_macro: (summary) => mean(summary, 'f1', occurs),

  ...probabilityMetrics,
};

const noOutcomes: Measured = { notComputable: 'no outcomes' };

function hitsOf(confusion: ConfusionCounts): number {
  let hits = 0;
  for (const [actual, ofActual] of Object.entries(confusion)) {
    if (Object.hasOwn(ofActual, actual)) hits += ofActual[actual]!;
  }
  return hits;
}

function occurs({ support, predicted }: ClassScores): number {
  return support > 0 || predicted > 0 ? 1 : 0;
}

/** The mean of a score over classes, each with a weight. */
function mean(
  { rows, confusion, classes }: ClassificationSummary,
  score: 'precision' | 'recall' | 'f1',
  weightOf: (scores: ClassScores) => number,
): Measured {
  if (rows === 0) return noOutcomes;
  let sum = 0;
  let weights = 0;
  for (const scores of Object.values(scoresByClass(confusion, classes))) {
    sum += scores[score] * weightOf(scores);
    weights += weightOf(scores);
  }
  return { value: sum / weights };
}
