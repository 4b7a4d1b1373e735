/** What happened to an alert, and whom it is for: events are recorded with their messages, in one transaction. */

import { endsAlert, eventName } from '../../core/alert/alert.ts';
import type { AlertKind, Severity } from '../../core/alert/alert.ts';
import type { Routes } from '../../core/alert/route-settings.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Queryable } from '../../sql/database.ts';
import type { AlertName, LatestTrouble } from './alert-rows.ts';
import { recordDeliveries } from './record-deliveries.ts';
import type { EventToTell } from './record-deliveries.ts';

export interface NewEvent extends AlertName, LatestTrouble {
  readonly alertKind: AlertKind;
  readonly subject: string;
  readonly episode: number;
  /** `opened`, `repeated` ...; a process may have words of its own, such as `started`. */
  readonly kind: string;
  readonly severity: Severity;
  readonly asOf: number;
  /** How long nobody has acknowledged it: told to the routes that wait for that. */
  readonly unacknowledgedMs?: number;
  /** The person who did it. */
  readonly actor?: string;
  readonly note?: string;
  readonly updateId?: string;
}

/** Who wants to know looks at the alert. */
const quiet: readonly string[] = ['snoozed', 'commented'];
/** How the trouble is taken and how it ends is for all who have heard of it. */
const forAll: readonly string[] = ['acknowledged', 'failed', 'rolled-back'];
const isForAll = (kind: string): boolean => endsAlert(kind) || forAll.includes(kind);

/** Records an event, and whom it is told to by the routes of the monitor; the caller holds the lock of the alert. */
export async function recordEvent(connection: Queryable, event: NewEvent, routes: Routes): Promise<void> {
  const name = await insertEvent(connection, event);
  const { kind: happened, unacknowledgedMs, alertKind: kind } = event;
  if (quiet.includes(happened)) return;
  const toTell: EventToTell = {
    ...event,
    kind,
    event: name,
    isReminder: happened === 'repeated',
    ...(unacknowledgedMs !== undefined && { unacknowledgedMs }),
  };
  await recordDeliveries(connection, toTell, routes, isForAll(happened) ? 'routed and told' : 'routed');
}

/** Has an update been carried out? */
export async function isRecorded(
  connection: Queryable,
  { model, alertKey }: AlertName,
  updateId: string,
): Promise<boolean> {
  const rows = await connection.query(
    'select from alert_events where model = $1 and alert_key = $2 and update_id = $3',
    [model, alertKey, updateId],
  );
  return rows.length > 0;
}

async function insertEvent(connection: Queryable, event: NewEvent): Promise<string> {
  const { model, alertKey, episode, kind, severity, asOf, summary, facts, links, workflowId, runId } = event;
  const [row] = await connection.query<{ count: number }>(
    `select count(*) as count from alert_events
     where model = $1 and alert_key = $2 and episode = $3 and regexp_replace(event, '\\.\\d+$', '') = $4`,
    [model, alertKey, episode, kind],
  );
  const name = eventName(kind, row!.count + 1);
  await connection.execute(
    `insert into alert_events
       (model, alert_key, episode, event, severity, as_of, summary, facts, links, workflow_id, run_id, actor, note, update_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      model,
      alertKey,
      episode,
      name,
      severity,
      toTimestamp(asOf),
      summary,
      JSON.stringify(facts),
      JSON.stringify(links),
      workflowId,
      runId,
      event.actor ?? null,
      event.note ?? null,
      event.updateId ?? null,
    ],
  );
  return name;
}
