import type { Interval, ValidatedMetrics } from '../degradation/evidence.ts';
import { evaluateSummary } from '../performance/evaluate.ts';
import { metricIntervals, type SummaryBlock } from '../performance/intervals/metric-intervals.ts';
import type { MetricName } from '../performance/metrics.ts';
import { mergeSummaries, type OutcomeSummary } from '../performance/summary.ts';
import type { Window } from '../window.ts';

export interface IntervalInput {
  readonly hours: readonly SummaryBlock[];
  /** Their sum. */
  readonly total: OutcomeSummary;
  readonly intervalLevels: readonly [low: number, high: number];
}

/**
 * The 95% intervals of the metrics of some hours; those that have none are left out.
 *
 * @example intervalsOf({ hours: [], total: emptySummary('regression'), intervalLevels: [0.05, 0.95] }) // {}
 */
export function intervalsOf({
  hours,
  total,
  intervalLevels,
}: IntervalInput): Partial<Record<MetricName, Interval>> {
  const intervals: Partial<Record<MetricName, Interval>> = {};
  for (const [name, found] of Object.entries(metricIntervals(hours, { total, intervalLevels })))
    if ('low' in found) intervals[name as MetricName] = [found.low, found.high];
  return intervals;
}

/**
 * What does a version show on its held-out rows? Every metric that is computable with its interval where it has one; none for
 * no rows. Later it is held against these numbers: the baseline `validation` of degradation rules.
 *
 * @param hours of the window, in the order of time
 * @example validatedMetrics({ start: 0, end: 3_600_000 }, [], [0.05, 0.95]) // { window: { start: 0, end: 3_600_000 }, metrics: {} }
 */
export function validatedMetrics(
  window: Window,
  hours: readonly SummaryBlock[],
  intervalLevels: readonly [low: number, high: number],
): ValidatedMetrics {
  if (hours.length === 0) return { window, metrics: {} };
  const total = mergeSummaries(hours.map(({ summary }) => summary));
  const intervals = intervalsOf({ hours, total, intervalLevels });
  const { metrics } = evaluateSummary(total, { minimumOutcomes: 0, intervalLevels });
  return {
    window,
    metrics: Object.fromEntries(
      Object.entries(metrics).flatMap(([name, found]) => {
        if (!('value' in found)) return [];
        const interval = intervals[name as MetricName];
        return [[name, { value: found.value, ...(interval && { interval }) }]];
      }),
    ),
  };
}
