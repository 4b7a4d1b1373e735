/** The regression metrics, read off a summary. They agree with scikit-learn to 1e-9 (test/oracles/performance.py). */

import type { Measured, MetricOf } from './metrics.ts';
import type { RegressionSummary } from './regression-summary.ts';
import { edgesOf, totalOf, type CountArray, type ValueCounts } from './value-counts.ts';

export interface RegressionSettings {
  /** Which quantiles of the actual the bounds of an interval are meant to be: [0.05, 0.95] is a 90% interval. */
  readonly intervalLevels: readonly [low: number, high: number];
}

type RegressionMetric = (summary: RegressionSummary, settings: RegressionSettings) => Measured;

/**
 * Every one takes the summary of some rows. Error means prediction - actual. Without rows nothing is computable, nor where a
 * result is beyond the range of numbers. Rows whose prediction or actual is not a finite number are in no metric; the
 * summary counts them.
 */
export const regressionMetrics: Readonly<Record<MetricOf<'regression'>, RegressionMetric>> = {
  /**
   * How large is the typical error, large ones weighing more? Root of the mean squared error, in the unit of the actual, 0
   * or more; lower is better. Source: scikit-learn's `root_mean_squared_error`.
   *
   * @example
   * const outcomes = { predictions: Float64Array.of(13, 16), actuals: Float64Array.of(10, 20) };
   * regressionMetrics.rmse(summarizeRegression(outcomes)) // { value: 3.5355 }
   */
  rmse: ({ rows, sums }) => ofRows(rows, () => Math.sqrt(sums.squaredError / rows)),

  /**
   * How large is the error on average? Mean of |error|, in the unit of the actual, 0 or more; lower is better. Source:
   * scikit-learn's `mean_absolute_error`.
   *
   * @example
   * const outcomes = { predictions: Float64Array.of(13, 16), actuals: Float64Array.of(10, 20) };
   * regressionMetrics.mae(summarizeRegression(outcomes)) // { value: 3.5 }
   */
  mae: ({ rows, sums }) => ofRows(rows, () => sums.absoluteError / rows),

  /**
   * How large is the error of a row in the middle, whatever the worst rows do? Median of |error|, of an even number of rows
   * the mean of the two in the middle, in the unit of the actual, 0 or more; lower is better. Counted in cells it is the
   * middle of its cell, at most 1/256 off. Source: scikit-learn's `median_absolute_error`. O(distinct errors).
   *
   * @example
   * const outcomes = { predictions: Float64Array.of(11, 12, 99), actuals: Float64Array.of(10, 10, 10) };
   * regressionMetrics.median_ae(summarizeRegression(outcomes)) // { value: 2 }
   */
  median_ae: ({ rows, absoluteErrors }) => (rows === 0 ? noOutcomes : medianOf(absoluteErrors)),

  /**
   * How large is the error relative to the actual? Mean of |error| / |actual|, a ratio (0.18 means 18 %), 0 or more; lower
   * is better. Rows whose actual is 0 are left out, and counted in the summary's `zeroActuals`; where all are it is not
   * computable. An actual near 0 makes it huge: see `wmape`. Source: scikit-learn's `mean_absolute_percentage_error`, which
   * instead divides by 2.2e-16 where the actual is 0.
   *
   * @example
   * const outcomes = { predictions: Float64Array.of(-8, 12, 5), actuals: Float64Array.of(-10, 10, 0) };
   * regressionMetrics.mape(summarizeRegression(outcomes)) // { value: 0.2 }
   */
  mape: ({ rows, sums, counts }) =>
    rows === 0 ? noOutcomes : meanPercentage(sums.percentageError, rows, counts.zeroActuals, 'outcomes'),

  /**
   * How large are the errors together, relative to the actuals together? Sum of |error| over sum of |actual|, a ratio, 0 or
   * more; lower is better. Zeros count like any actual; where all are 0 it is not computable. Source: Kolassa and Schütz
   * (2007), "Advantages of the MAD/mean ratio over the MAPE", Foresight 6.
   *
   * @example
   * const outcomes = { predictions: Float64Array.of(8, 12, 5), actuals: Float64Array.of(10, 10, 0) };
   * regressionMetrics.wmape(summarizeRegression(outcomes)) // { value: 0.45 }
   */
  wmape: ({ rows, sums }) =>
    rows > 0 && sums.absoluteActual === 0
      ? allZero(rows, 'outcomes')
      : ofRows(rows, () => sums.absoluteError / sums.absoluteActual),

  /**
   * How large is the error relative to the size of actual and prediction? Mean of |error| over the mean of |actual| and
   * |prediction|, a ratio from 0 to 2; lower is better. A row in which both are 0 counts as 0, one in which one of them is 0
   * as 2. Source: Makridakis (1993), "Accuracy measures", International Journal of Forecasting 9, with |.| in the divisor.
   *
   * @example
   * const outcomes = { predictions: Float64Array.of(8, 0), actuals: Float64Array.of(12, 0) };
   * regressionMetrics.smape(summarizeRegression(outcomes)) // { value: 0.2 }
   */
  smape: ({ rows, sums }) => ofRows(rows, () => sums.symmetricPercentageError / rows),

  /**
   * How much of the variation of the actuals is explained? 1 - squared error / squared deviation of the actuals from their
   * mean: a score of at most 1 (perfect), 0 for their mean as prediction, below 0 for worse; higher is better. Not computable
   * for fewer than 2 rows and for constant actuals, where scikit-learn's `r2_score` gives 1 or 0.
   *
   * @example
   * const outcomes = { predictions: Float64Array.of(1, 2, 4), actuals: Float64Array.of(1, 2, 3) };
   * regressionMetrics.r2(summarizeRegression(outcomes)) // { value: 0.5 }
   */
  r2: ({ rows, sums, actuals }) => {
    if (rows < 2) return { notComputable: 'at least 2 outcomes are needed' };
    if (actuals.deviation === 0) return { notComputable: 'all actuals are equal' };
    return finite(1 - sums.squaredError / actuals.deviation);
  },

  /**
   * Does the model predict too much or too little? Mean error, in the unit of the actual: above 0 too much; closer to 0 is
   * better.
   *
   * @example
   * const outcomes = { predictions: Float64Array.of(13, 16), actuals: Float64Array.of(10, 20) };
   * regressionMetrics.bias(summarizeRegression(outcomes)) // { value: -0.5 }
   */
  bias: ({ rows, sums }) => ofRows(rows, () => sums.error / rows),

  /**
   * MAPE over the rows that were said to be of a peak hour (see `peakFlags`), with the same rule for zeros. Not computable
   * without such a row.
   *
   * @example
   * const outcomes = { predictions: Float64Array.of(15, 90), actuals: Float64Array.of(10, 10) };
   * regressionMetrics.peak_hour_mape(summarizeRegression({ ...outcomes, isPeak: Uint8Array.of(1, 0) })) // { value: 0.5 }
   */
  peak_hour_mape: ({ sums, counts: { peakRows, peakZeroActuals } }) =>
    peakRows === 0
      ? { notComputable: 'no outcome lies in a peak hour' }
      : meanPercentage(sums.peakPercentageError, peakRows, peakZeroActuals, 'peak-hour outcomes'),

  /**
   * How good are the bounds of the intervals as quantiles? The loss of a bound q at level a is a * (actual - q) where the
   * actual is above and (1 - a) * (q - actual) where it is below; the mean over rows, and over both bounds. In the unit of the
   * actual, 0 or more; lower is better: narrow intervals that still hold. Rows without two finite bounds are left out, and
   * not computable without any other. Source: Koenker and Bassett (1978), "Regression quantiles", Econometrica 46;
   * scikit-learn's `mean_pinball_loss`.
   *
   * @example
   * const outcomes = { predictions: Float64Array.of(10), actuals: Float64Array.of(14) };
   * const bounds = { intervalLow: Float64Array.of(8), intervalHigh: Float64Array.of(12) };
   * regressionMetrics.pinball_loss(summarizeRegression({ ...outcomes, ...bounds }), { intervalLevels: [0.1, 0.9] })
   * // { value: 1.2 }
   */
  pinball_loss: ({ sums, counts: { intervalRows } }, { intervalLevels: [low, high] }) => {
    if (intervalRows === 0) return noIntervals;
    const ofLow = low * sums.aboveLow + (1 - low) * sums.belowLow;
    const ofHigh = high * sums.aboveHigh + (1 - high) * sums.belowHigh;
    return finite((ofLow + ofHigh) / (2 * intervalRows));
  },

  /**
   * How often is the actual within its interval, bounds included? A ratio from 0 to 1, to be held against the difference of
   * the levels (90% for [0.05, 0.95]): neither more nor less is better by itself. Rows without two finite bounds are left
   * out, and not computable without any other.
   *
   * @example
   * const outcomes = { predictions: Float64Array.of(10, 10), actuals: Float64Array.of(14, 12) };
   * const bounds = { intervalLow: Float64Array.of(8, 8), intervalHigh: Float64Array.of(12, 12) };
   * regressionMetrics.interval_coverage(summarizeRegression({ ...outcomes, ...bounds })) // { value: 0.5 }
   */
  interval_coverage: ({ counts: { intervalRows, coveredRows } }) =>
    intervalRows === 0 ? noIntervals : { value: coveredRows / intervalRows },
};

