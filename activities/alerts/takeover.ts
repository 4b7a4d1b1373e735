/** Who takes over where a channel refuses messages, or is not configured. */

import { mailboxesOf, mismatchOf, routesInOrder } from '../../core/alert/routes.ts';
import type { Mailbox } from '../../core/alert/routes.ts';
import type { Labels, Routes } from '../../core/alert/route-settings.ts';
import type { Queryable } from '../../sql/database.ts';
import { isConfigured } from './channels.ts';
import type { Channels } from './channels.ts';
import type { Claim } from './deliveries.ts';
import { readInstallationSettings } from './installation-settings.ts';

/**
 * Who takes over a message? The first of its fallbacks that is configured and has not refused it itself: two channels that are both
 * down must not pass a message to each other until neither has it.
 */
export async function takerOf(
  connection: Queryable,
  { messageId, terms }: Claim,
  channels: Channels,
): Promise<Mailbox | undefined> {
  const refusing = await connection.query<Record<string, unknown> & Mailbox>(
    `select distinct other.channel, other.recipient
     from alert_deliveries delivery
     join alert_deliveries other using (model, alert_key, episode, event)
     where delivery.message_id = $1 and other.state = 'refused'`,
    [messageId],
  );
  return terms.fallback.find(
    (mailbox) => isConfigured(channels, mailbox) && !refusing.some((other) => isSame(other, mailbox)),
  );
}

/** Who can be told that a message waits because nobody takes it over? The first that any fitting route leads to. */
export async function otherMailbox(
  connection: Queryable,
  claim: Claim,
  {
    model,
    labels,
    routes,
    at,
  }: { readonly model: string; readonly labels: Labels; readonly routes: Routes; readonly at: number },
  channels: Channels,
): Promise<Mailbox | undefined> {
  const installed = await readInstallationSettings(connection);
  const alert = { model, kind: 'delivery-failing', subject: '', severity: 'critical', labels, at } as const;
  return routesInOrder(model, routes, installed.routes)
    .filter(({ route }) => mismatchOf(route, alert) === null)
    .flatMap(({ route }) => [route, ...route.fallback].flatMap(mailboxesOf))
    .find((mailbox) => isConfigured(channels, mailbox) && !isSame(claim, mailbox));
}

function isSame(one: Mailbox, other: Mailbox): boolean {
  return one.channel === other.channel && one.recipient === other.recipient;
}
