/** One window's realized performance: every metric of its task, or why there is none. */

import type { Computed, Verdict } from '../verdict.ts';
import type { ClassificationOutcomes } from './classification.ts';
import { classificationScores } from './classification.ts';
import type { ClassScores, ConfusionCounts } from './confusion.ts';
import type { MetricName } from './metrics.ts';
import { countText } from './metrics.ts';
import { regressionMetrics } from './regression-metrics.ts';
import type { RegressionOutcomes } from './regression-sums.ts';
import { addRegressionOutcomes, noRegressionSums } from './regression-sums.ts';

/** JSON-safe. */
export interface Evaluation {
  /** Outcomes that the metrics are over. */
  readonly sampleSize: number;
  /** `ok` when there were enough outcomes, else `insufficient-data`. Whether the numbers are good is for degradation. */
  readonly verdict: Verdict;
  /** Every metric of the task; empty when there were too few outcomes. */
  readonly metrics: Readonly<Partial<Record<MetricName, Computed>>>;
  readonly details: EvaluationDetails;
}

export type EvaluationDetails =
  | {
      readonly task: 'regression';
      /** Outcomes left out of every metric because the prediction or the actual is not a finite number. */
      readonly notFinite: number;
      /** Outcomes left out of MAPE because the actual is 0. */
      readonly zeroActuals: number;
      readonly peakRows: number;
      readonly peakZeroActuals: number;
    }
  | {
      readonly task: 'classification';
      readonly byClass: Readonly<Record<string, ClassScores>>;
      readonly confusion: ConfusionCounts;
      /** Outcomes that ROC AUC, log loss and confidence are over. */
      readonly rowsWithProbabilities: number;
    };

export interface EvaluationOptions {
  /** Fewer outcomes than this give `insufficient-data` and no metrics; 10 by default. */
  readonly minimumOutcomes?: number;
}

type EvaluationInput =
  | [task: 'regression', outcomes: RegressionOutcomes, options?: EvaluationOptions]
  | [task: 'classification', outcomes: ClassificationOutcomes, options?: EvaluationOptions];

/**
 * How did a model perform over these outcomes? See `regressionMetrics` and `classificationScores` for units, ranges and
 * what empty, constant and missing data give.
 *
 * @example
 * const outcomes = { predictions: Float64Array.of(1, 2), actuals: Float64Array.of(1, 2) };
 * evaluateOutcomes('regression', outcomes).verdict
 * // { level: 'insufficient-data', reason: '2 outcomes, at least 10 are needed' }
 * @throws TidewatchError `INVALID_STATISTIC_INPUT` when the arrays differ in length or the positive class is not a class.
 */
export function evaluateOutcomes(...[task, outcomes, options]: EvaluationInput): Evaluation {
  if (task === 'regression') {
    const sums = addRegressionOutcomes(noRegressionSums, outcomes);
    const { notFinite, zeroActuals, peakRows, peakZeroActuals } = sums;
    return judged(sums.rows, options, regressionMetrics(sums), {
      task,
      notFinite,
      zeroActuals,
      peakRows,
      peakZeroActuals,
    });
  }
  const { metrics, ...details } = classificationScores(outcomes);
  return judged(outcomes.actualClasses.length, options, metrics, { task, ...details });
}

function judged(
  sampleSize: number,
  { minimumOutcomes = 10 }: EvaluationOptions = {},
  metrics: Evaluation['metrics'],
  details: EvaluationDetails,
): Evaluation {
  const outcomes = countText(sampleSize, 'outcome');
  if (sampleSize >= minimumOutcomes) {
    return { sampleSize, verdict: { level: 'ok', reason: outcomes }, metrics, details };
  }
  const reason = `${outcomes}, at least ${minimumOutcomes} are needed`;
  return { sampleSize, verdict: { level: 'insufficient-data', reason }, metrics: {}, details };
}
