/** The metrics of predicted classes, read off confusion counts. They agree with scikit-learn to 1e-9. */

import type { ClassificationSummary } from './classification-summary.ts';
import { scoresByClass, type ClassScores } from './confusion.ts';
import type { Measured, MetricOf } from './metrics.ts';
import { probabilityMetrics } from './probability-metrics.ts';

type ClassificationMetric = (summary: ClassificationSummary) => Measured;

export const classificationMetrics: Readonly<Record<MetricOf<'classification'>, ClassificationMetric>> = {
  accuracy: (summary) => {
    const hits = Object.entries(summary.confusion).reduce(
      (sum, [actual, ofActual]) => sum + (Object.hasOwn(ofActual, actual) ? ofActual[actual]! : 0),
      0,
    );
    return summary.rows === 0 ? noOutcomes : { value: hits / summary.rows };
  },
  balanced_accuracy: (summary) => mean(summary, 'recall', ({ support }) => (support > 0 ? 1 : 0)),
  precision: (summary) => mean(summary, 'precision', ({ support }) => support),
  recall: (summary) => mean(summary, 'recall', ({ support }) => support),
  f1: (summary) => mean(summary, 'f1', ({ support }) => support),
  precision_macro: (summary) => mean(summary, 'precision', occurs),
  recall_macro: (summary) => mean(summary, 'recall', occurs),
  f1_macro: (summary) => mean(summary, 'f1', occurs),
  ...probabilityMetrics,
};

const noOutcomes: Measured = { notComputable: 'no outcomes' };

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
