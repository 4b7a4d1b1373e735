/** What has become of a claimed message, recorded: it was taken, goes again, or was refused for good. */

import type { DeliveryTerms } from '../../core/alert/grouping.ts';
import type { Mailbox } from '../../core/alert/routes.ts';
import { minuteMs, secondMs } from '../../core/window.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Queryable } from '../../sql/database.ts';
import { wallClock } from './alert-rows.ts';
import type { Claim, Waiting } from './deliveries.ts';

/** A message that was not taken goes again after 1 s, 2 s, 4 s ... */
const longestRetryMs = 15 * minuteMs;

/**
 * Notes that a message was sent. It counts even when the claim has run out meanwhile: people have it. Gives how many
 * deliveries it was.
 */
export async function recordDelivered(
  connection: Queryable,
  { messageId }: Claim,
  notice: string | null,
): Promise<number> {
  await connection.execute(
    `update alert_messages
     set state = 'delivered', sent_at = least(sent_at, statement_timestamp()), retry_at = null, last_error = $2
     where message_id = $1`,
    [messageId, notice],
  );
  return connection.execute(
    `update alert_deliveries set state = 'delivered', delivered_at = statement_timestamp(), last_error = $2
     where message_id = $1 and state = 'pending'`,
    [messageId, notice],
  );
}

/** Gives a claim back with the reason why nothing was sent, and says when it goes again. One that has passed to another changes nothing. */
export async function recordFailed(
  connection: Queryable,
  { messageId, attempt }: Claim,
  error: string,
  retryAfterMs: number,
): Promise<Waiting> {
  const waitMs = Math.max(retryAfterMs, Math.min(2 ** (attempt - 1) * secondMs, longestRetryMs));
  const retryAt = (await wallClock(connection)) + waitMs;
  const changed = await connection.execute(
    `update alert_messages set state = 'waiting', retry_at = $3, last_error = $4
     where message_id = $1 and attempts = $2 and state = 'sending'`,
    [messageId, attempt, toTimestamp(retryAt), error],
  );
  if (changed > 0) {
    await connection.execute(`update alert_deliveries set last_error = $2 where message_id = $1`, [
      messageId,
      error,
    ]);
  }
  return { waitMs };
}

/** Passes a message that a channel refuses for good, or is not configured for, to the mailbox that takes over. */
export async function recordRefused(
  connection: Queryable,
  { messageId, terms }: Claim,
  error: string,
  to: Mailbox,
): Promise<void> {
  const fallback = terms.fallback.filter((mailbox) => mailbox !== to);
  await connection.execute(
    `update alert_messages set state = 'refused', retry_at = null, last_error = $2 where message_id = $1`,
    [messageId, error],
  );
  await connection.execute(
    `insert into alert_deliveries (model, alert_key, episode, event, channel, recipient, route, group_key, terms)
     select model, alert_key, episode, event, $2, $3, route, group_key, $4
     from alert_deliveries
     where message_id = $1 and state = 'pending'
     on conflict do nothing`,
    [
      messageId,
      to.channel,
      to.recipient,
      JSON.stringify({ waitMs: 0, intervalMs: 0, fallback } satisfies DeliveryTerms),
    ],
  );
  await connection.execute(
    `update alert_deliveries set state = 'refused', last_error = $2 where message_id = $1 and state = 'pending'`,
    [messageId, error],
  );
}
