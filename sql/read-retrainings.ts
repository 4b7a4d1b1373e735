/** What people are shown of retrainings. */

import type { GateJudgement } from '../core/retraining/gates.ts';
import type { Payback } from '../core/retraining/payback.ts';
import type { SanityCheck } from '../core/retraining/sanity.ts';
import type { Exclusion } from '../core/retraining/specification.ts';
import type { Helped, RetrainingStateName } from '../core/retraining/states.ts';
import type { Approval, StoredLook } from '../core/retraining/stored-run.ts';
import { formatInstant } from '../core/window.ts';
import type { Queryable } from './database.ts';

/** A retraining as it is shown. JSON-safe. */
export interface ShownRetraining {
  readonly model: string;
  /** The instant that it was started for. */
  readonly retrainingId: string;
  readonly state: RetrainingStateName;
  readonly reason: string;
  readonly champion: string | null;
  readonly challenger: string | null;
  readonly waitsUntil: string | null;
  readonly promotedAt: string | null;
  readonly endedAt: string | null;
  readonly approval: Approval | null;
  readonly helped: Helped | null;
  /** The newest comparison of both versions since the promotion, or in the rollout. */
  readonly verification: (StoredLook & { readonly payback?: Payback }) | null;
  readonly cost: number | null;
  readonly workflowId: string;
}

type Instants = 'waitsUntil' | 'promotedAt' | 'endedAt';
type Row = Omit<ShownRetraining, Instants> &
  Readonly<Record<Instants, number | null>> &
  Record<string, unknown>;

const columns = `model, retraining_id as "retrainingId", state, reason, champion_version as champion,
  challenger_version as challenger, waits_until as "waitsUntil", promoted_as_of as "promotedAt", ended_as_of as "endedAt",
  approval, helped, coalesce(verification, rollout -> 'look') as verification, cost, workflow_id as "workflowId"`;

function shown(row: Row): ShownRetraining {
  const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));
  const { waitsUntil, promotedAt, endedAt } = row;
  return {
    ...row,
    waitsUntil: instant(waitsUntil),
    promotedAt: instant(promotedAt),
    endedAt: instant(endedAt),
  };
}

export interface RetrainingPart {
  readonly model?: string | undefined;
  readonly state?: RetrainingStateName | undefined;
  readonly most: number;
  readonly skip?: number;
}

/** The newest first. */
export async function listRetrainings(
  connection: Queryable,
  { model, state, most, skip = 0 }: RetrainingPart,
): Promise<ShownRetraining[]> {
  const rows = await connection.query<Row>(
    `select ${columns} from retraining_runs
     where ($1::text is null or model = $1) and ($2::text is null or state = $2)
     order by as_of desc, model
     limit $3 offset $4`,
    [model ?? null, state ?? null, most, skip],
  );
  return rows.map(shown);
}

export async function countRetrainings(
  connection: Queryable,
  { model, state }: Pick<RetrainingPart, 'model' | 'state'>,
): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    `select count(*) as count from retraining_runs
     where ($1::text is null or model = $1) and ($2::text is null or state = $2)`,
    [model ?? null, state ?? null],
  );
  return row!.count;
}

/** Of each model that is watched, the newest retraining, where that has failed; the newest first. */
export async function listNewestFailed(connection: Queryable, most: number): Promise<ShownRetraining[]> {
  const rows = await connection.query<Row>(
    `select ${columns} from (
       select distinct on (model) * from retraining_runs
       where model in (select model from monitors)
       order by model, started_at desc
     ) newest
     where state = 'failed'
     order by started_at desc
     limit $1`,
    [most],
  );
  return rows.map(shown);
}

/** One retraining of a model, by default the one under way, or else the newest. */
export async function findShownRetraining(
  connection: Queryable,
  model: string,
  retrainingId?: string,
): Promise<ShownRetraining | undefined> {
  const [row] = await connection.query<Row>(
    `select ${columns} from retraining_runs where model = $1 and ($2::text is null or retraining_id = $2)
     order by finished_at is not null, as_of desc
     limit 1`,
    [model, retrainingId ?? null],
  );
  return row && shown(row);
}

/** How a challenger was judged on the held-out rows. */
export interface Validation {
  readonly verdict: 'pass' | 'fail';
  readonly reason: string;
  readonly rows: number;
  readonly sanity?: readonly SanityCheck[];
  readonly gates: readonly GateJudgement[];
}

/** A row of `retraining_runs`: what a retraining was started for, trained on and judged by, for pages and for MLflow. */
export interface StoredRetraining {
  readonly state: RetrainingStateName;
  readonly reason: string;
  readonly runId: string;
  readonly asOf: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly trainingStart: number;
  readonly trainingEnd: number;
  readonly holdoutStart: number;
  readonly holdoutEnd: number;
  readonly champion: string | null;
  readonly challenger: string | null;
  /** Without its days and segments, of which there may be thousands. Null: it began before there were any. */
  readonly specification: {
    readonly hash: string;
    readonly rows: number;
    readonly reason?: string;
    readonly exclude: readonly Exclusion[];
  } | null;
  /** Null before its challenger was judged. */
  readonly validation: Validation | null;
  readonly helped: Helped | null;
  readonly cost: number | null;
}

type RetrainingName = Pick<ShownRetraining, 'model' | 'retrainingId'>;

/** Undefined where there is none. */
export async function readStoredRetraining(
  connection: Queryable,
  { model, retrainingId }: RetrainingName,
): Promise<StoredRetraining | undefined> {
  const [row] = await connection.query<StoredRetraining & Record<string, unknown>>(
    `select state, reason, run_id as "runId", as_of as "asOf", started_at as "startedAt", finished_at as "finishedAt",
       training_start as "trainingStart", training_end as "trainingEnd",
       holdout_start as "holdoutStart", holdout_end as "holdoutEnd",
       champion_version as champion, challenger_version as challenger,
       specification - 'days' - 'segments' as specification, comparison as validation, helped, cost
     from retraining_runs where model = $1 and retraining_id = $2`,
    [model, retrainingId],
  );
  return row;
}

export interface RetrainingEvent {
  readonly at: string;
  readonly asOf: string;
  readonly event: string;
  readonly summary: string;
  readonly by?: string;
}

/** What has happened in it, the oldest first. */
export async function readRetrainingEvents(
  connection: Queryable,
  { model, retrainingId }: RetrainingName,
): Promise<RetrainingEvent[]> {
  const rows = await connection.query<{
    at: number;
    asOf: number;
    event: string;
    summary: string;
    actor: string | null;
  }>(
    `select recorded_at as at, as_of as "asOf", event, summary, actor
     from retraining_events where model = $1 and retraining_id = $2
     order by recorded_at`,
    [model, retrainingId],
  );
  return rows.map(({ at, asOf, actor, ...rest }) => ({
    ...rest,
    at: formatInstant(at),
    asOf: formatInstant(asOf),
    ...(actor !== null && { by: actor }),
  }));
}
