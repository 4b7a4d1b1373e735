/** The regression metrics, read off a summary. They agree with scikit-learn to 1e-9 (test/oracles/performance.py). */

import type { Measured, MetricOf } from './metrics.ts';
import type { RegressionSummary } from './regression-summary.ts';
import { edgesOf, type CountArray, type ValueCounts } from './value-counts.ts';

export interface RegressionSettings {
  /** Which quantiles of the actual the bounds of an interval are meant to be: [0.05, 0.95] is a 90% interval. */
  readonly intervalLevels: readonly [low: number, high: number];
}

type RegressionMetric = (summary: RegressionSummary, settings: RegressionSettings) => Measured;

/**
 * Every one takes the summary of some rows. Error means prediction - actual. Without rows nothing is computable, nor where a
 * result is beyond the range of numbers; rows that are not finite are left out and counted in the summary.
 */
export const regressionMetrics: Readonly<Record<MetricOf<'regression'>, RegressionMetric>> = {
  rmse: ({ rows, sums }) => ofRows(rows, () => Math.sqrt(sums.squaredError / rows)),

  mae: ({ rows, sums }) => ofRows(rows, () => sums.absoluteError / rows),

  median_ae: ({ rows, absoluteErrors }) => (rows === 0 ? noOutcomes : medianOf(absoluteErrors)),

  mape: ({ rows, sums, counts }) =>
    rows === 0 ? noOutcomes : meanPercentage(sums.percentageError, rows, counts.zeroActuals, 'outcomes'),

  wmape: ({ rows, sums }) =>
    rows > 0 && sums.absoluteActual === 0
      ? allZero(rows, 'outcomes')
      : ofRows(rows, () => sums.absoluteError / sums.absoluteActual),

  smape: ({ rows, sums }) => ofRows(rows, () => sums.symmetricPercentageError / rows),

  r2: ({ rows, sums, actuals }) => {
    if (rows < 2) return { notComputable: 'at least 2 outcomes are needed' };
    if (actuals.deviation === 0) return { notComputable: 'all actuals are equal' };
    return finite(1 - sums.squaredError / actuals.deviation);
  },

  bias: ({ rows, sums }) => ofRows(rows, () => sums.error / rows),

  peak_hour_mape: ({ sums, counts: { peakRows, peakZeroActuals } }) =>
    peakRows === 0
      ? { notComputable: 'no outcome lies in a peak hour' }
      : meanPercentage(sums.peakPercentageError, peakRows, peakZeroActuals, 'peak-hour outcomes'),

  pinball_loss: ({ sums, counts: { intervalRows } }, { intervalLevels: [low, high] }) => {
    if (intervalRows === 0) return noIntervals;
    const ofLow = low * sums.aboveLow + (1 - low) * sums.belowLow;
    const ofHigh = high * sums.aboveHigh + (1 - high) * sums.belowHigh;
    return finite((ofLow + ofHigh) / (2 * intervalRows));
  },

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
  let total = 0;
  for (const count of counts) total += count;
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
