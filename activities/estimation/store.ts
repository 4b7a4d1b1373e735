/** Stored estimators and estimates. */

import type { Estimate, Estimator } from '../../core/estimation/estimator.ts';
import type { ReconciledEstimate } from '../../core/estimation/concept-drift.ts';
import { splitComputed } from '../../core/verdict.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';

export interface StoredEstimator {
  /** Of the outcomes that it was learned from. */
  readonly window: Window;
  readonly content: Estimator;
}

interface OfVersion {
  readonly model: string;
  readonly version: string;
  readonly window: Window;
  readonly asOf: number;
  readonly provenance: Provenance;
}

export async function findEstimator(
  connection: Queryable,
  model: string,
  version: string,
): Promise<StoredEstimator | undefined> {
  const [row] = await connection.query<Window & { content: Estimator } & Record<string, unknown>>(
    `select window_start as start, window_end as "end", content
     from performance_estimators
     where model = $1 and version = $2`,
    [model, version],
  );
  return row && { window: { start: row.start, end: row.end }, content: row.content };
}

/** Stores it in the place of one that this version of Tidewatch cannot read. */
export async function storeEstimator(
  connection: Queryable,
  { content, ...of }: OfVersion & { readonly content: Estimator },
): Promise<void> {
  await connection.execute(
    `insert into performance_estimators (
       model, version, window_start, window_end, as_of, configuration_hash, code_version, workflow_id, run_id,
       outcome_count, content)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (model, version) do update set
       window_start = excluded.window_start, window_end = excluded.window_end, as_of = excluded.as_of,
       configuration_hash = excluded.configuration_hash, code_version = excluded.code_version,
       workflow_id = excluded.workflow_id, run_id = excluded.run_id, outcome_count = excluded.outcome_count,
       content = excluded.content, stored_at = excluded.stored_at`,
    [...valuesOf(of), content.rows, JSON.stringify(content)],
  );
}

function valuesOf({ model, version, window, asOf, provenance }: OfVersion): unknown[] {
  const { configurationHash, codeVersion, workflowId, runId } = provenance;
  const times = [window.start, window.end, asOf].map(toTimestamp);
  return [model, version, ...times, configurationHash, codeVersion, workflowId, runId];
}

/** When the rows end that a version was trained on, where its lineage says so. */
export async function findTrainingEnd(
  connection: Queryable,
  model: string,
  version: string,
): Promise<number | undefined> {
  const [row] = await connection.query<{ trained: number | null }>(
    `select (lineage #>> '{training,end}')::timestamptz as trained
     from model_versions
     where model = $1 and version = $2`,
    [model, version],
  );
  return row?.trained ?? undefined;
}

export async function countOutcomes(
  connection: Queryable,
  model: string,
  version: string,
  { start, end }: Window,
): Promise<number> {
  const [row] = await connection.query<{ outcomes: number }>(
    `select count(*)::integer as outcomes
     from outcomes
     where model = $1 and version = $2 and event_time >= $3 and event_time < $4`,
    [model, version, toTimestamp(start), toTimestamp(end)],
  );
  return row!.outcomes;
}

/** When the n-th outcome of a version is about, counted from an instant on; undefined where there are fewer. */
export async function findNthOutcome(
  connection: Queryable,
  { model, version, from, n }: { model: string; version: string; from: number; n: number },
): Promise<number | undefined> {
  const [row] = await connection.query<{ event_time: number }>(
    `select event_time
     from outcomes
     where model = $1 and version = $2 and ($3::timestamptz is null or event_time >= $3)
     order by event_time, prediction_id
     offset $4 limit 1`,
    [model, version, Number.isFinite(from) ? toTimestamp(from) : null, n - 1],
  );
  return row?.event_time;
}

/** The versions that served in a window, by its hourly summaries. */
export async function listServedVersions(
  connection: Queryable,
  model: string,
  { start, end }: Window,
): Promise<string[]> {
  const rows = await connection.query<{ version: string }>(
    `select distinct version
     from outcome_summaries
     where model = $1 and segment = '' and hour >= $2 and hour < $3
     order by version`,
    [model, toTimestamp(start), toTimestamp(end)],
  );
  return rows.map(({ version }) => version);
}

/** The estimated windows that end within a range, its end included. */
export function listEstimatedWindows(
  connection: Queryable,
  model: string,
  { start, end }: Window,
): Promise<Window[]> {
  return connection.query<Window & Record<string, unknown>>(
    `select distinct window_start as start, window_end as "end"
     from performance_estimates
     where model = $1 and window_end > $2 and window_end <= $3
     order by 2, 1`,
    [model, toTimestamp(start), toTimestamp(end)],
  );
}

