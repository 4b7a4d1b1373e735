/**
 * The queue of messages. The deliveries of a group that are pending together become one message: it is claimed in one transaction,
 * sent, and recorded; until then nothing else of the group goes out, so that nobody reads the end of an alert before its beginning.
 */

import type { AlertKind, Fact, PageLink, Severity } from '../../core/alert/alert.ts';
import { planGroup } from '../../core/alert/grouping.ts';
import type { DeliveryTerms } from '../../core/alert/grouping.ts';
import type { Labels } from '../../core/alert/route-settings.ts';
import type { Mailbox } from '../../core/alert/routes.ts';
import { floorToHour, formatInstant, minuteMs, secondMs } from '../../core/window.ts';
import { lockUntilCommit, toTimestamp, tryLockUntilCommit } from '../../sql/database.ts';
import type { Database, Queryable } from '../../sql/database.ts';
import { wallClock } from './alert-rows.ts';
import type { AlertName } from '../../core/alert/stored-alert.ts';
import { holdBack } from './held-deliveries.ts';

/**
 * A claim older than this belongs to a process that died between claiming and recording. Every wait of an SMTP
 * conversation is limited to 10 s and there are fewer than ten, so that a slow but living sender is done before.
 */
export const leaseMs = 2 * minuteMs;

/** When to look again at what another process is doing. */
const againMs = 2 * secondMs;

/** What one message tells of; more than that goes with the next one. */
const mostEvents = 1_000;

/** An event that a message tells of. */
export interface EventToSend extends AlertName {
  readonly episode: number;
  readonly event: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly summary: string;
  readonly facts: readonly Fact[];
  /** Of the trouble: what a person has done has no facts of its own. */
  readonly troubleFacts: readonly Fact[];
  readonly links: readonly PageLink[];
  /** Of the monitor as it is applied now. */
  readonly labels: Labels;
  /** Other ones, with which the episode was told to the same mailbox before. */
  readonly formerLabels: readonly Labels[];
  readonly asOf: number;
  /** The person who did it. */
  readonly actor: string | null;
  readonly workflowId: string;
  readonly runId: string;
}

/** What one claim of a message owns: a later claim has a later number. */
export interface Claim extends Mailbox {
  readonly messageId: number;
  readonly attempt: number;
  readonly route: string;
  readonly group: string;
  readonly terms: DeliveryTerms;
  /** Oldest first. */
  readonly events: readonly EventToSend[];
}

/** Nothing of the group can go out for so many milliseconds. A length, since clocks differ. */
export interface Waiting {
  readonly waitMs: number;
}

/** The groups with something to deliver of an alert. */
export async function listGroups(connection: Queryable, { model, alertKey }: AlertName): Promise<string[]> {
  const rows = await connection.query<{ groupId: string }>(
    `select group_id as "groupId", min(recorded_at) as since
     from alert_deliveries
     where model = $1 and alert_key = $2 and state = 'pending'
     group by group_id
     order by since, group_id`,
    [model, alertKey],
  );
  return rows.map(({ groupId }) => groupId);
}

/** How much of an alert has not been delivered. */
export async function countPending(connection: Queryable, { model, alertKey }: AlertName): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    `select count(*) as count from alert_deliveries
     where model = $1 and alert_key = $2 and state in ('pending', 'held')`,
    [model, alertKey],
  );
  return row?.count ?? 0;
}

/**
 * Claims the next message of a group for sending: one that was not taken, or what is pending when it is due. Null when there
 * is nothing to send.
 */
