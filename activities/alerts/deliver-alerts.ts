/** Tells people of an alert: delivers every message of an alert key that has not been delivered. */

import { ApplicationFailure } from '@temporalio/common';

import { composeMessage } from '../../core/alert/compose.ts';
import { alertTitle } from '../../core/alert/message.ts';
import type { AlertEventText } from '../../core/alert/message.ts';
import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { Queryable } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { channelTable, settingOf, type Channel } from './channel.ts';
import {
  claimDelivery,
  pendingDeliveries,
  recordDelivered,
  recordWaiting,
  releaseDelivery,
} from './deliveries.ts';
import type { Delivery } from './deliveries.ts';
import { loadSeries } from './series.ts';

type Dependencies = Pick<ActivityDependencies, 'channels' | 'temporalUi' | 'pagesUrl'> & {
  readonly database: Queryable;
};

type Urls = Pick<ActivityDependencies, 'temporalUi' | 'pagesUrl'>;

export interface DeliveryOutcome {
  readonly delivered: number;
  /** Recorded while this ran: whoever recorded it asks again. */
  readonly pending: number;
  /** When something of it becomes due, epoch milliseconds. */
  readonly nextDue?: number;
}

/**
 * Makes the activity `deliverAlerts`. It delivers in the order of the events; where one message fails, later ones to the
 * same recipient wait, so that nobody reads the end of an alert before its beginning, and those to others go out.
 * A message may be sent twice only when the process dies between sending and recording.
 *
 * The activity throws retryable ApplicationFailures: `DELIVERY_FAILED` when a message was not taken, or is under way
 * elsewhere; `CHANNEL_NOT_CONFIGURED` when nothing else is wrong.
 */
export function createDeliverAlerts(dependencies: Dependencies) {
  const { database, channels } = dependencies;

  return async function deliverAlerts(alert: {
    readonly model: string;
    readonly alertKey: string;
  }): Promise<DeliveryOutcome> {
    const failures = new Map<string, TidewatchError>();
    let delivered = 0;
    for (const delivery of await pendingDeliveries(database, alert)) {
      const mailbox = `${delivery.channel} ${delivery.recipient}`;
      if (failures.has(mailbox)) continue;
      const failure = await deliver(database, delivery, channels[delivery.channel], dependencies);
      if (failure === null) delivered += 1;
      else failures.set(mailbox, failure);
    }
    if (failures.size > 0) throw failureOf([...failures.values()]);
    return { delivered, pending: (await pendingDeliveries(database, alert)).length };
  };
}

async function deliver(
  database: Queryable,
  delivery: Delivery,
  sender: Channel | undefined,
  urls: Urls,
): Promise<TidewatchError | null> {
  const { alertKey, recipient } = delivery;
  const channel = channelTable[delivery.channel].label;
  if (sender === undefined) {
    const error = new TidewatchError('CHANNEL_NOT_CONFIGURED', {
      alertKey,
      channel,
      setting: settingOf(delivery.channel, recipient),
    });
    await recordWaiting(database, delivery, error.message);
    return error;
  }
  const claim = await claimDelivery(database, delivery);
  if (claim === null) {
    // Whoever claimed it may have died: only when the message is recorded, or the claim has run out, is this settled.
    return new TidewatchError('DELIVERY_FAILED', {
      channel,
      alertKey,
      reason: 'another process is sending it',
    });
  }
  let notice: string | undefined;
  try {
    // A message without its chart is better than none.
    const series = await loadSeries(database, delivery).catch(() => undefined);
    const message = composeMessage([eventText(delivery, urls)], series === undefined ? {} : { series });
    ({ notice } = await sender.send(message, recipient));
  } catch (error) {
    const failure =
      error instanceof TidewatchError
        ? error
        : new TidewatchError('DELIVERY_FAILED', { channel, alertKey, reason: reasonOf(error) });
    await releaseDelivery(database, claim, failure.message);
    return failure;
  }
  await recordDelivered(database, claim, notice ?? null);
  return null;
}

function eventText(delivery: Delivery, { temporalUi, pagesUrl }: Urls): AlertEventText {
  const { model, alertKey, episode, event, kind, severity, summary, facts, asOf, workflowId, runId } =
    delivery;
  const run = `${encodeURIComponent(workflowId)}/${encodeURIComponent(runId)}`;
  return {
    model,
    alertKey,
    episode,
    event,
    kind,
    severity,
    title: alertTitle(kind, model, event),
    summary,
    facts,
    asOf,
    links: [
      ...delivery.links.map(({ label, path }) => ({ label, url: `${pagesUrl}${path}` })),
      { label: 'Open the run in Temporal', url: `${temporalUi}/workflows/${run}/history` },
    ],
  };
}

/** One failure for all: what went wrong first, and no try before every channel is ready for it. */
function failureOf(failures: readonly TidewatchError[]): ApplicationFailure {
  const type =
    failures.find(({ code }) => code !== 'CHANNEL_NOT_CONFIGURED')?.code ?? 'CHANNEL_NOT_CONFIGURED';
  const delays = failures.flatMap(({ details }) => Number(details['retryAfterMs'] ?? 0));
  const nextRetryDelay = Math.max(...delays);
  return ApplicationFailure.create({
    type,
    message: [...new Set(failures.map(({ message }) => message))].join(' '),
    nonRetryable: false,
    ...(nextRetryDelay > 0 && { nextRetryDelay }),
  });
}
