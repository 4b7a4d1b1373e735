/** The sums behind every regression metric. Sums of parts add up to the sums of the whole, so hours can be stored. */

import { TidewatchError } from '../errors.ts';

/** Predictions and their actuals, row by row; `isPeak` is 1 for rows of a peak hour (see peak-hours.ts). */
export interface RegressionOutcomes {
  readonly predictions: Float64Array;
  readonly actuals: Float64Array;
  readonly isPeak?: Uint8Array;
}

/**
 * JSON-safe. Error means prediction - actual. Actuals are kept relative to the first one (`actualOrigin`), so that their
 * variance survives an offset: the differences of values near 1e9 are exact, the values' squares are not.
 */
export interface RegressionSums {
  /** Rows with a finite prediction and a finite actual; the other rows are counted in `notFinite` only. */
  readonly rows: number;
  readonly notFinite: number;
  readonly error: number;
  readonly absoluteError: number;
  readonly squaredError: number;
  /** Rows whose actual is 0: they have no percentage error. */
  readonly zeroActuals: number;
  readonly percentageError: number;
  readonly peakRows: number;
  readonly peakZeroActuals: number;
  readonly peakPercentageError: number;
  readonly actualOrigin: number;
  /** Mean of actual - actualOrigin. */
  readonly actualMean: number;
  /** Sum of squared deviations of the actuals from their mean. */
  readonly actualDeviation: number;
}

/** The sums of no rows. */
export const noRegressionSums: RegressionSums = {
  rows: 0,
  notFinite: 0,
  error: 0,
  absoluteError: 0,
  squaredError: 0,
  zeroActuals: 0,
  percentageError: 0,
  peakRows: 0,
  peakZeroActuals: 0,
  peakPercentageError: 0,
  actualOrigin: 0,
  actualMean: 0,
  actualDeviation: 0,
};

/**
 * What are the sums after these outcomes too? One pass, in O(rows), with no array of its own.
 *
 * Mean and deviation of the actuals follow Welford (1962), "Note on a method for calculating corrected sums of squares
 * and products", Technometrics 4.
 *
 * @throws TidewatchError `INVALID_STATISTIC_INPUT` when the arrays differ in length.
 */
export function addRegressionOutcomes(sums: RegressionSums, outcomes: RegressionOutcomes): RegressionSums {
  const { predictions, actuals, isPeak } = outcomes;
  if (predictions.length !== actuals.length || (isPeak !== undefined && isPeak.length !== actuals.length)) {
    throw new TidewatchError('INVALID_STATISTIC_INPUT', {
      statistic: 'regression metrics',
      reason: `${predictions.length} predictions, ${actuals.length} actuals and ${isPeak?.length ?? 'no'} peak flags must be of one length`,
    });
  }
  const next = { ...sums };
  for (let row = 0; row < actuals.length; row += 1) {
    const actual = actuals[row]!;
    const error = predictions[row]! - actual;
    if (!Number.isFinite(error)) {
      next.notFinite += 1;
      continue;
    }
    if (next.rows === 0) next.actualOrigin = actual;
    next.rows += 1;
    next.error += error;
    next.absoluteError += Math.abs(error);
    next.squaredError += error * error;

    const relative = actual - next.actualOrigin;
    const step = relative - next.actualMean;
    next.actualMean += step / next.rows;
    next.actualDeviation += step * (relative - next.actualMean);

    const peak = isPeak?.[row] === 1;
    if (peak) next.peakRows += 1;
    if (actual === 0) {
      next.zeroActuals += 1;
      if (peak) next.peakZeroActuals += 1;
      continue;
    }
    const percentageError = Math.abs(error / actual);
    next.percentageError += percentageError;
    if (peak) next.peakPercentageError += percentageError;
  }
  return next;
}

/**
 * What are the sums of two disjoint sets of rows together? The order does not matter beyond rounding.
 *
 * Mean and deviation follow Chan, Golub and LeVeque (1983), "Algorithms for computing the sample variance", The American
 * Statistician 37.
 */
export function mergeRegressionSums(a: RegressionSums, b: RegressionSums): RegressionSums {
  if (a.rows === 0) return { ...b, notFinite: a.notFinite + b.notFinite };
  if (b.rows === 0) return { ...a, notFinite: a.notFinite + b.notFinite };
  const rows = a.rows + b.rows;
  const meanStep = b.actualOrigin - a.actualOrigin + b.actualMean - a.actualMean;
  return {
    rows,
    notFinite: a.notFinite + b.notFinite,
    error: a.error + b.error,
    absoluteError: a.absoluteError + b.absoluteError,
    squaredError: a.squaredError + b.squaredError,
    zeroActuals: a.zeroActuals + b.zeroActuals,
    percentageError: a.percentageError + b.percentageError,
    peakRows: a.peakRows + b.peakRows,
    peakZeroActuals: a.peakZeroActuals + b.peakZeroActuals,
    peakPercentageError: a.peakPercentageError + b.peakPercentageError,
    actualOrigin: a.actualOrigin,
    actualMean: a.actualMean + (meanStep * b.rows) / rows,
    actualDeviation: a.actualDeviation + b.actualDeviation + (meanStep * meanStep * a.rows * b.rows) / rows,
  };
}
