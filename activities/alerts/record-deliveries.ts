/** Whom an event of an alert is told to: one delivery a mailbox. */

import type { AlertKind, Severity } from '../../core/alert/alert.ts';
import type { Labels, Routes } from '../../core/alert/route-settings.ts';
import { recipientsOf, routesInOrder } from '../../core/alert/routes.ts';
import type { Recipient } from '../../core/alert/routes.ts';
import type { Queryable } from '../../sql/database.ts';
import { readInstallationSettings } from './installation-settings.ts';

export interface EventToTell {
  readonly kind: AlertKind;
  readonly subject: string;
  readonly alertKey: string;
  readonly episode: number;
  readonly event: string;
  readonly severity: Severity;
  /** How long nobody has acknowledged the alert: asks the routes that wait for that. */
  readonly unacknowledgedMs?: number;
  /** Who has not got yet what came before needs no reminder of it. */
  readonly isReminder: boolean;
  /** Is it also for those who have heard of the episode before? */
  readonly isForAll: boolean;
}

/** Records whom stored events of a model are told to, in the transaction of the caller. `routes` are those of the monitor. */
export async function recordDeliveries(
  connection: Queryable,
  model: string,
  events: readonly EventToTell[],
  routes: Routes,
): Promise<void> {
  if (events.length === 0) return;
  const routed = await routedBy(connection, model, routes);
  const told = await readTold(connection, model, events);
  const rows = events.flatMap((event) => {
    const { alertKey, episode, event: name, isReminder } = event;
    const before = event.isForAll ? (told.get(`${alertKey}\n${episode}`) ?? []) : [];
    return [...routed(event), ...before].map(({ group: group_key, ...recipient }) => {
      return { alert_key: alertKey, episode, event: name, is_reminder: isReminder, group_key, ...recipient };
    });
  });
  await connection.execute(
    `insert into alert_deliveries (model, alert_key, episode, event, channel, recipient, route, group_key, terms)
     select $1, told.alert_key, told.episode, told.event, told.channel, told.recipient, told.route, told.group_key, told.terms
     from jsonb_to_recordset($2) as told (alert_key text, episode integer, event text, channel text, recipient text,
       route text, group_key text, terms jsonb, is_reminder boolean)
     where not told.is_reminder or not exists (
       select from alert_deliveries waiting
       where waiting.model = $1 and waiting.alert_key = told.alert_key and waiting.episode = told.episode
         and waiting.channel = told.channel and waiting.recipient = told.recipient
         and waiting.state in ('pending', 'held'))
     on conflict do nothing`,
    [model, JSON.stringify(rows)],
  );
}

/** Whom the routes name now. */
async function routedBy(
  connection: Queryable,
  model: string,
  routes: Routes,
): Promise<(event: EventToTell) => readonly Recipient[]> {
  const [row] = await connection.query<{ labels: Labels | null; at: number }>(
    `select clock_timestamp() as at, (select configuration -> 'labels' from monitors where model = $1) as labels`,
    [model],
  );
  const installed = await readInstallationSettings(connection);
  const inOrder = routesInOrder(model, routes, installed.routes);
  return (event) => recipientsOf(inOrder, { ...event, model, labels: row?.labels ?? {}, at: row?.at ?? 0 });
}

/** Who has heard of an episode before. Of a mailbox that got a summary, the next message is none. */
async function readTold(
  connection: Queryable,
  model: string,
  events: readonly EventToTell[],
): Promise<ReadonlyMap<string, readonly Recipient[]>> {
  const alertKeys = events.filter(({ isForAll }) => isForAll).map(({ alertKey }) => alertKey);
  const rows =
    alertKeys.length === 0
      ? []
      : await connection.query<Record<string, unknown> & { alertKey: string; episode: number } & Recipient>(
          `select distinct on (alert_key, episode, channel, recipient) alert_key as "alertKey", episode, channel, recipient, route,
             group_key as "group", terms - 'summaryAt' as terms
           from alert_deliveries
           where model = $1 and alert_key = any($2)
           order by alert_key, episode, channel, recipient, recorded_at`,
          [model, alertKeys],
        );
  const told = new Map<string, Recipient[]>();
  for (const { alertKey, episode, ...recipient } of rows) {
    const key = `${alertKey}\n${episode}`;
    told.set(key, [...(told.get(key) ?? []), recipient]);
  }
  return told;
}
