/** The messages of alert events, one a recipient: claimed before they are sent, delivered once. */

import type { AlertKind, Fact, PageLink, Severity } from '../../core/alert/alert.ts';
import type { Mailbox } from '../../core/alert/routes.ts';
import type { Queryable } from '../../sql/database.ts';

/**
 * A claim older than this belongs to a process that died between claiming and recording. Every wait of an SMTP
 * conversation is limited to 10 s and there are fewer than ten, so that a slow but living sender is done before.
 */
const leaseMinutes = 2;

/** A message that has not been delivered, with what it says. */
export interface Delivery extends Mailbox {
  readonly model: string;
  readonly alertKey: string;
  readonly episode: number;
  readonly event: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly summary: string;
  readonly facts: readonly Fact[];
  readonly links: readonly PageLink[];
  readonly asOf: number;
  readonly workflowId: string;
  readonly runId: string;
}

/** What one claim of a message owns: a later claim has a later number. */
export interface Claim {
  readonly delivery: Delivery;
  readonly attempt: number;
}

/** What has not been delivered of an alert key, oldest event first; claimed messages included. */
export async function pendingDeliveries(
  connection: Queryable,
  { model, alertKey }: { readonly model: string; readonly alertKey: string },
): Promise<Delivery[]> {
  return connection.query<Record<string, unknown> & Delivery>(
    `select delivery.model, delivery.alert_key as "alertKey", delivery.episode, delivery.event, delivery.channel,
       delivery.recipient, alert.kind, event.severity, event.summary, event.facts, event.links, event.as_of as "asOf",
       event.workflow_id as "workflowId", event.run_id as "runId"
     from alert_deliveries delivery
     join alert_events event using (model, alert_key, episode, event)
     join alerts alert using (model, alert_key, episode)
     where delivery.model = $1 and delivery.alert_key = $2 and delivery.state <> 'delivered'
     order by delivery.episode, event.as_of, event.recorded_at, delivery.channel, delivery.recipient`,
    [model, alertKey],
  );
}

/** Claims a message for sending; null when it has been delivered, or another claim on it is still good. */
export async function claimDelivery(connection: Queryable, delivery: Delivery): Promise<Claim | null> {
  const [row] = await connection.query<{ attempts: number }>(
    `update alert_deliveries set state = 'claimed', claimed_at = clock_timestamp(), attempts = attempts + 1
     where model = $1 and alert_key = $2 and episode = $3 and event = $4 and channel = $5 and recipient = $6
       and (state = 'pending'
         or state = 'claimed' and claimed_at < clock_timestamp() - make_interval(mins => $7))
     returning attempts`,
    [...keyOf(delivery), leaseMinutes],
  );
  return row === undefined ? null : { delivery, attempt: row.attempts };
}

/** Notes that a message was sent. It counts even when the claim has run out meanwhile: people have it. */
export async function recordDelivered(
  connection: Queryable,
  { delivery }: Claim,
  notice: string | null = null,
): Promise<void> {
  await connection.execute(
    `update alert_deliveries set state = 'delivered', delivered_at = clock_timestamp(), last_error = $7
     where model = $1 and alert_key = $2 and episode = $3 and event = $4 and channel = $5 and recipient = $6
       and state <> 'delivered'`,
    [...keyOf(delivery), notice],
  );
}

/** Gives a claim back with the reason why nothing was sent. A claim that has passed to another changes nothing. */
export async function releaseDelivery(
  connection: Queryable,
  { delivery, attempt }: Claim,
  error: string,
): Promise<void> {
  await connection.execute(
    `update alert_deliveries set state = 'pending', claimed_at = null, last_error = $8
     where model = $1 and alert_key = $2 and episode = $3 and event = $4 and channel = $5 and recipient = $6
       and state = 'claimed' and attempts = $7`,
    [...keyOf(delivery), attempt, error],
  );
}

/** Notes why a message cannot be tried at all. */
export async function recordWaiting(
  connection: Queryable,
  delivery: Delivery,
  reason: string,
): Promise<void> {
  await connection.execute(
    `update alert_deliveries set last_error = $7
     where model = $1 and alert_key = $2 and episode = $3 and event = $4 and channel = $5 and recipient = $6
       and state = 'pending'`,
    [...keyOf(delivery), reason],
  );
}

function keyOf({ model, alertKey, episode, event, channel, recipient }: Delivery): unknown[] {
  return [model, alertKey, episode, event, channel, recipient];
}
