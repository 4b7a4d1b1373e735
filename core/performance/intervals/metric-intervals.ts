/** How sure is what the hours of a window say? Intervals that hold the truth in 95 of 100 windows. */

import type { ClassificationSummary } from '../classification-summary.ts';
import { classificationIntervals } from './classification.ts';
import type { HourOf } from './ratio.ts';
import { regressionIntervals } from './regression.ts';
import type { IntervalOrReason } from './scale.ts';
import { createSpreadOf } from './spread.ts';
import type { MetricName } from '../metrics.ts';
import type { RegressionSummary } from '../regression-summary.ts';
import { mergeSummaries, type OutcomeSummary } from '../summary.ts';

export type { IntervalOrReason };

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
 * Cost: in O(hours) for each metric. 30 days of 10 million rows take about 10 ms, 30 ms with the areas under curves.
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