export async function claimMessage(database: Database, groupId: string): Promise<Claim | Waiting | null> {
  return database.transaction(async (connection) => {
    const soon = { waitMs: againMs };
    if (!(await tryLockUntilCommit(connection, `group:${groupId}`))) return soon;
    const now = await wallClock(connection);
    const last = await readLastMessage(connection, groupId);
    if (last?.state === 'sending' && now < last.claimedAt + leaseMs) {
      // Whoever holds it may live: where the clock was set back since, its time begins anew.
      if (now < last.claimedAt) await beginClaimAnew(connection, last.messageId);
      return soon;
    }
    // Where the clock was set back since, nobody knows how long it has waited.
    const isKnown = last !== undefined && last.claimedAt <= now;
    if (last?.state === 'waiting' && isKnown && now < last.retryAt) return { waitMs: last.retryAt - now };
    let unsent = last?.state === 'sending' || last?.state === 'waiting' ? last : null;
    for (;;) {
      const group = await readGroup(connection, groupId, unsent?.messageId ?? null);
      if (group === null) {
        if (unsent === null) return null;
        // Its alerts are gone.
        await deleteMessage(connection, unsent.messageId);
        unsent = null;
        continue;
      }
      const { terms, since, mailboxId } = group;
      const sent = await countSent(connection, mailboxId, terms, now, unsent?.messageId ?? null);
      const lastSentAt = unsent === null ? (last?.sentAt ?? null) : null;
      const plan = planGroup(terms, { since, lastSentAt }, sent, now);
      if (plan.action === 'wait') return { waitMs: plan.until - now };
      // The wait of those that are told begins without those that are held back.
      if (unsent === null && (await holdBack(connection, groupId, now))) continue;
      if (plan.action === 'summarise') {
        await moveToSummary(connection, groupId, plan.at, unsent?.messageId ?? null);
        return { waitMs: plan.at - now };
      }
      const claimed =
        unsent === null
          ? await insertMessage(connection, groupId, mailboxId, terms)
          : await claimAgain(connection, unsent.messageId);
      return claimed === null ? soon : readClaim(connection, claimed);
    }
  });
}

interface LastMessage {
  readonly messageId: number;
  readonly state: 'sending' | 'waiting' | 'delivered' | 'refused';
  readonly claimedAt: number;
  readonly retryAt: number;
  readonly sentAt: number | null;
}

async function readLastMessage(connection: Queryable, groupId: string): Promise<LastMessage | undefined> {
  const [row] = await connection.query<Record<string, unknown> & LastMessage>(
    `select message_id as "messageId", state, claimed_at as "claimedAt", retry_at as "retryAt", sent_at as "sentAt"
     from alert_messages
     where group_id = $1
     order by message_id desc
     limit 1`,
    [groupId],
  );
  return row;
}

/** Of the message `$2`, or of none where that is null; `is not distinct from` would use no index. */
const ofMessage = '(message_id = $2 or $2 is null and message_id is null)';

/** The oldest delivery that is pending, of a message or of none yet, stands for all. */
async function readGroup(
  connection: Queryable,
  groupId: string,
  messageId: number | null,
): Promise<{ since: number; terms: DeliveryTerms; mailboxId: string } | null> {
  const [row] = await connection.query<{ since: number; terms: DeliveryTerms; mailboxId: string }>(
    `select recorded_at as since, terms, mailbox_id as "mailboxId"
     from alert_deliveries
     where group_id = $1 and state = 'pending' and ${ofMessage}
     order by recorded_at
     limit 1`,
    [groupId, messageId],
  );
  return row ?? null;
}

/** Two groups of one budget are counted one after the other. */
async function countSent(
  connection: Queryable,
  mailboxId: string,
  { budget }: DeliveryTerms,
  now: number,
  except: number | null,
): Promise<number> {
  if (budget === undefined) return 0;
  await lockUntilCommit(connection, `mailbox:${mailboxId}`);
  const [row] = await connection.query<{ count: number }>(
    `select count(*) as count from alert_messages
     where mailbox_id = $1 and claimed_at >= $2 and not is_summary and message_id is distinct from $3`,
    [mailboxId, toTimestamp(floorToHour(now)), except],
  );
  return row?.count ?? 0;
}

/** Makes what is pending part of the one message that tells, when an hour is over, of all that went beyond its budget. */
async function moveToSummary(
  connection: Queryable,
  groupId: string,
  at: number,
  messageId: number | null,
): Promise<void> {
  await connection.execute(
    `update alert_deliveries
     set group_key = $3, terms = terms || jsonb_build_object('summaryAt', $4::bigint), message_id = null
     where group_id = $1 and state = 'pending' and ${ofMessage}`,
    [groupId, messageId, `summary=${formatInstant(at)}`, at],
  );
  if (messageId !== null) await deleteMessage(connection, messageId);
}

async function deleteMessage(connection: Queryable, messageId: number): Promise<void> {
  await connection.execute('delete from alert_messages where message_id = $1', [messageId]);
}

/** Null when all of it waits for what was recorded before, of the same alerts and in another group. */
async function insertMessage(
  connection: Queryable,
  groupId: string,
  mailboxId: string,
  { summaryAt }: DeliveryTerms,
): Promise<ClaimName | null> {
  const [message] = await connection.query<ClaimName & Record<string, unknown>>(
    `insert into alert_messages (group_id, mailbox_id, is_summary)
     values ($1, $2, $3)
     returning message_id as "messageId", attempts as attempt`,
    [groupId, mailboxId, summaryAt !== undefined],
  );
  let count = 0;
  for (const model of await listModels(connection, groupId))
    count += await claimDeliveries(connection, model, groupId, message!.messageId, mostEvents - count);
  if (count > 0) return message!;
  await deleteMessage(connection, message!.messageId);
  return null;
}

