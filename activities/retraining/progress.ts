/** How far a retraining is: its states as they are stored, each reached once, with what has happened. */

import type { RetrainingStateName } from '../../core/retraining/states.ts';
import { dayMs } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { RetrainingRun } from './store.ts';

type Key = Pick<RetrainingRun, 'model' | 'retraining_id'>;

/** What a state sets; what is left out stays. */
export interface Reached {
  readonly state: RetrainingStateName;
  readonly asOf: number;
  /** In words, for the history of the retraining. */
  readonly summary: string;
  /** Null: nothing that it waits for has an end. */
  readonly waitsUntil: number | null;
  readonly trafficShare?: number;
}

/** Lets a retraining reach a state, and notes that it has. */
export async function reach(connection: Queryable, run: Key, reached: Reached): Promise<void> {
  const { state, asOf, summary, waitsUntil, trafficShare = 0 } = reached;
  await connection.execute(
    `update retraining_runs set state = $3, waits_until = $4, traffic_share = $5
     where model = $1 and retraining_id = $2 and finished_at is null`,
    [run.model, run.retraining_id, state, waitsUntil === null ? null : toTimestamp(waitsUntil), trafficShare],
  );
  await recordRetrainingEvent(connection, run, { eventId: state, event: state, asOf, summary });
}

export interface RetrainingEvent {
  /** What makes a repetition the same event. */
  readonly eventId: string;
  readonly event: string;
  readonly asOf: number;
  readonly summary: string;
  readonly actor?: string;
  readonly note?: string | undefined;
}

/** Notes what has happened; false when it was noted before. */
export async function recordRetrainingEvent(
  connection: Queryable,
  { model, retraining_id: retrainingId }: Key,
  { eventId, event, asOf, summary, actor, note }: RetrainingEvent,
): Promise<boolean> {
  const count = await connection.execute(
    `insert into retraining_events (model, retraining_id, event_id, event, as_of, summary, actor, note)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict do nothing`,
    [model, retrainingId, eventId, event, toTimestamp(asOf), summary, actor ?? null, note ?? null],
  );
  return count > 0;
}

/** Has this request of a person been carried out? */
export async function isRequestRecorded(
  connection: Queryable,
  { model, retraining_id: retrainingId }: Key,
  updateId: string,
): Promise<boolean> {
  const rows = await connection.query(
    'select from retraining_events where model = $1 and retraining_id = $2 and event_id = $3',
    [model, retrainingId, updateId],
  );
  return rows.length > 0;
}

/**
 * How far the time has come that the retraining goes by: the newest instant that a degradation check has spoken for, so that
 * history replayed at high speed goes through all of it. One that was started for the present goes on by the wall clock where
 * no check runs.
 */
export async function reachedInstant(
  connection: Queryable,
  run: Pick<RetrainingRun, 'model' | 'as_of' | 'started_at'>,
): Promise<number> {
  const isOfThePresent = run.started_at - run.as_of < dayMs;
  const [row] = await connection.query<{ reached: number }>(
    `select greatest(
       $2::timestamptz,
       (select as_of from process_watermarks where model = $1 and process = 'degradation-check'),
       case when $3 then now() end) as reached`,
    [run.model, toTimestamp(run.as_of), isOfThePresent],
  );
  return row!.reached;
}
