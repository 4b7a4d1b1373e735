/** Whom an event of an alert is told to: one delivery a mailbox. */

import type { AlertKind, Severity } from '../../core/alert/alert.ts';
import type { Labels, Routes } from '../../core/alert/route-settings.ts';
import { recipientsOf, routesInOrder } from '../../core/alert/routes.ts';
import type { Recipient } from '../../core/alert/routes.ts';
import type { Queryable } from '../../sql/database.ts';

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
  /** How long the alert has been critical without anybody acknowledging it: asks the routes that wait for that. */
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
  const [{ labels, at } = { labels: {}, at: 0 }] = await connection.query<{ labels: Labels; at: number }>(
    `select coalesce((select configuration -> 'labels' from monitors where model = $1), '{}') as labels, now() as at`,
    [model],
  );
  const routed =
    audience === 'told' ? [] : recipientsOf(routesInOrder(model, routes, []), { ...event, labels, at });
  const told =
    audience === 'routed'
      ? []
      : await connection.query<Record<string, unknown> & Pick<Recipient, 'channel' | 'recipient'>>(
          `select distinct channel, recipient
           from alert_deliveries
           where model = $1 and alert_key = $2 and episode = $3`,
          [model, alertKey, episode],
        );
  const recipients = [...routed, ...told];
  await connection.execute(
    `insert into alert_deliveries (model, alert_key, episode, event, channel, recipient)
     select $1, $2, $3, $4, channel, recipient
     from unnest($5::text[], $6::text[]) as told (channel, recipient)
     where not $7 or not exists (
       select from alert_deliveries waiting
       where waiting.model = $1 and waiting.alert_key = $2 and waiting.episode = $3
         and waiting.channel = told.channel and waiting.recipient = told.recipient and waiting.state <> 'delivered')
     on conflict do nothing`,
    [
      model,
      alertKey,
      episode,
      event.event,
      recipients.map(({ channel }) => channel),
      recipients.map(({ recipient }) => recipient),
      isReminder,
    ],
  );
}