/** Of what is pending in a group and in no message yet; whose is the oldest comes first. */
async function listModels(connection: Queryable, groupId: string): Promise<string[]> {
  const rows = await connection.query<{ model: string }>(
    `select model, min(recorded_at) as since
     from alert_deliveries
     where group_id = $1 and state = 'pending' and message_id is null
     group by model
     order by since, model`,
    [groupId],
  );
  return rows.map(({ model }) => model);
}

/** Makes what is pending of a model part of a message, the oldest first; gives how much that is. */
async function claimDeliveries(
  connection: Queryable,
  model: string,
  groupId: string,
  messageId: number,
  atMost: number,
): Promise<number> {
  return connection.execute(
    `with claimed as (
       select alert_key, episode, event, channel, recipient
       from alert_deliveries delivery
       where model = $1 and group_id = $2 and state = 'pending' and message_id is null and not exists (
         select from alert_deliveries earlier
         where earlier.model = $1 and earlier.alert_key = delivery.alert_key
           and earlier.channel = delivery.channel and earlier.recipient = delivery.recipient
           and earlier.state in ('pending', 'held')
           and earlier.group_id <> delivery.group_id and earlier.recorded_at < delivery.recorded_at)
       order by recorded_at
       limit $4
       for update skip locked
     )
     update alert_deliveries delivery set message_id = $3
     from claimed
     where delivery.model = $1 and (delivery.alert_key, delivery.episode, delivery.event, delivery.channel, delivery.recipient)
       = (claimed.alert_key, claimed.episode, claimed.event, claimed.channel, claimed.recipient)`,
    [model, groupId, messageId, atMost],
  );
}

interface ClaimName {
  readonly messageId: number;
  readonly attempt: number;
}

async function beginClaimAnew(connection: Queryable, messageId: number): Promise<void> {
  await connection.execute(
    'update alert_messages set claimed_at = statement_timestamp() where message_id = $1',
    [messageId],
  );
}

async function claimAgain(connection: Queryable, messageId: number): Promise<ClaimName | null> {
  const [row] = await connection.query<ClaimName & Record<string, unknown>>(
    `update alert_messages
     set state = 'sending', attempts = attempts + 1, claimed_at = statement_timestamp(), retry_at = null
     where message_id = $1
     returning message_id as "messageId", attempts as attempt`,
    [messageId],
  );
  return row ?? null;
}

async function readClaim(connection: Queryable, { messageId, attempt }: ClaimName): Promise<Claim | null> {
  await connection.execute(
    `update alert_deliveries delivery
     set labels = coalesce((select configuration -> 'labels' from monitors monitor where monitor.model = delivery.model), '{}')
     where message_id = $1`,
    [messageId],
  );
  const rows = await connection.query<
    Record<string, unknown> & EventToSend & Mailbox & Pick<Claim, 'route' | 'group' | 'terms'>
  >(
    `select delivery.model, delivery.alert_key as "alertKey", delivery.episode, delivery.event, delivery.channel,
       delivery.recipient, delivery.route, delivery.group_key as "group", delivery.terms, alert.kind, event.severity,
       event.summary, event.facts, event.links, event.as_of as "asOf", event.actor, event.workflow_id as "workflowId",
       event.run_id as "runId",
       case when event.actor is null then event.facts else alert.latest -> 'facts' end as "troubleFacts", delivery.labels,
       (
         select coalesce(jsonb_agg(distinct former.labels), '[]')
         from alert_deliveries former
         where (former.model, former.alert_key, former.episode, former.channel, former.recipient)
           = (delivery.model, delivery.alert_key, delivery.episode, delivery.channel, delivery.recipient)
           and former.labels <> delivery.labels
       ) as "formerLabels"
     from alert_deliveries delivery
     join alert_events event using (model, alert_key, episode, event)
     join alerts alert using (model, alert_key, episode)
     where delivery.message_id = $1
     order by delivery.recorded_at, event.as_of, event.recorded_at, delivery.alert_key, delivery.event`,
    [messageId],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const { channel, recipient, route, group, terms } = first;
  return { messageId, attempt, channel, recipient, route, group, terms, events: rows };
}
