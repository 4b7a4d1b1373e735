/** What adds up about the outcomes of a regression. */

import { TidewatchError } from '../errors.ts';
import { addTerm, mergeSums, settleSums, startSum, type CompensatedSums } from './compensated-sums.ts';
import { countValues, mergeValueCounts, type ValueCounts } from './value-counts.ts';

/** Predictions and their actuals, row by row. Everything is of one length. */
export interface RegressionOutcomes {
  readonly predictions: Float64Array;
  readonly actuals: Float64Array;
  /** 1 for rows of a peak hour (see peak-hours.ts). */
  readonly isPeak?: Uint8Array;
  /** The bounds that a prediction gives for its actual; NaN for a row without. */
  readonly intervalLow?: Float64Array;
  readonly intervalHigh?: Float64Array;
}

/** Error means prediction - actual. */
export const regressionSumNames = [
  'error',
  'absoluteError',
  'squaredError',
  'absoluteActual',
  /** |error| / |actual|, over rows whose actual is not 0. */
  'percentageError',
  'peakPercentageError',
  /** |error| / mean of |actual| and |prediction|; 0 where both are 0. */
  'symmetricPercentageError',
  /** By how much actuals lie above, or below, each bound of their interval: any quantile's loss follows from these. */
  'aboveLow',
  'belowLow',
  'aboveHigh',
  'belowHigh',
] as const;

export const regressionCountNames = [
  /** Rows whose prediction or actual is not a finite number: they are in nothing else. */
  'notFinite',
  /** Rows whose actual is 0: they have no percentage error. */
  'zeroActuals',
  'peakRows',
  'peakZeroActuals',
  /** Rows with two finite bounds, and those of them whose actual lies within (a bound counts as within). */
  'intervalRows',
  'coveredRows',
] as const;

export interface RegressionSummary extends CompensatedSums<(typeof regressionSumNames)[number]> {
  readonly task: 'regression';
  /** Rows with a finite prediction and a finite actual: what the metrics are over. */
  readonly rows: number;
  readonly counts: Readonly<Record<(typeof regressionCountNames)[number], number>>;
  readonly actuals: ActualMoments;
  /** How often each |error| occurs, in one group. */
  readonly absoluteErrors: ValueCounts;
}

/**
 * Mean and deviation of the actuals, relative to one of them, so that they survive an offset: the differences of values near
 * 1e9 are exact, the values' squares are not.
 */
export interface ActualMoments {
  readonly origin: number;
  /** Mean of actual - origin. */
  readonly mean: number;
  /** Sum of squared deviations of the actuals from their mean; 0 exactly when all are equal. */
  readonly deviation: number;
}

/**
 * What adds up about these outcomes? Rows that are not finite are counted and left out. Nothing for no rows. O(n log n).
 *
 * @example summarizeRegression({ predictions: Float64Array.of(2, 4, NaN), actuals: Float64Array.of(1, 5, 5) })
 * // { rows: 2, counts: { notFinite: 1 }, sums: { error: 0, absoluteError: 2, squaredError: 2 } }
 * @throws TidewatchError `INVALID_STATISTIC_INPUT` when the arrays differ in length.
 */
