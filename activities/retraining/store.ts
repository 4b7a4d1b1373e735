/** Retraining runs, model versions and the outcomes they are judged by. */

import { isRunningState } from '../../core/retraining/states.ts';
import type { EndState, RetrainingStateName } from '../../core/retraining/states.ts';
import type { Window, WindowText } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { OutcomeRow } from '../performance/outcome-rows.ts';
import { outcomeColumns } from '../performance/outcome-rows.ts';

export async function findRetrainingState(
  connection: Queryable,
  model: string,
): Promise<{ running: boolean; lastStartedAsOf: number | null }> {
  const [row] = await connection.query<{ running: boolean | null; last: number | null }>(
    `select bool_or(finished_at is null) as running, max(as_of) as last
     from retraining_runs where model = $1`,
    [model],
  );
  return { running: row?.running ?? false, lastStartedAsOf: row?.last ?? null };
}

export interface RetrainingRun extends Record<string, unknown> {
  readonly model: string;
  readonly retraining_id: string;
  readonly state: RetrainingStateName;
  readonly reason: string;
  readonly as_of: number;
  readonly training_start: number;
  readonly training_end: number;
  readonly holdout_start: number;
  readonly holdout_end: number;
  readonly champion_version: string | null;
  readonly challenger_version: string | null;
  readonly workflow_id: string;
  readonly run_id: string;
}

/** Is this retraining still under way? */
export function isRunning({ state }: Pick<RetrainingRun, 'state'>): boolean {
  return isRunningState(state);
}

const columns = `model, retraining_id, state, reason, as_of, training_start, training_end, holdout_start, holdout_end,
  champion_version, challenger_version, workflow_id, run_id`;

export async function findRetraining(
  connection: Queryable,
  model: string,
  retrainingId: string,
): Promise<RetrainingRun | undefined> {
  const [run] = await connection.query<RetrainingRun>(
    `select ${columns} from retraining_runs where model = $1 and retraining_id = $2`,
    [model, retrainingId],
  );
  return run;
}

/** Inserts a retraining; undefined when another one of the model is running or this one exists already. */
export async function insertRetraining(
  connection: Queryable,
  run: {
    readonly model: string;
    readonly retrainingId: string;
    readonly reason: string;
    readonly asOf: number;
    readonly training: Window;
    readonly holdout: Window;
    readonly championVersion: string | null;
    readonly workflowId: string;
    readonly runId: string;
  },
): Promise<RetrainingRun | undefined> {
  const [inserted] = await connection.query<RetrainingRun>(
    `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end,
       holdout_start, holdout_end, champion_version, workflow_id, run_id)
     values ($1, $2, 'training', $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict do nothing
     returning ${columns}`,
    [
      run.model,
      run.retrainingId,
      run.reason,
      toTimestamp(run.asOf),
      toTimestamp(run.training.start),
      toTimestamp(run.training.end),
      toTimestamp(run.holdout.start),
      toTimestamp(run.holdout.end),
      run.championVersion,
      run.workflowId,
      run.runId,
    ],
  );
  return inserted;
}

/** Ends running retrainings that were started longer ago than they may take: their workflow was terminated. */
export async function endAbandonedRetrainings(
  connection: Queryable,
  model: string,
  timeoutMs: number,
): Promise<void> {
  await connection.execute(
    `update retraining_runs
     set state = 'failed', finished_at = now(), ended_as_of = as_of, reason = reason || '; its workflow was ended from outside'
     where model = $1 and finished_at is null
       and started_at < now() - make_interval(secs => $2)`,
    [model, timeoutMs / 1000],
  );
}

/** Notes what the trainer delivered: the challenger's version, registered as a shadow. One that was archived may try again. */
export async function recordChallenger(
  connection: Queryable,
  run: RetrainingRun,
  challenger: {
    readonly version: string;
    readonly lineage: Readonly<Record<string, unknown>>;
    readonly cost?: number | undefined;
  },
): Promise<void> {
  const count = await connection.execute(
    `update retraining_runs set state = 'validating', challenger_version = $3, cost = $4
     where model = $1 and retraining_id = $2 and state = 'training'`,
    [run.model, run.retraining_id, challenger.version, challenger.cost],
  );
  if (count === 0) return;
  await connection.execute(
    `insert into model_versions (model, version, stage, lineage, registered_at)
     values ($1, $2, 'shadow', $3, $4)
     on conflict (model, version) do update
     set stage = 'shadow', lineage = excluded.lineage, registered_at = excluded.registered_at, archived_at = null
     where model_versions.stage <> 'champion'`,
    [run.model, challenger.version, JSON.stringify(challenger.lineage), toTimestamp(run.as_of)],
  );
}

