/** One window's realized performance: every metric of its task, or why there is none. */

import type { Verdict } from '../verdict.ts';
import { calibrationCurve, type CalibrationPoint } from './calibration-curve.ts';
import { classificationMetrics } from './classification-metrics.ts';
import { scoresByClass, type ClassScores, type ConfusionCounts } from './confusion.ts';
import { countText, type Measured, type MetricName } from './metrics.ts';
import { regressionMetrics } from './regression-metrics.ts';
import type { OutcomeSummary } from './summary.ts';

/** JSON-safe. */
export interface Evaluation {
  /** Outcomes that the metrics are over. */
  readonly sampleSize: number;
  /** `ok` when there were enough outcomes, else `insufficient-data`. Whether the numbers are good is for degradation. */
  readonly verdict: Verdict;
  /** Every metric of the task; empty when there were too few outcomes. */
  readonly metrics: Readonly<Partial<Record<MetricName, Measured>>>;
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
      /** Outcomes whose prediction has an interval, and those of them whose actual lies within. */
      readonly intervalRows: number;
      readonly coveredRows: number;
    }
  | {
      readonly task: 'classification';
      readonly byClass: Readonly<Record<string, ClassScores>>;
      readonly confusion: ConfusionCounts;
      /** How many rows the predicted class has been given a probability in (0, 0.05], (0.05, 0.1] ... */
      readonly confidence: readonly number[];
      readonly calibration: readonly CalibrationPoint[];
      /** Outcomes that the metrics of probabilities are over. */
      readonly rowsWithProbabilities: number;
      /** Outcomes left out of these because a probability is missing or outside of 0 to 1. */
      readonly invalidProbabilities: number;
      /** Outcomes with probabilities left out of these because the actual is not one of the classes. */
      readonly unseenActuals: number;
    };

export interface EvaluationOptions {
  /** Fewer outcomes than this give `insufficient-data` and no metrics; 10 by default. */
  readonly minimumOutcomes?: number;
  /** Which quantiles of the actual the bounds of an interval are meant to be; [0.05, 0.95], a 90% interval, by default. */
  readonly intervalLevels?: readonly [low: number, high: number];
}

/**
 * How did a model perform over these outcomes? See `regressionMetrics` and `classificationMetrics` for units, ranges and
 * what empty, constant and missing data give.
 *
 * @example
 * const outcomes = { predictions: Float64Array.of(1, 2), actuals: Float64Array.of(1, 2) };
 * evaluateSummary(summarizeRegression(outcomes)).verdict
 * // { level: 'insufficient-data', reason: '2 outcomes, at least 10 are needed' }
 */
export function evaluateSummary(summary: OutcomeSummary, options: EvaluationOptions = {}): Evaluation {
  const { intervalLevels = [0.05, 0.95] } = options;
  if (summary.task === 'regression') {
    const metrics = mapValues(regressionMetrics, (metric) => metric(summary, { intervalLevels }));
    return judged(summary.rows, options, metrics, { task: 'regression', ...summary.counts });
  }
  const metrics = mapValues(classificationMetrics, (metric) => metric(summary));
  const { confusion, classes, counts } = summary;
  return judged(summary.rows, options, metrics, {
    task: 'classification',
    byClass: scoresByClass(confusion, classes),
    confusion,
    confidence: [...summary.confidenceBins.counts],
    calibration: calibrationCurve(summary),
    rowsWithProbabilities: counts.scoredRows,
    invalidProbabilities: counts.invalidProbabilities,
    unseenActuals: counts.unseenActuals,
  });
}

function mapValues<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  map: (value: From) => To,
): Readonly<Record<Name, To>> {
  return Object.fromEntries(
    Object.entries<From>(record).map(([name, value]) => [name, map(value)]),
  ) as Record<Name, To>;
}

function judged(
  sampleSize: number,
  { minimumOutcomes = 10 }: EvaluationOptions,
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
