/** Estimated performance of a regression: the losses of rows are predicted from what the model saw and said. */

import { learnBins, type FeatureBins } from '../boosting/feature-bins.ts';
import type { Sample } from '../multivariate/sample.ts';
import type { MetricName } from '../performance/metrics.ts';
import { regressionMetrics } from '../performance/regression-metrics.ts';
import { summarizeRegression } from '../performance/regression-summary.ts';
import type { Computed } from '../verdict.ts';
import { crossFitTrees, predictAveraged, type AveragedTrees } from './averaged-trees.ts';
import { binColumns, withAnswer } from './columns.ts';
import { usualErrors, type UsualErrors, type WindowMetrics } from './usual-errors.ts';

/** Rows in the order of time: what the model saw, and what it said. */
export interface RegressionRows {
  readonly task: 'regression';
  readonly sample: Sample;
  readonly predictions: Float64Array;
}

const lossNames = ['absolute', 'squared', 'signed', 'percentage'] as const;
type LossName = (typeof lossNames)[number];

/** Of each row; error means prediction - actual. */
type Losses = Readonly<Partial<Record<LossName, Float64Array>>>;

interface LossModel {
  readonly trees: AveragedTrees;
  /** With it the losses of rows that the trees had not seen add up to what was realized. */
  readonly factor: number;
}

/** JSON-safe. */
export interface RegressionEstimator {
  readonly task: 'regression';
  /** Rows that it was fitted to. */
  readonly rows: number;
  readonly bins: readonly FeatureBins[];
  readonly losses: Readonly<Partial<Record<LossName, LossModel>>>;
  /** Whether the actuals of the reference are all at or above 0, or all at or below. */
  readonly actualsOfOneSign: boolean;
  readonly usualErrors: UsualErrors;
}

const estimatedNames = ['mae', 'rmse', 'bias', 'r2', 'mape', 'wmape'] as const satisfies MetricName[];
type EstimatedMetrics = Readonly<Record<(typeof estimatedNames)[number], Computed>>;

/** Fits it; the caller sees to enough rows, finite predictions and finite actuals. */
export function fitRegressionEstimator(
  { sample, predictions }: RegressionRows,
  actuals: Float64Array,
): RegressionEstimator | { readonly notComputable: string } {
  const columns = withAnswer(sample, predictions);
  const bins = columns.map((column) => learnBins(column));
  const features = binColumns(bins, columns);
  if (features.every(({ codes }) => codes.every((code) => code === codes[0])))
    return { notComputable: 'neither a feature nor the prediction varies' };
  const realized = lossesOf(predictions, actuals);
  if (realized.absolute!.every((loss) => loss === 0))
    return { notComputable: 'every prediction equals its actual: there is no error to learn from' };
  const fitted: Partial<Record<LossName, LossModel>> = {};
  const outOfFold: Partial<Record<LossName, Float64Array>> = {};
  for (const name of lossNames) {
    const loss = realized[name];
    if (loss === undefined) continue;
    const cross = crossFitTrees(features, loss, 'squared');
    const raw = cross.outOfFold.map((value) => possible(name, value));
    const factor = name === 'signed' ? 1 : Math.min(2, Math.max(1 / 2, sumOf(loss) / sumOf(raw)));
    fitted[name] = { trees: cross.trees, factor };
    outOfFold[name] = raw.map((value) => value * factor);
  }
  const actualsOfOneSign = actuals.every((actual) => actual >= 0) || actuals.every((actual) => actual <= 0);
  const slice = (losses: Losses, start: number, end: number): Losses =>
    Object.fromEntries(Object.entries(losses).map(([name, values]) => [name, values.subarray(start, end)]));
  return {
    task: 'regression',
    rows: actuals.length,
    bins,
    losses: fitted,
    actualsOfOneSign,
    usualErrors: usualErrors(sample.times, (start, end) => ({
      estimated: expectedMetrics(
        predictions.subarray(start, end),
        slice(outOfFold, start, end),
        actualsOfOneSign,
      ),
      realized: realizedMetrics(predictions.subarray(start, end), actuals.subarray(start, end)),
    })),
  };
}

/** Every metric that it can tell of these rows, of which there is at least one, with a finite prediction each. */
export function estimateRegression(
  { bins, losses, actualsOfOneSign }: RegressionEstimator,
  { sample, predictions }: RegressionRows,
): EstimatedMetrics {
  const features = binColumns(bins, withAnswer(sample, predictions));
  const predicted: Partial<Record<LossName, Float64Array>> = {};
  for (const name of lossNames) {
    const model = losses[name];
    if (model === undefined) continue;
    predicted[name] = predictAveraged(model.trees, features).map(
      (value) => possible(name, value) * model.factor,
    );
  }
  return expectedMetrics(predictions, predicted, actualsOfOneSign);
}

/** Trees may step below 0 where losses are small. */
function possible(name: LossName, value: number): number {
  return name === 'signed' ? value : Math.max(0, value);
}

function lossesOf(predictions: Float64Array, actuals: Float64Array): Losses {
  const signed = predictions.map((prediction, row) => prediction - actuals[row]!);
  const absolute = signed.map(Math.abs);
  return {
    absolute,
    squared: signed.map((error) => error ** 2),
    signed,
    ...(!actuals.includes(0) && {
      percentage: absolute.map((error, row) => error / Math.abs(actuals[row]!)),
    }),
  };
}

function realizedMetrics(predictions: Float64Array, actuals: Float64Array): WindowMetrics {
  const summary = summarizeRegression({ predictions, actuals });
  return Object.fromEntries(
    estimatedNames.map((name) => [name, regressionMetrics[name](summary, { intervalLevels: [0.05, 0.95] })]),
  );
}

/** The metrics of rows with these losses. From the errors and the predictions follows how far the actuals are spread. */
function expectedMetrics(
  predictions: Float64Array,
  { absolute, squared, signed, percentage }: Losses,
  actualsOfOneSign: boolean,
): EstimatedMetrics {
  const mae = meanOf(absolute!);
  // No mean of squares is below the square of the mean, no bias beyond the mean absolute error.
  const meanSquare = Math.max(meanOf(squared!), mae ** 2);
  const bias = Math.min(mae, Math.max(-mae, meanOf(signed!)));
  const middle = meanOf(predictions);
  const actual = predictions.map((prediction, row) => prediction - middle - signed![row]!);
  const spread =
    meanOf(
      predictions.map((prediction, row) => {
        const centred = prediction - middle;
        return centred ** 2 - 2 * centred * signed![row]! + squared![row]!;
      }),
    ) -
    meanOf(actual) ** 2;
  const meanActual = Math.abs(middle + meanOf(actual));
  return {
    mae: finite(mae),
    rmse: finite(Math.sqrt(meanSquare)),
    bias: finite(bias),
    r2:
      spread > 0
        ? finite(1 - meanSquare / spread)
        : { notComputable: 'the actuals are not expected to vary' },
    mape:
      percentage === undefined
        ? { notComputable: 'the reference has actuals of 0' }
        : finite(meanOf(percentage)),
    wmape: actualsOfOneSign
      ? meanActual > 0
        ? finite(mae / meanActual)
        : { notComputable: 'the actuals are expected to be 0' }
      : { notComputable: 'the reference has actuals below and above 0' },
  };
}

function finite(value: number): Computed {
  return Number.isFinite(value) ? { value } : { notComputable: 'the errors are too large for a number' };
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: Float64Array): number {
  return sumOf(values) / values.length;
}
