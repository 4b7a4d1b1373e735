/** The regression metrics, read off their sums. Agrees with scikit-learn to 1e-9 (test/oracles/performance.py). */

import type { Computed } from '../verdict.ts';
import type { MetricOf } from './metrics.ts';
import type { RegressionSums } from './regression-sums.ts';

/**
 * How large are the errors of a regression, in its own unit and relative to the actuals?
 *
 * - `rmse`, `mae`: 0 or more, in the unit of the actual; 0 is perfect.
 * - `bias`: mean of prediction - actual, in the unit of the actual.
 * - `mape`: mean of |error| / |actual| as a ratio (0.18 means 18 %), over the rows whose actual is not 0; rows with 0 are
 *   left out and counted in the sums. Not computable when every actual is 0.
 * - `peak_hour_mape`: the same over peak rows; not computable without one.
 * - `r2`: 1 - squared error / squared deviation of the actuals, at most 1, below 0 when worse than the mean. Not
 *   computable for constant actuals or fewer than 2 rows (scikit-learn gives 0 or 1, and NaN).
 *
 * No rows: nothing is computable. A result beyond the range of numbers is not computable either.
 *
 * @example
 * const outcomes = { predictions: Float64Array.of(2, 4), actuals: Float64Array.of(1, 5) };
 * regressionMetrics(addRegressionOutcomes(noRegressionSums, outcomes)).rmse // { value: 1 }
 */
export function regressionMetrics(sums: RegressionSums): Record<MetricOf<'regression'>, Computed> {
  const { rows } = sums;
  return {
    rmse: rows === 0 ? noOutcomes : finite(Math.sqrt(sums.squaredError / rows)),
    mae: rows === 0 ? noOutcomes : finite(sums.absoluteError / rows),
    mape: rows === 0 ? noOutcomes : meanPercentage(sums.percentageError, rows, sums.zeroActuals, 'outcomes'),
    r2: rSquared(sums),
    bias: rows === 0 ? noOutcomes : finite(sums.error / rows),
    peak_hour_mape:
      sums.peakRows === 0
        ? { notComputable: 'no outcome lies in a peak hour' }
        : meanPercentage(sums.peakPercentageError, sums.peakRows, sums.peakZeroActuals, 'peak-hour outcomes'),
  };
}

const noOutcomes: Computed = { notComputable: 'no outcomes' };

function meanPercentage(sum: number, rows: number, zeroActuals: number, what: string): Computed {
  if (rows === zeroActuals) return { notComputable: `the actuals of all ${rows} ${what} are 0` };
  return finite(sum / (rows - zeroActuals));
}

function rSquared(sums: RegressionSums): Computed {
  if (sums.rows < 2) return { notComputable: 'at least 2 outcomes are needed' };
  if (sums.actualDeviation === 0) return { notComputable: 'all actuals are equal' };
  return finite(1 - sums.squaredError / sums.actualDeviation);
}

function finite(value: number): Computed {
  return Number.isFinite(value) ? { value } : { notComputable: 'the errors are too large for a number' };
}
