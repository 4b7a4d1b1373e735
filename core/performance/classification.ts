/** The classification metrics. Agrees with scikit-learn to 1e-9 (test/oracles/performance.py). */

import { TidewatchError } from '../errors.ts';
import type { Computed } from '../verdict.ts';
import type { ClassScores, ConfusionCounts } from './confusion.ts';
import { countConfusion, scoresByClass, weightedScore } from './confusion.ts';
import type { MetricOf } from './metrics.ts';
import { probabilityMetrics } from './probability-metrics.ts';

/** Predicted and actual classes row by row, with the probabilities that the model gave, where it gave any. */
export interface ClassificationOutcomes {
  readonly predictedClasses: readonly string[];
  readonly actualClasses: readonly string[];
  readonly probabilities?: readonly (Readonly<Record<string, number>> | null)[];
  /** All classes, so that one that never occurs is shown too. */
  readonly classes: readonly string[];
  /** With two classes: the one that ROC AUC is about; by default the last of `classes`. */
  readonly positiveClass?: string;
}

export interface ClassificationScores {
  readonly metrics: Record<MetricOf<'classification'>, Computed>;
  readonly byClass: Readonly<Record<string, ClassScores>>;
  readonly confusion: ConfusionCounts;
  readonly rowsWithProbabilities: number;
}

/**
 * How well are classes predicted? Everything is a ratio or a score from 0 to 1, higher is better, except log loss
 * (nats, 0 or more, lower is better).
 *
 * `precision`, `recall` and `f1` are means over all classes that occur, weighted by support; `byClass` holds each class
 * on its own (see `scoresByClass` for classes without rows). `roc_auc`, `log_loss` and `confidence` need probabilities
 * (see `probabilityMetrics`). A class that occurs but is not in `classes` is counted like any other. No rows: nothing is
 * computable.
 *
 * @example
 * const outcomes = { predictedClasses: ['a', 'b'], actualClasses: ['a', 'a'], classes: ['a', 'b'] };
 * classificationScores(outcomes).metrics.accuracy // { value: 0.5 }
 * @throws TidewatchError `INVALID_STATISTIC_INPUT` when the arrays differ in length or `positiveClass` is not a class.
 */
export function classificationScores(outcomes: ClassificationOutcomes): ClassificationScores {
  const { predictedClasses, actualClasses, probabilities, classes, positiveClass } = outcomes;
  const rows = actualClasses.length;
  if (predictedClasses.length !== rows || (probabilities !== undefined && probabilities.length !== rows)) {
    throw invalid(
      `${predictedClasses.length} predictions, ${rows} actuals and ${probabilities?.length ?? 'no'} probabilities must be of one length`,
    );
  }
  if (positiveClass !== undefined && !classes.includes(positiveClass)) {
    throw invalid(`the positive class "${positiveClass}" is not one of ${classes.join(', ')}`);
  }
  const confusion = countConfusion(predictedClasses, actualClasses);
  const byClass = scoresByClass(confusion, classes);
  const hits = actualClasses.filter((actual, row) => predictedClasses[row] === actual).length;
  const { rows: rowsWithProbabilities, ...ofProbabilities } = probabilityMetrics(outcomes);
  const overall = (value: () => number): Computed =>
    rows === 0 ? { notComputable: 'no outcomes' } : { value: value() };
  return {
    metrics: {
      accuracy: overall(() => hits / rows),
      precision: overall(() => weightedScore(byClass, 'precision')),
      recall: overall(() => weightedScore(byClass, 'recall')),
      f1: overall(() => weightedScore(byClass, 'f1')),
      ...ofProbabilities,
    },
    byClass,
    confusion,
    rowsWithProbabilities,
  };
}

function invalid(reason: string): TidewatchError {
  return new TidewatchError('INVALID_STATISTIC_INPUT', { statistic: 'classification metrics', reason });
}