/** What a window was estimated from, by what is learned of the version now; undefined where it was not. */
export async function findEstimatedFrom(
  connection: Queryable,
  model: string,
  version: string,
  { start, end }: Window,
): Promise<string | undefined> {
  const [row] = await connection.query<{ from: string | null }>(
    `select estimate.details ->> 'estimatedFrom' as "from"
     from performance_estimates estimate
     join performance_estimators estimator using (model, version)
     where model = $1 and version = $2 and estimate.window_start = $3 and estimate.window_end = $4
       and estimate.stored_at >= estimator.stored_at`,
    [model, version, toTimestamp(start), toTimestamp(end)],
  );
  return row?.from ?? undefined;
}

/** Stores an estimate in the place of an earlier one; it is to be held against what was realized again. */
export async function storeEstimate(
  connection: Queryable,
  {
    estimate,
    estimatedFrom,
    ...of
  }: OfVersion & { readonly estimate: Estimate; readonly estimatedFrom: string },
): Promise<void> {
  const { rows, metrics, intervals, ...details } = estimate;
  const { values, notComputable } = splitComputed(metrics);
  await connection.execute(
    `insert into performance_estimates (
       model, version, window_start, window_end, as_of, configuration_hash, code_version, workflow_id, run_id,
       row_count, metrics, intervals, details)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (model, version, window_start, window_end) do update set
       as_of = excluded.as_of, configuration_hash = excluded.configuration_hash, code_version = excluded.code_version,
       workflow_id = excluded.workflow_id, run_id = excluded.run_id, row_count = excluded.row_count,
       metrics = excluded.metrics, intervals = excluded.intervals, details = excluded.details,
       realized = null, gaps = null, realized_revision = null, stored_at = excluded.stored_at`,
    [
      ...valuesOf(of),
      rows,
      JSON.stringify(values),
      JSON.stringify(
        Object.fromEntries(Object.entries(intervals).map(([name, { low, high }]) => [name, [low, high]])),
      ),
      JSON.stringify({ ...details, notComputable, estimatedFrom }),
    ],
  );
}

/** Holds estimates against the newest evaluations of their windows; says how many had not been, or not against these. */
export async function reconcileEstimates(connection: Queryable, model: string): Promise<number> {
  const rows = await connection.query(
    `update performance_estimates estimate
     set realized = found.realized, gaps = found.gaps, realized_revision = found.revision
     from (
       select version, window_start, window_end, evaluation.revision,
         coalesce(jsonb_object_agg(name, evaluation.metrics -> name) filter (where name is not null), '{}') as realized,
         coalesce(jsonb_object_agg(name, (evaluation.metrics ->> name)::float8 - (estimated.metrics ->> name)::float8)
           filter (where name is not null), '{}') as gaps
       from performance_estimates estimated
       join latest_performance_evaluations evaluation using (model, version, window_start, window_end)
       left join lateral (
         select name from jsonb_object_keys(estimated.metrics) name where evaluation.metrics ? name
       ) shared on true
       where estimated.model = $1 and evaluation.segment = '' and evaluation.gate = 'passed'
         and estimated.realized_revision is distinct from evaluation.revision
       group by version, window_start, window_end, evaluation.revision
     ) found
     where estimate.model = $1 and (estimate.version, estimate.window_start, estimate.window_end)
       = (found.version, found.window_start, found.window_end)
     returning estimate.version`,
    [model],
  );
  return rows.length;
}

/** An estimate that is known to be right or wrong, and whether the inputs of its window drifted. */
export interface StoredGap extends Omit<ReconciledEstimate, 'task'> {
  /** 0 is the newest. */
  readonly windowsBefore: number;
}

/** The newest such estimate of a version over windows of a length, and those of the windows that lie end to end before it. */
export async function listGaps(
  connection: Queryable,
  model: string,
  version: string,
  { by, lengthMs, atMost }: { readonly by: number; readonly lengthMs: number; readonly atMost: number },
): Promise<StoredGap[]> {
  return connection.query<StoredGap & Record<string, unknown>>(
    `with known as (
       select window_end, metrics, intervals, realized,
         extract(epoch from max(window_end) over () - window_end) * 1000 / $4 as windows_before
       from performance_estimates
       where model = $1 and version = $2 and window_end <= $3
         and window_end - window_start = $4 * interval '1 millisecond' and realized is not null
     )
     select windows_before::integer as "windowsBefore", metrics as estimated, intervals, realized,
       case drift.verdict when 'ok' then 'stable' when 'warning' then 'drifted' when 'critical' then 'drifted'
         else 'unknown' end as inputs
     from known
     left join lateral (
       select verdict
       from drift_runs
       where model = $1 and segment = '' and drift_runs.window_end = known.window_end
       order by window_start
       limit 1
     ) drift on true
     where windows_before < $5 and windows_before = trunc(windows_before)
     order by windows_before`,
    [model, version, toTimestamp(by), lengthMs, atMost],
  );
}
