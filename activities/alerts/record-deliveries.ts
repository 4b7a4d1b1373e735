/** Whom an event of an alert is told to: one delivery a mailbox. */

import type { AlertKind, Severity } from '../../core/alert/alert.ts';
import type { Labels, Routes } from '../../core/alert/route-settings.ts';
import { recipientsOf, routesInOrder } from '../../core/alert/routes.ts';
import type { Recipient } from '../../core/alert/routes.ts';
import type { Queryable } from '../../sql/database.ts';
import { readInstallationSettings } from './installation-settings.ts';

/** Those whom the routes name now, those who have heard of the episode before, or both. */
export type Audience = 'routed' | 'told' | 'routed and told';

export interface EventToTell {
  readonly model: string;
  readonly kind: AlertKind;
  readonly subject: string;
  readonly alertKey: string;
  readonly episode: number;
  readonly event: string;
  readonly severity: Severity;
  /** How long nobody has acknowledged the alert: asks the routes that wait for that. */
  readonly unacknowledgedMs?: number;
  /** Who has not got yet what came before needs no reminder of it. */
  readonly isReminder?: boolean;
}

/** Records whom a stored event is told to, in the transaction of the caller. `routes` are those of the monitor. */
export async function recordDeliveries(
  connection: Queryable,
  event: EventToTell,
  routes: Routes,
  audience: Audience,
): Promise<void> {
  const { model, alertKey, episode, isReminder = false } = event;
  const recipients = [
    ...(audience === 'told' ? [] : await routedTo(connection, event, routes)),
    ...(audience === 'routed' ? [] : await readTold(connection, event)),
  ];
  await connection.execute(
    `insert into alert_deliveries (model, alert_key, episode, event, channel, recipient, route, group_key, terms)
     select $1, $2, $3, $4, told.channel, told.recipient, told.route, told."group", told.terms
     from jsonb_to_recordset($5) as told (channel text, recipient text, route text, "group" text, terms jsonb)
     where not $6 or not exists (
       select from alert_deliveries waiting
       where waiting.model = $1 and waiting.alert_key = $2 and waiting.episode = $3
         and waiting.channel = told.channel and waiting.recipient = told.recipient
         and waiting.state in ('pending', 'held'))
     on conflict do nothing`,
    [model, alertKey, episode, event.event, JSON.stringify(recipients), isReminder],
  );
}

async function routedTo(
  connection: Queryable,
  event: EventToTell,
  routes: Routes,
): Promise<readonly Recipient[]> {
  const [row] = await connection.query<{ labels: Labels | null; at: number }>(
    `select clock_timestamp() as at, (select configuration -> 'labels' from monitors where model = $1) as labels`,
    [event.model],
  );
  const installed = await readInstallationSettings(connection);
  return recipientsOf(routesInOrder(event.model, routes, installed.routes), {
    ...event,
    labels: row?.labels ?? {},
    at: row?.at ?? 0,
  });
}

/** Of a mailbox that got a summary, the next message is none. */
async function readTold(
  connection: Queryable,
  { model, alertKey, episode }: EventToTell,
): Promise<readonly Recipient[]> {
  return connection.query<Record<string, unknown> & Recipient>(
    `select distinct on (channel, recipient) channel, recipient, route, group_key as "group", terms - 'summaryAt' as terms
     from alert_deliveries
     where model = $1 and alert_key = $2 and episode = $3
     order by channel, recipient, recorded_at`,
    [model, alertKey, episode],
  );
}
