/** How sure is what the hours of a window say? Intervals that hold the truth in 95 of 100 windows. */

import type { ClassificationSummary } from '../classification-summary.ts';
import { classificationIntervals } from './classification.ts';
import type { HourOf } from './ratio.ts';
import { regressionIntervals } from './regression.ts';
import { nothingVaries, tooFewHours, type IntervalOrReason, type MetricInterval } from './scale.ts';
import { createSpreadOf, tellingHours } from './spread.ts';
import type { MetricName } from '../metrics.ts';
import type { RegressionSummary } from '../regression-summary.ts';
import { mergeSummaries, type OutcomeSummary } from '../summary.ts';

export type { IntervalOrReason, MetricInterval };

/** What the outcomes of one hour add up to. */
export type SummaryBlock = HourOf<OutcomeSummary>;

export interface IntervalOptions {
  /** The sum of the hours, where the caller has it. */
  readonly total?: OutcomeSummary;
  /** Which quantiles of the actual the bounds of an interval are meant to be; [0.05, 0.95] by default. */
  readonly intervalLevels?: readonly [low: number, high: number];
}

/**
 * How sure is each metric of a window? A 95% interval in the metric's own unit around its value, or why there is none, for
 * every metric of the task; nothing for no hours. It is about what the model would show over many such windows, not about
 * the rows at hand.
 *
 * Errors of neighbouring hours are usually alike, so that rows must not be counted as independent, and few days are too few
 * to resample. Each metric is linearised instead: every hour has its part of the deviation from the truth (for ratios what its
 * sums leave over, for areas DeLong's placements, for the median a share of rows below it, as Woodruff has it). How far the
 * sum of these parts may lie from 0 is read off their slow waves (see `createSpreadOf`), and carried to the scale on which the
 * metric scatters evenly: Wilson's for shares, the inverse root for losses. Nothing is random; the order of the hours in the
 * array does not matter.
 *
 * How often the truth is within, by metric, number of rows and dependence, is measured in bench/RESULTS.md: 93 to 97 of 100
 * where the hours are worth some 20 independent ones or more. It is less where they are worth fewer than about 8 (50 hours with
 * an autocorrelation of .8 are worth 6), which cannot be seen in the hours themselves.
 *
 * - Fewer than 6 hours with rows, or a class in fewer than 6 hours where classes count alike: not computable.
 * - Nothing varies (all errors equal, or none at all): not computable, except for a share of 0 or 1, whose interval is that of
 *   as many rows as there are hours.
 * - What repeats by hour of the day is no uncertainty from the third day on.
 *
 * Cost: in O(hours) for each metric. 30 days of 10 million rows take about 10 ms, 45 ms with the areas under curves.
 *
 * @example
 * const hourly = Array.from({ length: 48 }, (_, hour) => ({
 *   start: Date.UTC(2011, 0, 1, hour),
 *   summary: summarizeRegression({ predictions: Float64Array.of(((hour * hour) % 13) - 5), actuals: Float64Array.of(0) }),
 * }));
 * metricIntervals(hourly).mae // { low: 3.494, high: 4.677 }
 * @throws TidewatchError `INVALID_SUMMARY` for summaries of different tasks or classes.
 */
export function metricIntervals(
  blocks: readonly SummaryBlock[],
  options: IntervalOptions = {},
): Partial<Record<MetricName, IntervalOrReason>> {
  if (blocks.length === 0) return {};
  const hours = blocks.toSorted((a, b) => a.start - b.start);
  const { total = mergeSummaries(hours.map(({ summary }) => summary)), intervalLevels = [0.05, 0.95] } =
    options;
  const spreadOf = createSpreadOf(hours.map(({ start }) => start));
  return total.task === 'regression'
    ? regressionIntervals(hours as readonly HourOf<RegressionSummary>[], total, { intervalLevels }, spreadOf)
    : classificationIntervals(hours as readonly HourOf<ClassificationSummary>[], total, spreadOf);
}

/** Differences between two things row by row (losses of two versions on the same rows), summed over an hour. */
export interface DifferenceBlock {
  /** Of the hour, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly start: number;
  readonly rows: number;
  /** Sum of the differences. */
  readonly sum: number;
}

export interface Difference extends MetricInterval {
  /** The mean difference of a row. */
  readonly value: number;
  /** How probable a mean at least as far from 0 is where the two are alike. */
  readonly pValue: number;
}

/**
 * By how much do two things differ on the same rows, and may that be chance? The mean difference with its 95% interval and
 * the p-value of none, by the method of `metricIntervals`. The p-value is below 1/20 where the interval leaves out 0.
 *
 * Differences that are all 0: 0 for sure, and a p-value of 1. All equal otherwise, or in fewer than 6 hours: not computable.
 *
 * @example
 * const differences = Array.from({ length: 48 }, (_, hour) => ({
 *   start: Date.UTC(2011, 0, 1, hour), rows: 10, sum: ((hour * hour) % 13) - 2,
 * }));
 * differenceInterval(differences) // { value: 0.4146, low: 0.1572, high: 0.6719, pValue: 0.01072 }
 */
export function differenceInterval(
  blocks: readonly DifferenceBlock[],
): Difference | { readonly notComputable: string } {
  const hours = blocks.toSorted((a, b) => a.start - b.start);
  const rows = hours.reduce((sum, block) => sum + block.rows, 0);
  const value = hours.reduce((sum, block) => sum + block.sum, 0) / rows;
  const weights = Float64Array.from(hours, (block) => block.rows);
  const deviations = Float64Array.from(hours, (block) => (block.sum - value * block.rows) / rows);
  const spread = createSpreadOf(hours.map(({ start }) => start))(deviations, weights);
  if (spread === undefined) return tooFewHours(tellingHours(weights));
  const { halfWidth, pValueAt } = spread;
  if (halfWidth <= 1e-9 * Math.abs(value) && value !== 0) return nothingVaries;
  return { value, low: value - halfWidth, high: value + halfWidth, pValue: pValueAt(Math.abs(value)) };
}
