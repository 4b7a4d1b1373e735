/** How sure are the metrics of a regression? */

import { medianInterval } from './median.ts';
import { ratioInterval, type HourOf, type Ratio } from './ratio.ts';
import type { IntervalOrReason } from './scale.ts';
import type { SpreadOf } from './spread.ts';
import type { MetricOf } from '../metrics.ts';
import { regressionMetrics, type RegressionSettings } from '../regression-metrics.ts';
import type { RegressionSummary } from '../regression-summary.ts';

type SumOf = (part: RegressionSummary) => number;

/** An interval for each metric, or why there is none. */
export function regressionIntervals(
  hours: readonly HourOf<RegressionSummary>[],
  total: RegressionSummary,
  settings: RegressionSettings,
  spreadOf: SpreadOf,
): Record<MetricOf<'regression'>, IntervalOrReason> {
  const ratios = ratiosOf(total, settings);
  const intervalOf = (metric: MetricOf<'regression'>): IntervalOrReason => {
    const value = regressionMetrics[metric](total, settings);
    if ('notComputable' in value) return value;
    if (metric === 'median_ae') return medianInterval(hours, total, value.value, spreadOf);
    return ratioInterval(ratios[metric], hours, total, spreadOf);
  };
  const names = Object.keys(regressionMetrics) as MetricOf<'regression'>[];
  return Object.fromEntries(names.map((name) => [name, intervalOf(name)])) as Record<
    MetricOf<'regression'>,
    IntervalOrReason
  >;
}

/** Every metric but the median is a ratio of two sums, or follows from one. */
function ratiosOf(
  total: RegressionSummary,
  { intervalLevels: [lowLevel, highLevel] }: RegressionSettings,
): Readonly<Record<Exclude<MetricOf<'regression'>, 'median_ae'>, Ratio<RegressionSummary>>> {
  const all: SumOf = (part) => part.rows;
  const nonZero: SumOf = ({ rows, counts }) => rows - counts.zeroActuals;
  const peak: SumOf = ({ counts }) => counts.peakRows - counts.peakZeroActuals;
  const withInterval: SumOf = ({ counts }) => counts.intervalRows;
  const mean = total.actuals.origin + total.actuals.mean;
  const deviation: SumOf = ({ rows, actuals }) =>
    actuals.deviation + rows * (actuals.origin + actuals.mean - mean) ** 2;
  const within: SumOf = ({ sums }) => (lowLevel * sums.aboveLow + (1 - highLevel) * sums.belowHigh) / 2;
  const outside: SumOf = ({ sums }) => ((1 - lowLevel) * sums.belowLow + highLevel * sums.aboveHigh) / 2;
  const meanLoss = (numerator: SumOf, rows = all): Ratio<RegressionSummary> => ({
    scale: 'loss',
    numerator,
    denominator: rows,
    rows,
  });
  return {
    rmse: { ...meanLoss(({ sums }) => sums.squaredError), toMetric: Math.sqrt },
    mae: meanLoss(({ sums }) => sums.absoluteError),
    mape: meanLoss(({ sums }) => sums.percentageError, nonZero),
    wmape: { ...meanLoss(({ sums }) => sums.absoluteError), denominator: ({ sums }) => sums.absoluteActual },
    smape: meanLoss(({ sums }) => sums.symmetricPercentageError),
    peak_hour_mape: meanLoss(({ sums }) => sums.peakPercentageError, peak),
    r2: {
      ...meanLoss(({ sums }) => sums.squaredError),
      denominator: deviation,
      toMetric: (unexplained) => 1 - unexplained,
    },
    bias: { ...meanLoss(({ sums }) => sums.error), scale: 'any' },
    pinball_loss: { ...meanLoss((part) => within(part) + outside(part), withInterval), floor: within },
    interval_coverage: { ...meanLoss(({ counts }) => counts.coveredRows, withInterval), scale: 'share' },
  };
}
