/** Tells people of an alert: delivers every message of an alert key that is due. */

import { setTimeout as pause } from 'node:timers/promises';

import { episodeKey } from '../../core/alert/alert.ts';
import { composeMessage } from '../../core/alert/compose.ts';
import type { AlertEventText, AlertMessage } from '../../core/alert/message.ts';
import { alertTitle } from '../../core/alert/title.ts';
import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { runOf } from '../activity-context.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { alertLinks, type Addresses } from './alert-links.ts';
import { wallClock } from './alert-rows.ts';
import type { AlertName } from '../../core/alert/stored-alert.ts';
import { channelTable, settingOf } from './channel.ts';
import { claimMessage, countPending, leaseMs, listGroups } from './deliveries.ts';
import type { Claim, EventToSend, Waiting } from './deliveries.ts';
import { listNotedBy, noteFailing, noteWorking } from './delivery-failing.ts';
import { releaseHeld } from './held-deliveries.ts';
import { recordDelivered, recordFailed, recordRefused } from './message-outcome.ts';
import { isPassing } from '../../sql/database.ts';
import { loadSeries } from './series.ts';
import { takerOf } from './takeover.ts';

type Dependencies = Addresses & Pick<ActivityDependencies, 'database' | 'channels' | 'wakeAlert' | 'context'>;

export interface DeliveryOutcome {
  /** How many deliveries it made, those of other alerts in the same messages included. */
  readonly delivered: number;
  /** Of this alert: waiting for their time or for a channel, or held back. */
  readonly pending: number;
  /** In how many milliseconds to look again, where something is pending. A length, since clocks differ. */
  readonly dueInMs?: number;
  /** What channels said that did not take their messages. */
  readonly failures?: readonly string[];
}

/**
 * Makes the activity `deliverAlerts`. A message tells of everything that is pending in its group, whichever alert asks. Where
 * one is not taken, it goes again later and what comes after in its group waits for it, so that nobody reads the end of an alert
 * before its beginning; the other groups go out. One that is refused for good, or whose channel is not configured, goes to the next
 * channel of its route that is; where there is none it waits. Either way an alert of kind `delivery-failing` opens, for who can be
 * told. A message may be sent twice only when the process dies between
 * sending and recording, when Postgres is away for as long as a claim holds, or when the answer of a channel is lost; it is then the same
 * message.
 */
export function createDeliverAlerts(
  dependencies: Dependencies,
): (alert: AlertName) => Promise<DeliveryOutcome> {
  const { database, wakeAlert, context } = dependencies;

  return async function deliverAlerts(alert) {
    /** Group -> when it can go on, by the clock of this process. */
    const settled = new Map<string, number>();
    const failures = new Set<string>();
    let delivered = 0;
    // Of a try before this one, which died before it could wake them; twice is harmless.
    for (const noted of await listNotedBy(database, alert, runOf(context()))) await wakeAlert(noted);
    const heldMs = await releaseHeld(database, alert, await wallClock(database));
    const heldUntil = performance.now() + (heldMs ?? Infinity);
    for (;;) {
      const groupId = (await listGroups(database, alert)).find((group) => !settled.has(group));
      if (groupId === undefined) break;
      const claim = await claimMessage(database, groupId);
      if (claim === null) settled.set(groupId, Infinity);
      else if ('waitMs' in claim) settled.set(groupId, performance.now() + claim.waitMs);
      else {
        const outcome = await deliver(claim, dependencies);
        delivered += outcome.delivered;
        if (outcome.failure !== undefined) failures.add(outcome.failure);
        if (outcome.waitMs !== undefined) settled.set(groupId, performance.now() + outcome.waitMs);
      }
    }
    const pending = await countPending(database, alert);
    const due = Math.min(heldUntil, ...settled.values());
    return {
      delivered,
      pending,
      ...(pending > 0 && {
        dueInMs: due === Infinity ? 0 : Math.max(0, Math.round(due - performance.now())),
      }),
      ...(failures.size > 0 && { failures: [...failures] }),
    };
  };
}

