/** Performance as it was estimated before the actuals came, with what came. */

import type { Estimates, Section } from '../../console/performance-report/performance-report.ts';
import { isMetricName, metricTable, type MetricName, type Task } from '../../core/performance/metrics.ts';
import { formatInstant, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { hoursWithin, type ServedHour } from '../performance/served-hours.ts';
import { lastVersion } from './hours.ts';

export interface EstimatesRequest {
  readonly model: string;
  readonly task: Task;
  /** The one that the report is about; another one where it cannot be estimated. */
  readonly metric: MetricName;
  readonly span: Window;
  /** Of each window, in milliseconds, and in words. */
  readonly length: number;
  readonly lengthText: string;
  /** Of all rows: the span, and one window before it. They tell which version served last. */
  readonly hours: readonly ServedHour[];
}

interface EstimateRow extends Record<string, unknown> {
  readonly end: number;
  readonly version: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
  readonly realized: Readonly<Record<string, number>> | null;
  readonly reason: string | null;
}

/** Of the same windows as the trend, as far as they are stored. */
export async function loadEstimates(
  connection: Queryable,
  request: EstimatesRequest,
): Promise<Section<Estimates>> {
  const { model, metric, span, length, lengthText, hours } = request;
  const rows = await connection.query<EstimateRow>(
    `select window_end as "end", version, metrics, intervals, realized, details -> 'notComputable' ->> $5 as reason
     from performance_estimates
     where model = $1 and window_end > $2 and window_end <= $3
       and window_end - window_start = make_interval(secs => $4)
     order by window_end, version`,
    [model, toTimestamp(span.start), toTimestamp(span.end), length / 1000, metric],
  );
  const served = rows.filter(
    ({ end, version }) => lastVersion(hoursWithin(hours, { start: end - length, end })) === version,
  );
  const shown = shownMetric(request, served);
  if (shown === undefined) {
    const reason = served.at(-1)?.reason;
    return {
      absent:
        reason === undefined || reason === null
          ? `No estimate of ${lengthText} is stored: a version is estimated once enough of its actuals have come to learn from.`
          : `Not estimated: ${reason}.`,
    };
  }
  return {
    length: lengthText,
    metric: shown,
    points: served.map(({ end, metrics, intervals, realized }) => ({
      windowEnd: formatInstant(end),
      ...(metrics[shown] !== undefined && { estimated: metrics[shown] }),
      ...(intervals[shown] !== undefined && { interval: intervals[shown] }),
      ...(realized?.[shown] !== undefined && { realized: realized[shown] }),
    })),
  };
}

function shownMetric(
  { metric, task }: EstimatesRequest,
  rows: readonly EstimateRow[],
): MetricName | undefined {
  const others = Object.keys(metricTable)
    .filter(isMetricName)
    .filter((name) => metricTable[name].task === task);
  return [metric, ...others].find((name) => rows.some(({ metrics }) => metrics[name] !== undefined));
}
