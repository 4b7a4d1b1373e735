/** Retraining runs, model versions and the outcomes they are judged by. */

import type { JudgedRows } from '../../core/retraining/approval.ts';
import type { Helped, RetrainingStateName } from '../../core/retraining/states.ts';
import type { TrainingSpecification } from '../../core/retraining/specification.ts';
import type { Approval, Rollout, StoredLook } from '../../core/retraining/stored-run.ts';
import type { Window, WindowText } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

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
  /** Null: it began before there were any. */
  readonly specification: TrainingSpecification | null;
  /** What the validation has found. */
  readonly comparison: { readonly reason: string; readonly gates: readonly JudgedRows[] } | null;
  readonly approval: Approval | null;
  readonly rollout: Rollout | null;
  readonly traffic_share: number;
  readonly waits_until: number | null;
  readonly hook: 'promoting' | 'promoted' | 'reverting' | 'reverted' | null;
  readonly promoted_as_of: number | null;
  readonly verification: StoredLook | null;
  readonly helped: Helped | null;
  readonly cost: number | null;
  readonly workflow_id: string;
  readonly run_id: string;
  readonly started_at: number;
}

const columns = `model, retraining_id, state, reason, as_of, training_start, training_end, holdout_start, holdout_end,
  champion_version, challenger_version, specification, comparison, approval, rollout, traffic_share, waits_until, hook, promoted_as_of,
  verification, helped, cost, workflow_id, run_id, started_at`;

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

/** The one that holds the model's place for a retraining. */
export async function findRunningRetraining(
  connection: Queryable,
  model: string,
): Promise<RetrainingRun | undefined> {
  const [run] = await connection.query<RetrainingRun>(
    `select ${columns} from retraining_runs where model = $1 and finished_at is null`,
    [model],
  );
  return run;
}

/** Inserts a retraining; the caller holds the lock of the model, and has seen that none is running. */
export async function insertRetraining(
  connection: Queryable,
  run: {
    readonly model: string;
    readonly retrainingId: string;
    readonly reason: string;
    readonly asOf: number;
    readonly specification: TrainingSpecification | null;
    readonly training: Window;
    readonly holdout: Window;
    readonly championVersion: string | null;
    readonly workflowId: string;
    readonly runId: string;
  },
): Promise<RetrainingRun> {
  const [inserted] = await connection.query<RetrainingRun>(
    `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end,
       holdout_start, holdout_end, champion_version, workflow_id, run_id, specification)
     values ($1, $2, 'training', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
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
      run.specification === null ? null : JSON.stringify(run.specification),
    ],
  );
  return inserted!;
}

/** Notes what the trainer delivered: the challenger's version, registered as a candidate. */
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
     values ($1, $2, 'candidate', $3, $4)`,
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