export function summarizeRegression(outcomes: RegressionOutcomes): RegressionSummary {
  const { predictions, actuals, isPeak, intervalLow, intervalHigh } = outcomes;
  requireOneLength(outcomes);
  const counts = emptyCounts();
  const running = {
    error: startSum(),
    absoluteError: startSum(),
    squaredError: startSum(),
    absoluteActual: startSum(),
    percentageError: startSum(),
    peakPercentageError: startSum(),
    symmetricPercentageError: startSum(),
    aboveLow: startSum(),
    belowLow: startSum(),
    aboveHigh: startSum(),
    belowHigh: startSum(),
  };
  const finite = new Float64Array(actuals.length);
  const absoluteErrors = new Float64Array(actuals.length);
  let rows = 0;
  for (let row = 0; row < actuals.length; row += 1) {
    const actual = actuals[row]!;
    const prediction = predictions[row]!;
    const error = prediction - actual;
    if (!Number.isFinite(error)) {
      counts.notFinite += 1;
      continue;
    }
    const absoluteError = Math.abs(error);
    finite[rows] = actual;
    absoluteErrors[rows] = absoluteError;
    rows += 1;
    addTerm(running.error, error);
    addTerm(running.absoluteError, absoluteError);
    addTerm(running.squaredError, error * error);
    addTerm(running.absoluteActual, Math.abs(actual));
    if (error !== 0) {
      const size = Math.abs(actual) / 2 + Math.abs(prediction) / 2;
      addTerm(running.symmetricPercentageError, absoluteError / size);
    }

    const peak = isPeak?.[row] === 1;
    if (peak) counts.peakRows += 1;
    if (actual === 0) {
      counts.zeroActuals += 1;
      if (peak) counts.peakZeroActuals += 1;
    } else {
      const percentageError = absoluteError / Math.abs(actual);
      addTerm(running.percentageError, percentageError);
      if (peak) addTerm(running.peakPercentageError, percentageError);
    }

    const low = intervalLow?.[row] ?? Number.NaN;
    const high = intervalHigh?.[row] ?? Number.NaN;
    if (!Number.isFinite(low) || !Number.isFinite(high)) continue;
    counts.intervalRows += 1;
    if (low <= actual && actual <= high) counts.coveredRows += 1;
    addTerm(actual > low ? running.aboveLow : running.belowLow, Math.abs(actual - low));
    addTerm(actual > high ? running.aboveHigh : running.belowHigh, Math.abs(actual - high));
  }
  return {
    task: 'regression',
    rows,
    counts,
    ...settleSums(running),
    actuals: momentsOf(finite.subarray(0, rows)),
    absoluteErrors: countValues('magnitude', [absoluteErrors.subarray(0, rows)]),
  };
}

/** The summary of all these rows together; of none, that of no rows. */
export function mergeRegressionSummaries(summaries: readonly RegressionSummary[]): RegressionSummary {
  const counts = emptyCounts();
  let rows = 0;
  let actuals: ActualMoments = { origin: 0, mean: 0, deviation: 0 };
  for (const summary of summaries) {
    for (const name of regressionCountNames) counts[name] += summary.counts[name];
    actuals = mergeMoments(actuals, rows, summary.actuals, summary.rows);
    rows += summary.rows;
  }
  return {
    task: 'regression',
    rows,
    counts,
    ...mergeSums(regressionSumNames, summaries),
    actuals,
    absoluteErrors: mergeValueCounts([
      countValues('magnitude', [new Float64Array()]),
      ...summaries.map(({ absoluteErrors }) => absoluteErrors),
    ]),
  };
}

function emptyCounts(): Record<(typeof regressionCountNames)[number], number> {
  return { notFinite: 0, zeroActuals: 0, peakRows: 0, peakZeroActuals: 0, intervalRows: 0, coveredRows: 0 };
}

function requireOneLength({ predictions, actuals, ...others }: RegressionOutcomes): void {
  const lengths = { predictions, actuals, ...others };
  const found = Object.entries(lengths).map(([name, { length }]) => `${length} ${name}`);
  if (Object.values(lengths).some(({ length }) => length !== actuals.length)) {
    throw new TidewatchError('INVALID_STATISTIC_INPUT', {
      statistic: 'regression metrics',
      reason: `${found.join(', ')} must be of one length`,
    });
  }
}

/** In two passes; the second one corrects for the rounding of the mean. Source: Chan, Golub and LeVeque (1983). */
function momentsOf(actuals: Float64Array): ActualMoments {
  if (actuals.length === 0) return { origin: 0, mean: 0, deviation: 0 };
  const origin = actuals[0]!;
  const relative = startSum();
  for (const actual of actuals) addTerm(relative, actual - origin);
  const mean = (relative.sum + relative.lost) / actuals.length;
  const squares = startSum();
  const rest = startSum();
  for (const actual of actuals) {
    const deviation = actual - origin - mean;
    addTerm(squares, deviation * deviation);
    addTerm(rest, deviation);
  }
  const deviation = squares.sum + squares.lost - (rest.sum + rest.lost) ** 2 / actuals.length;
  return { origin, mean, deviation: Math.max(0, deviation) };
}

/** Source: Chan, Golub and LeVeque (1983), "Algorithms for computing the sample variance", The American Statistician 37. */
function mergeMoments(a: ActualMoments, aRows: number, b: ActualMoments, bRows: number): ActualMoments {
  if (aRows === 0) return b;
  if (bRows === 0) return a;
  const rows = aRows + bRows;
  const meanStep = b.origin - a.origin + b.mean - a.mean;
  return {
    origin: a.origin,
    mean: a.mean + (meanStep * bRows) / rows,
    deviation: a.deviation + b.deviation + meanStep * meanStep * (aRows / rows) * bRows,
  };
}
