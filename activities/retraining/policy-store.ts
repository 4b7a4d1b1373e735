/** What the decision to retrain rests on, one query a function. Everything as of an instant. */

import type { DegradationFinding } from '../../core/degradation/judgement.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import type { RetrainingStart, RunningRetraining } from '../../core/retraining/policy.ts';
import type { DailyError, DriftDay } from '../../core/retraining/regime-change.ts';
import type { TrainingDay } from '../../core/retraining/specification.ts';
import type { RunningState } from '../../core/retraining/states.ts';
import type { Level, Verdict } from '../../core/verdict.ts';
import type { Window } from '../../core/window.ts';
import { dayMs, durationMs } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/** The retraining that holds the model's one place, whatever it speaks for. */
export async function findUnfinishedRetraining(
  connection: Queryable,
  model: string,
): Promise<RunningRetraining | null> {
  const [run] = await connection.query<{ as_of: number; state: RunningState; waits_until: number | null }>(
    'select as_of, state, waits_until from retraining_runs where model = $1 and finished_at is null',
    [model],
  );
  return run === undefined ? null : { asOf: run.as_of, state: run.state, waitsUntil: run.waits_until };
}

/**
 * The starts within a window, the newest of all and the newest with a known cost; the newest first. One that had no outcomes to train on
 * and delivered nothing is none: it says nothing of the model, most often it was started as of a wrong time.
 */
export async function listRetrainingStarts(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<RetrainingStart[]> {
  return connection.query<{ asOf: number; cost: number | null }>(
    `with starts as (
       select as_of, cost from retraining_runs
       where model = $1 and not (
         state in ('failed', 'cancelled') and challenger_version is null
         and coalesce((specification ->> 'rows')::float8 = 0, false))
     )
     select as_of as "asOf", cost from starts
     where as_of >= $2 and as_of < $3
       or as_of = (select max(as_of) from starts)
       or as_of = (select max(as_of) from starts where cost is not null)
     order by as_of desc`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
}

/** The end of the holdout of the newest retraining that delivered a version. */
export async function findLastTrained(connection: Queryable, model: string): Promise<number | null> {
  const [row] = await connection.query<{ end: number | null }>(
    `select max(holdout_end) as "end" from retraining_runs where model = $1 and challenger_version is not null`,
    [model],
  );
  return row?.end ?? null;
}

/** The newest checks of a version, up to a day, the newest first. */
export async function listNewestChecks(
  connection: Queryable,
  {
    model,
    version,
    until,
    limit,
  }: {
    readonly model: string;
    readonly version: string | null;
    readonly until: number;
    readonly limit: number;
  },
): Promise<
  { readonly level: Level; readonly findings: readonly Pick<DegradationFinding, 'rule' | 'level'>[] }[]
> {
  return connection.query(
    `select verdict as level, findings
     from degradation_checks
     where model = $1 and version is not distinct from $2 and window_end <= $3
     order by window_end desc
     limit $4`,
    [model, version, toTimestamp(until), limit],
  );
}

/** The end of the first day that was ever checked. */
export async function findFirstCheck(connection: Queryable, model: string): Promise<number | null> {
  const [row] = await connection.query<{ first: number | null }>(
    'select min(window_end) as first from degradation_checks where model = $1',
    [model],
  );
  return row?.first ?? null;
}

/** What the newest drift run says of the dataset and of the data quality. */
export async function findNewestDriftVerdicts(
  connection: Queryable,
  model: string,
  current: string,
  until: number,
): Promise<{ readonly drift: Verdict | null; readonly quality: Verdict | null }> {
  const [run] = await connection.query<{
    verdict: Level;
    reason: string;
    quality_verdict: Level | null;
    quality_reason: string | null;
  }>(
    `select verdict, reason, quality_verdict, quality_reason
     from drift_runs
     where model = $1 and segment = '' and window_end <= $2
       and window_end - window_start = make_interval(secs => $3)
     order by window_end desc
     limit 1`,
    [model, toTimestamp(until), durationMs(current) / 1000],
  );
  if (run === undefined) return { drift: null, quality: null };
  const { verdict, reason, quality_verdict: level, quality_reason } = run;
  return {
    drift: { level: verdict, reason },
    quality: level === null ? null : { level, reason: quality_reason ?? '' },
  };
}

/** How many serving outcomes some windows have that do not overlap. */
export async function countServingOutcomes(
  connection: Queryable,
  model: string,
  windows: readonly Window[],
): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    `select count(*) as count
     from unnest($2::timestamptz[], $3::timestamptz[]) as part (start, "end")
     join outcomes on event_time >= part.start and event_time < part."end"
     where model = $1 and role = 'serving'`,
    [model, ...bounds(windows)],
  );
  return row?.count ?? 0;
}

