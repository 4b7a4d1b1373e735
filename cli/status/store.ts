/** What `tidewatch status` reads, one query a function. */

import { isCounted } from '../../activities/quality/check-quality.ts';
import { alertColumns, storedAlert } from '../../sql/read-alerts.ts';
import { viewOf } from '../../core/alert/stored-alert.ts';
import type { AlertRow } from '../../sql/read-alerts.ts';
import type { AlertView } from '../../core/alert/stored-alert.ts';
import type { Interval } from '../../core/degradation/evidence.ts';
import type { DegradationRule } from '../../core/degradation/rules.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import type { CheckName } from '../../core/quality/check.ts';
import type { Level } from '../../core/verdict.ts';
import { durationMs, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

interface Measure {
  readonly model: string;
  readonly version: string;
  readonly metric: MetricName;
  readonly over: string;
}

export interface StoredPerformance {
  readonly window: Window;
  /** Null where the metric is not computable. */
  readonly value: number | null;
  readonly interval?: Interval;
  readonly outcomes: number;
  readonly coverage: number | null;
  readonly state: 'provisional' | 'final';
  readonly revision: number;
  /** Whether it is enough to judge by, and why not. */
  readonly verdict: Level;
  readonly reason: string;
}

/** The newest evaluation of a version that can be judged by; where there is none, the newest of all. */
export async function findNewestPerformance(
  connection: Queryable,
  { model, version, metric, over }: Measure,
): Promise<StoredPerformance | null> {
  const [row] = await connection.query<{
    start: number;
    end: number;
    value: number | null;
    interval: Interval | null;
    outcomes: number;
    coverage: number | null;
    state: 'provisional' | 'final';
    revision: number;
    verdict: Level;
    reason: string;
  }>(
    `select window_start as start, window_end as "end", (metrics ->> $4)::float8 as value, intervals -> $4 as interval,
       sample_size as outcomes, coverage, state, revision, verdict, reason
     from performance_evaluations
     where model = $1 and version = $2 and segment = '' and window_end - window_start = make_interval(secs => $3)
     order by verdict = 'insufficient-data', window_end desc, revision desc
     limit 1`,
    [model, version, durationMs(over) / 1000, metric],
  );
  if (row === undefined) return null;
  const { start, end, interval, ...rest } = row;
  return { window: { start, end }, ...rest, ...(interval !== null && { interval }) };
}

export interface StoredEstimate {
  readonly window: Window;
  readonly value: number | null;
  readonly interval?: Interval;
  readonly rows: number;
  /** Realized - estimated, once it is known. */
  readonly gap: number | null;
}

/** The newest estimate of what a version will turn out to do; made without actuals. */
export async function findNewestEstimate(
  connection: Queryable,
  { model, version, metric, over }: Measure,
): Promise<StoredEstimate | null> {
  const [row] = await connection.query<{
    start: number;
    end: number;
    value: number | null;
    interval: Interval | null;
    rows: number;
    gap: number | null;
  }>(
    `select window_start as start, window_end as "end", (metrics ->> $4)::float8 as value, intervals -> $4 as interval,
       row_count as rows, (gaps ->> $4)::float8 as gap
     from performance_estimates
     where model = $1 and version = $2 and window_end - window_start = make_interval(secs => $3)
     order by window_end desc
     limit 1`,
    [model, version, durationMs(over) / 1000, metric],
  );
  if (row === undefined) return null;
  const { start, end, interval, ...rest } = row;
  return { window: { start, end }, ...rest, ...(interval !== null && { interval }) };
}

/** The alerts of a model that are not resolved, the oldest first. */
export async function listOpenAlerts(connection: Queryable, model: string): Promise<AlertView[]> {
  const rows = await connection.query<AlertRow>(
    `select ${alertColumns}
     from alerts
     where model = $1 and state <> 'resolved'
     order by opened_as_of, alert_key`,
    [model],
  );
  return rows.map((row) => viewOf(storedAlert(row)));
}

/** When a version became champion, where it was promoted. */
export async function findPromotion(
  connection: Queryable,
  model: string,
  version: string,
): Promise<number | undefined> {
  const [row] = await connection.query<{ promoted_at: number | null }>(
    'select promoted_at from model_versions where model = $1 and version = $2',
    [model, version],
  );
  return row?.promoted_at ?? undefined;
}

/** The first day since which a rule has fired whenever it was judged. */
export async function findRuleFiringSince(
  connection: Queryable,
  model: string,
  rule: DegradationRule,
  day: number,
): Promise<number | undefined> {
  const [row] = await connection.query<{ since: number | null }>(
    `with judged as (
       select window_end, finding ->> 'level' as level
       from degradation_checks, jsonb_array_elements(findings) as finding
       where model = $1 and window_end <= $2 and finding -> 'rule' = $3::jsonb
     )
     select min(window_end) as since
     from judged
     where level in ('warning', 'critical')
       and window_end > coalesce((select max(window_end) from judged where level = 'ok'), '-infinity')`,
    [model, toTimestamp(day), JSON.stringify(rule)],
  );
  return row?.since ?? undefined;
}

/** What the newest comparison says of one column, or one check of its data. */
export interface Finding {
  readonly name: string;
  readonly level: Level;
  readonly reason: string;
}

/** Columns of a window that are not as in the reference, or could not be judged, the worst first. */
export async function readColumnFindings(
  connection: Queryable,
  model: string,
  { start, end }: Window,
): Promise<readonly Finding[]> {
  return connection.query<Finding & Record<string, unknown>>(
    `select column_name as name, drift_results.verdict as level, drift_results.reason
     from drift_runs join drift_results using (model, drift_run_id)
     where model = $1 and segment = '' and window_start = $2 and window_end = $3 and deciding and subject <> 'multivariate'
       and drift_results.verdict <> 'ok'
     order by array_position(array['critical', 'warning', 'insufficient-data'], drift_results.verdict), column_name
     limit 200`,
    [model, toTimestamp(start), toTimestamp(end)],
  );
}

/** Checks of the data of a window that have failed, the worst first. */
export async function readFailedChecks(
  connection: Queryable,
  monitor: Monitor,
  { start, end }: Window,
): Promise<readonly Finding[]> {
  const rows = await connection.query<{
    check: CheckName;
    column: string;
    level: Level;
    reason: string;
  }>(
    `select check_name as "check", column_name as "column", verdict as level, reason
     from quality_results
     where model = $1 and window_start = $2 and window_end = $3 and verdict in ('warning', 'critical')
     order by verdict, column_name, check_name
     limit 200`,
    [monitor.model, toTimestamp(start), toTimestamp(end)],
  );
  return rows
    .filter((row) => isCounted(monitor, row))
    .map(({ check, column, level, reason }) => ({ name: `${column} ${check}`.trim(), level, reason }));
}