const noOutcomes: Measured = { notComputable: 'no outcomes' };
const noIntervals: Measured = { notComputable: 'no prediction has an interval' };

function ofRows(rows: number, compute: () => number): Measured {
  return rows === 0 ? noOutcomes : finite(compute());
}

function finite(value: number): Measured {
  return Number.isFinite(value) ? { value } : { notComputable: 'the errors are too large for a number' };
}

function allZero(rows: number, what: string): Measured {
  return { notComputable: `the actuals of all ${rows} ${what} are 0` };
}

function meanPercentage(sum: number, rows: number, zeroActuals: number, what: string): Measured {
  return rows === zeroActuals ? allZero(rows, what) : finite(sum / (rows - zeroActuals));
}

/** The middle value, or the mean of the two in the middle; of cells, where their middles are. */
function medianOf(all: ValueCounts): Measured {
  const counts = all.counts[0]!;
  const total = totalOf(counts);
  const lower = edgesOf(all, placeOfRank(counts, Math.floor((total - 1) / 2)));
  const upper = edgesOf(all, placeOfRank(counts, Math.floor(total / 2)));
  const value = middleOf([middleOf(lower), middleOf(upper)]);
  const errorBound = (lower[1] - lower[0] + upper[1] - upper[0]) / 4;
  return errorBound === 0 ? { value } : { value, errorBound };
}

function middleOf([low, high]: readonly [number, number]): number {
  return low + (high - low) / 2;
}

function placeOfRank(counts: CountArray, rank: number): number {
  let seen = 0;
  let place = 0;
  while (seen + counts[place]! <= rank) {
    seen += counts[place]!;
    place += 1;
  }
  return place;
}