/** When the first serving outcome is about. */
export async function findFirstOutcome(connection: Queryable, model: string): Promise<number | null> {
  const [row] = await connection.query<{ first: number | null }>(
    `select min(event_time) as first from outcomes where model = $1 and role = 'serving'`,
    [model],
  );
  return row?.first ?? null;
}

/** The outcomes of some windows by day, with a checksum that does not depend on the order of the rows. */
export async function readTrainingDays(
  connection: Queryable,
  model: string,
  windows: readonly Window[],
): Promise<TrainingDay[]> {
  return connection.query<{ day: number; rows: number; checksum: string }>(
    `select date_trunc('day', event_time, 'UTC') as day, count(*) as rows,
       sum(('x' || left(md5(concat_ws('/', prediction_id, actual, actual_class)), 12))::bit(48)::bigint)::text as checksum
     from unnest($2::timestamptz[], $3::timestamptz[]) as part (start, "end")
     join outcomes on event_time >= part.start and event_time < part."end"
     where model = $1 and role = 'serving'
     group by 1
     order by 1`,
    [model, ...bounds(windows)],
  );
}

/** The outcomes of the hours that begin in some windows by segment, as they have been summarized. */
export async function readTrainingSegments(
  connection: Queryable,
  model: string,
  windows: readonly Window[],
): Promise<Record<string, number>> {
  const rows = await connection.query<{ segment: string; rows: number }>(
    `select segment, sum(outcome_count) as rows
     from unnest($2::timestamptz[], $3::timestamptz[]) as part (start, "end")
     join outcome_summaries on hour >= part.start and hour < part."end"
     where model = $1 and segment <> ''
     group by segment
     order by segment`,
    [model, ...bounds(windows)],
  );
  return Object.fromEntries(rows.map(({ segment, rows }) => [segment, rows]));
}

/** The newest revision of a metric of each version on each day of a window, the oldest first. */
export async function readDailyErrors(
  connection: Queryable,
  model: string,
  metric: MetricName,
  window: Window,
): Promise<DailyError[]> {
  return connection.query<{ version: string; day: number; value: number }>(
    `select version, day, value
     from (
       select distinct on (version, window_start) version, window_start as day, (metrics ->> $4)::float8 as value
       from performance_evaluations
       where model = $1 and segment = '' and window_end > $2 and window_end <= $3
         and window_end - window_start = make_interval(secs => $5)
       order by version, window_start, revision desc
     ) newest
     where value is not null
     order by version, day`,
    [model, toTimestamp(window.start), toTimestamp(window.end), metric, dayMs / 1000],
  );
}

/** What the drift runs whose windows end at the midnights of a window said of the dataset, the oldest first. */
export async function readDriftDays(
  connection: Queryable,
  model: string,
  current: string,
  window: Window,
): Promise<DriftDay[]> {
  const rows = await connection.query<{ start: number; end: number; verdict: Level }>(
    `select window_start as start, window_end as "end", verdict
     from drift_runs
     where model = $1 and segment = '' and window_end > $2 and window_end <= $3
       and window_end - window_start = make_interval(secs => $4)
       and window_end = date_trunc('day', window_end, 'UTC')
     order by window_end`,
    [model, toTimestamp(window.start), toTimestamp(window.end), durationMs(current) / 1000],
  );
  return rows
    .filter(({ verdict }) => verdict !== 'insufficient-data')
    .map(({ start, end, verdict }) => ({ window: { start, end }, drifted: verdict !== 'ok' }));
}

function bounds(windows: readonly Window[]): [starts: string[], ends: string[]] {
  return [windows.map(({ start }) => toTimestamp(start)), windows.map(({ end }) => toTimestamp(end))];
}