export async function findStage(
  connection: Queryable,
  model: string,
  version: string,
): Promise<string | undefined> {
  const [row] = await connection.query<{ stage: string }>(
    'select stage from model_versions where model = $1 and version = $2',
    [model, version],
  );
  return row?.stage;
}

/** Ends a retraining; an ended one stays as it is. Says whether this call ended it. */
export async function endRetraining(
  connection: Queryable,
  run: Pick<RetrainingRun, 'model' | 'retraining_id'>,
  end: { readonly state: EndState; readonly reason: string; readonly comparison: unknown },
): Promise<boolean> {
  const count = await connection.execute(
    `update retraining_runs
     set state = $3, reason = reason || '; ' || $4::text, comparison = $5, finished_at = now(), ended_as_of = as_of,
       promoted_as_of = case when $3 = 'kept' then as_of end
     where model = $1 and retraining_id = $2 and finished_at is null`,
    [run.model, run.retraining_id, end.state, end.reason, JSON.stringify(end.comparison)],
  );
  return count > 0;
}

/** Makes a version the champion and archives the one before it, as of an instant. */
export async function promoteVersion(
  connection: Queryable,
  model: string,
  version: string,
  asOf: number,
): Promise<void> {
  await connection.execute(
    `update model_versions set stage = 'archived', archived_at = $3
     where model = $1 and stage = 'champion' and version <> $2`,
    [model, version, toTimestamp(asOf)],
  );
  await connection.execute(
    `update model_versions set stage = 'champion', promoted_at = $3
     where model = $1 and version = $2 and stage <> 'champion'`,
    [model, version, toTimestamp(asOf)],
  );
}

/** Takes a challenger that lost out of the running. */
export async function archiveVersion(
  connection: Queryable,
  model: string,
  version: string,
  asOf: number,
): Promise<void> {
  await connection.execute(
    `update model_versions set stage = 'archived', archived_at = $3
     where model = $1 and version = $2 and stage in ('candidate', 'shadow')`,
    [model, version, toTimestamp(asOf)],
  );
}

/** The outcomes of both versions on the rows (entity and event time) of a window that both have predicted. */
export async function readPairedOutcomes(
  connection: Queryable,
  model: string,
  window: Window,
  championVersion: string,
  challengerVersion: string,
): Promise<{ champion: OutcomeRow[]; challenger: OutcomeRow[] }> {
  const rows = await connection.query<OutcomeRow & { entity: string }>(
    `select distinct on (version, event_time, entity) entity, ${outcomeColumns}
     from outcomes outcome
     join predictions prediction using (model, event_time, prediction_id, version)
     where model = $1 and event_time >= $2 and event_time < $3 and version in ($4, $5)
     order by version, event_time, entity, issued_at desc`,
    [model, toTimestamp(window.start), toTimestamp(window.end), championVersion, challengerVersion],
  );
  const keyOf = (row: { event_time: number; entity: string }): string => `${row.event_time}/${row.entity}`;
  const keysOf = (version: string): Set<string> =>
    new Set(rows.filter((row) => row.version === version).map(keyOf));
  const championKeys = keysOf(championVersion);
  const challengerKeys = keysOf(challengerVersion);
  const paired = rows.filter((row) => championKeys.has(keyOf(row)) && challengerKeys.has(keyOf(row)));
  return {
    champion: paired.filter((row) => row.version === championVersion),
    challenger: paired.filter((row) => row.version === challengerVersion),
  };
}

/** What a retraining is trained on, as far as its trainer is told; null for one that began before it was frozen. */
export async function findToldSpecification(
  connection: Queryable,
  { model, retraining_id }: Pick<RetrainingRun, 'model' | 'retraining_id'>,
): Promise<{ hash: string; rows: number; exclude: readonly WindowText[] } | null> {
  const [row] = await connection.query<{
    specification: { hash: string; rows: number; exclude: readonly WindowText[] } | null;
  }>(`select specification from retraining_runs where model = $1 and retraining_id = $2`, [
    model,
    retraining_id,
  ]);
  return row?.specification ?? null;
}