/** The longest pause between two tries of recording. */
const longestPauseMs = 5_000;

/**
 * People have the message: where Postgres is away just now, it is recorded when Postgres is back. Whoever claims it after that time would
 * send it again.
 */
async function insistently<T>(record: () => Promise<T>): Promise<T> {
  const end = performance.now() + leaseMs;
  for (let pauseMs = 200; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await record();
    } catch (error) {
      if (!isPassing(error) || performance.now() + pauseMs > end) throw error;
      await pause(pauseMs);
    }
  }
}

interface Sent extends Partial<Waiting> {
  readonly delivered: number;
  readonly failure?: string;
}

async function deliver(claim: Claim, dependencies: Dependencies): Promise<Sent> {
  const { database, channels, wakeAlert, context } = dependencies;
  const sent = await send(claim, dependencies);
  if (!(sent instanceof TidewatchError)) {
    const [delivered, working] = await insistently(() =>
      database.transaction(async (connection) => [
        await recordDelivered(connection, claim, sent.notice ?? null),
        await noteWorking(connection, claim, runOf(context())),
      ]),
    );
    for (const alert of working) await wakeAlert(alert);
    return { delivered };
  }
  if (sent.code === 'DELIVERY_REFUSED' || sent.code === 'CHANNEL_NOT_CONFIGURED') {
    const { next, failing } = await database.transaction(async (connection) => {
      const next = await takerOf(connection, claim, channels);
      if (next !== undefined) await recordRefused(connection, claim, sent.message, next);
      const run = runOf(context());
      return { next, failing: await noteFailing(connection, claim, sent.message, { next, channels }, run) };
    });
    if (failing !== null) await wakeAlert(failing);
    if (next !== undefined) return { delivered: 0, failure: sent.message };
  }
  const retryAfterMs = Number(sent.details['retryAfterMs'] ?? 0);
  const waiting = await recordFailed(database, claim, sent.message, retryAfterMs);
  return { delivered: 0, ...waiting, failure: sent.message };
}

async function send(
  claim: Claim,
  dependencies: Dependencies,
): Promise<{ readonly notice?: string } | TidewatchError> {
  const { channel, recipient } = claim;
  const alertKey = claim.events[0]?.alertKey ?? '';
  const { label, taker } = channelTable[channel];
  const sender = dependencies.channels[channel];
  if (sender === undefined) {
    const setting = settingOf(channel, recipient);
    return new TidewatchError('CHANNEL_NOT_CONFIGURED', { alertKey, channel: label, setting });
  }
  try {
    return await sender.send(await messageOf(claim, dependencies), recipient);
  } catch (error) {
    if (error instanceof TidewatchError) return error;
    return new TidewatchError('DELIVERY_FAILED', { channel: taker, alertKey, reason: reasonOf(error) });
  }
}

/** A single alert is a conversation of its own, with the chart of its metric; several are that of their group. */
async function messageOf({ events, route, group }: Claim, dependencies: Dependencies): Promise<AlertMessage> {
  const texts = events.map((event) => eventText(event, dependencies));
  const newest = events.at(-1);
  const isOne = new Set(events.map(episodeKey)).size === 1;
  if (!isOne || newest === undefined) return composeMessage(texts, { thread: `${route} ${group}` });
  // A message without its chart is better than none.
  const series = await loadSeries(dependencies.database, newest).catch(() => undefined);
  return composeMessage(texts, series === undefined ? {} : { series });
}

function eventText(toSend: EventToSend, addresses: Addresses): AlertEventText {
  const { model, alertKey, episode, event, kind, severity, summary, facts, asOf, labels } = toSend;
  const { runId, actor, formerLabels } = toSend;
  return {
    model,
    alertKey,
    episode,
    event,
    kind,
    severity,
    title: alertTitle({ ...toSend, facts: toSend.troubleFacts }, event),
    summary,
    facts,
    asOf,
    ...(actor !== null && { by: actor }),
    runId,
    labels,
    formerLabels,
    links: alertLinks(toSend, addresses),
  };
}
