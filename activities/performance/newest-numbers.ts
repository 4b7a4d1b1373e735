/** The numbers of a few windows, for the result of a run: what somebody who looks at it wants to know first. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { Gate } from '../../core/performance/gate.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import { formatWindow, type Window, type WindowText } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { mainMetric } from './main-metric.ts';

/** A result is read by people, and stays small however many versions share the traffic. */
const mostNumbers = 20;

/** The main metric of a version over a window, rounded. Whether the model has degraded is said by `degradationCheck`. */
export interface NewestNumber {
  readonly window: WindowText;
  readonly version: string;
  readonly metric: MetricName;
  /** Null where it is not computable. */
  readonly value: number | null;
  /** Of 95%; absent where there is none. */
  readonly interval?: readonly [low: number, high: number];
  /** Of the metric, where the monitor has any. */
  readonly limits?: { readonly warning?: number | undefined; readonly critical?: number | undefined };
  readonly outcomes: number;
  /** Outcomes / predictions; null without predictions. */
  readonly coverage: number | null;
  readonly state: 'provisional' | 'final';
  readonly revision: number;
  readonly gate: Gate;
  /** Why the window is not judged; absent where it has passed the gate. */
  readonly reason?: string;
}

/** The newest stored numbers over all rows of these windows; the shortest window first, in it the busiest version. */
export async function readNewestNumbers(
  connection: Queryable,
  monitor: Monitor,
  windows: readonly Window[],
): Promise<NewestNumber[]> {
  const rows = await connection.query<{
    readonly start: number;
    readonly end: number;
    readonly version: string;
    readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
    readonly intervals: Readonly<Partial<Record<MetricName, readonly [number, number]>>>;
    readonly outcomes: number;
    readonly coverage: number | null;
    readonly state: 'provisional' | 'final';
    readonly revision: number;
    readonly gate: Gate;
    readonly reason: string;
  }>(
    `select window_start as start, window_end as "end", version, metrics, intervals, sample_size as outcomes, coverage,
       state, revision, gate, reason
     from latest_performance_evaluations
     join unnest($2::timestamptz[], $3::timestamptz[]) as asked (window_start, window_end)
       using (window_start, window_end)
     where model = $1 and segment = ''
     order by window_end - window_start, window_end desc, prediction_count desc, version
     limit $4`,
    [
      monitor.model,
      windows.map(({ start }) => toTimestamp(start)),
      windows.map(({ end }) => toTimestamp(end)),
      mostNumbers,
    ],
  );
  return rows.map(({ start, end, version, metrics, intervals, coverage, gate, reason, ...counts }) => {
    const metric = mainMetric(monitor, (name) => metrics[name] !== undefined);
    const [value, interval] = [metrics[metric], intervals[metric]];
    const limits: Readonly<Partial<Record<MetricName, NewestNumber['limits']>>> = monitor.performance.limits;
    return {
      window: formatWindow({ start, end }),
      version,
      metric,
      value: value === undefined ? null : rounded(value),
      ...(interval !== undefined && { interval: [rounded(interval[0]), rounded(interval[1])] as const }),
      ...(limits[metric] !== undefined && { limits: limits[metric] }),
      ...counts,
      coverage: coverage === null ? null : rounded(coverage),
      gate,
      ...(gate !== 'passed' && { reason }),
    };
  });
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
