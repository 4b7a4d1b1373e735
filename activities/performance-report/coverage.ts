/** Which actuals have come, and which days were restated because of them. */

import type { Coverage, Restatement, Section } from '../../console/performance-report/performance-report.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import { dayMs, formatInstant, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { countsOf, hoursWithin, type ServedHour } from '../performance/served-hours.ts';

export async function loadCoverage(
  connection: Queryable,
  {
    model,
    metric,
    window,
    span,
    hours,
  }: {
    readonly model: string;
    readonly metric: MetricName;
    readonly window: Window;
    readonly span: Window;
    readonly hours: readonly ServedHour[];
  },
): Promise<Section<Coverage>> {
  const days = Array.from({ length: (span.end - span.start) / dayMs }, (_, i) => {
    const start = span.start + i * dayMs;
    return { start: formatInstant(start), ...countsOf(hoursWithin(hours, { start, end: start + dayMs })) };
  });
  const first = days.findIndex(({ predictions }) => predictions > 0);
  if (first === -1) return { absent: 'No serving prediction is stored.' };
  return { days: days.slice(first), restated: await readRestatements(connection, model, metric, window) };
}

/** Days of the window whose number has moved since it was first stored, the newest first. */
async function readRestatements(
  connection: Queryable,
  model: string,
  metric: MetricName,
  window: Window,
): Promise<readonly Restatement[]> {
  const rows = await connection.query<{
    day: number;
    from: number | null;
    to: number | null;
    coverageFrom: number | null;
    coverageTo: number | null;
  }>(
    `select window_start as day,
       (array_agg((metrics ->> $4)::double precision order by revision))[1] as "from",
       (array_agg((metrics ->> $4)::double precision order by revision desc))[1] as "to",
       (array_agg(coverage order by revision))[1] as "coverageFrom",
       (array_agg(coverage order by revision desc))[1] as "coverageTo"
     from performance_evaluations
     where model = $1 and segment = '' and window_start >= $2 and window_end <= $3
       and window_end - window_start = interval '1 day'
     group by version, window_start
     having count(*) > 1
     order by window_start desc, version`,
    [model, toTimestamp(window.start), toTimestamp(window.end), metric],
  );
  return rows
    .filter(({ from, to }) => from !== to)
    .map(({ day, from, to, coverageFrom, coverageTo }) => ({
      day: formatInstant(day),
      metric,
      ...(from !== null && { from }),
      ...(to !== null && { to }),
      ...(coverageFrom !== null && { coverageFrom }),
      ...(coverageTo !== null && { coverageTo }),
    }));
}
