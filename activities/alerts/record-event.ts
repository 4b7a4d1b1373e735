/** What happened to an alert, and whom it is for: events are recorded with their messages, in one transaction. */

import { endsAlert, eventName } from '../../core/alert/alert.ts';
import type { AlertKind, Severity } from '../../core/alert/alert.ts';
import type { Routes } from '../../core/alert/route-settings.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Queryable } from '../../sql/database.ts';
import type { AlertName, LatestTrouble } from '../../core/alert/stored-alert.ts';
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
const forAll: readonly string[] = ['acknowledged', 'failed', 'promoted', 'rolled-back'];
const isForAll = (kind: string): boolean => endsAlert(kind) || forAll.includes(kind);

/** Records an event, and whom it is told to by the routes of the monitor; the caller holds the lock of the alert. */
export async function recordEvent(connection: Queryable, event: NewEvent, routes: Routes): Promise<void> {
  await recordEvents(connection, event.model, [event], routes);
}

/** The same of several events of a model, oldest first, in a few statements. */
export async function recordEvents(
  connection: Queryable,
  model: string,
  events: readonly NewEvent[],
  routes: Routes,
): Promise<void> {
  if (events.length === 0) return;
  const named = await nameEvents(connection, model, events);
  await insertEvents(connection, model, named);
  const toTell = named
    .filter(({ kind }) => !quiet.includes(kind))
    .map(({ kind: happened, alertKind: kind, ...event }): EventToTell => ({
      ...event,
      kind,
      isReminder: happened === 'repeated',
      isForAll: isForAll(happened),
    }));
  await recordDeliveries(connection, model, toTell, routes);
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

type NamedEvent = NewEvent & { readonly event: string };

/** Counts the events of its kind that an episode has had. */
async function nameEvents(
  connection: Queryable,
  model: string,
  events: readonly NewEvent[],
): Promise<NamedEvent[]> {
  const rows = await connection.query<{ alertKey: string; episode: number; kind: string; count: number }>(
    `select alert_key as "alertKey", episode, regexp_replace(event, '\\.\\d+$', '') as kind, count(*) as count
     from alert_events
     where model = $1 and alert_key = any($2)
     group by 1, 2, 3`,
    [model, events.map(({ alertKey }) => alertKey)],
  );
  const keyOf = (event: Pick<NewEvent, 'alertKey' | 'episode' | 'kind'>): string =>
    `${event.alertKey}\n${event.episode}\n${event.kind}`;
  const counts = new Map(rows.map((row) => [keyOf(row), row.count]));
  return events.map((event) => {
    const count = (counts.get(keyOf(event)) ?? 0) + 1;
    counts.set(keyOf(event), count);
    return { ...event, event: eventName(event.kind, count) };
  });
}

async function insertEvents(
  connection: Queryable,
  model: string,
  events: readonly NamedEvent[],
): Promise<void> {
  const rows = events.map((event) => ({
    alert_key: event.alertKey,
    episode: event.episode,
    event: event.event,
    severity: event.severity,
    as_of: toTimestamp(event.asOf),
    summary: event.summary,
    facts: event.facts,
    links: event.links,
    workflow_id: event.workflowId,
    run_id: event.runId,
    actor: event.actor ?? null,
    note: event.note ?? null,
    update_id: event.updateId ?? null,
  }));
  const columns = `alert_key, episode, event, severity, as_of, summary, facts, links, workflow_id, run_id, actor, note,
    update_id`;
  await connection.execute(
    `insert into alert_events (model, ${columns}) select $1, ${columns} from jsonb_populate_recordset(null::alert_events, $2)`,
    [model, JSON.stringify(rows)],
  );
}
