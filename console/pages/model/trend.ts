/** What is stored of a metric -> the chart of the reports. */

import { rulesOf } from '../../../core/degradation/rules.ts';
import { countText, type MetricName } from '../../../core/performance/metrics.ts';
import type { Monitor } from '../../../core/monitor/schema.ts';
import { dayMs, durationMs, formatInstant } from '../../../core/window.ts';
import type { Limits, Trend } from '../../performance-report/performance-report.ts';
import { thinned } from '../../thinned.ts';
import type { LoadedPerformance } from './load-performance.ts';

/** More rings than these are no more to see. */
const mostRings = 20;

/** Of so many windows the page says how they were restated. */
export const restatedOnPage = { days: 30, most: mostRings } as const;

/** More points than these are no more to see, and take time to read and to draw; the files have all of them. */
export const mostPoints = 190;

export function trendOf(
  { points, singleDays, marks, metric, over, restated }: LoadedPerformance,
  monitor: Monitor | undefined,
): Trend {
  return {
    length: windowWords(over),
    points: thinned(points, mostPoints).map(({ windowEnd, version, value, interval, state }) => ({
      windowEnd: formatInstant(windowEnd),
      version,
      state,
      ...(value !== null && { value }),
      ...(interval !== null && { interval }),
    })),
    days: thinned(singleDays, mostPoints).flatMap(({ windowEnd, value }) =>
      value === null ? [] : [{ windowEnd: formatInstant(windowEnd), value }],
    ),
    limits: monitor === undefined ? {} : limitsOf(monitor, metric, over),
    marks,
    restated: restated
      .slice(0, mostRings)
      .flatMap(({ windowEnd, from }) =>
        from === null ? [] : [{ windowEnd: formatInstant(windowEnd), value: from }],
      ),
  };
}

/** @example windowWords('7d') // '7 days' */
export function windowWords(over: string): string {
  const days = durationMs(over) / dayMs;
  return Number.isInteger(days) ? countText(days, 'day') : over;
}

/** Where the rules about the metric over this window fire. */
function limitsOf(monitor: Monitor, metric: MetricName, over: string): Limits {
  const limits: { warning?: number; critical?: number } = {};
  for (const rule of rulesOf(monitor)) {
    if ('metric' in rule && rule.metric === metric && rule.over === over && rule.limit !== undefined)
      limits[rule.level] ??= rule.limit;
  }
  return limits;
}
