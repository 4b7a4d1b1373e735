/**
 * An incident in PagerDuty for each episode of an alert: Events API v2,
 * https://developer.pagerduty.com/docs/send-alert-event. Sending an event twice changes nothing there.
 */

import { createHash } from 'node:crypto';

import { alertSubject, endsAlert, episodeKey, eventKind } from '../../core/alert/alert.ts';
import { oneLine, type AlertEventText } from '../../core/alert/message.ts';
import { formatInstant } from '../../core/window.ts';
import type { Channel } from './channel.ts';
import { post } from './post.ts';

export interface PagerDutyOptions {
  /** The integration key of a service: a secret, in no message and no error. */
  readonly routingKey: string;
  /** The EU region has another one. */
  readonly eventsUrl?: string;
  /** Where people find Tidewatch. */
  readonly pagesUrl?: string;
  readonly timeoutMs?: number;
}

export const pagerDutyEventsUrl = 'https://events.pagerduty.com/v2/enqueue';

export function openPagerDuty({
  routingKey,
  eventsUrl = pagerDutyEventsUrl,
  pagesUrl,
  timeoutMs = 10_000,
}: PagerDutyOptions): Channel {
  return {
    sends: 'alert',
    async send(message, recipient) {
      let isSent = false;
      for (const event of message.events) {
        const change = pagerDutyEvent(event);
        if (change === null) continue;
        const client = pagesUrl === undefined ? {} : { client: 'Tidewatch', client_url: pagesUrl };
        const body = JSON.stringify({ routing_key: routingKey, ...change, ...client });
        await post(
          { channel: 'pagerduty', recipient, message },
          { url: eventsUrl, body, timeoutMs, secrets: [routingKey] },
        );
        isSent = true;
      }
      return isSent ? {} : { notice: 'PagerDuty takes no comments' };
    },
  };
}

const actions: Readonly<Record<string, 'acknowledge' | 'none'>> = {
  acknowledged: 'acknowledge',
  snoozed: 'acknowledge',
  commented: 'none',
};

/** What PagerDuty cuts, or refuses. */
const limits = { summary: 1024, key: 255 } as const;

/**
 * What is PagerDuty told of an event? Whatever is not one of the others triggers: an incident that is open takes it into its
 * log. Null: nothing.
 *
 * @example pagerDutyEvent({ ...event, event: 'resolved' }) // { event_action: 'resolve', dedup_key: 'degradation:bike-demand:performance#1' }
 */
export function pagerDutyEvent(event: AlertEventText): Readonly<Record<string, unknown>> | null {
  const action = endsAlert(event.event) ? 'resolve' : (actions[eventKind(event.event)] ?? 'trigger');
  if (action === 'none') return null;
  const key = { event_action: action, dedup_key: dedupKey(event) };
  return action === 'trigger' ? { ...key, ...incident(event) } : key;
}

function incident(event: AlertEventText): Readonly<Record<string, unknown>> {
  const { model, kind, severity, title, summary, facts, asOf, links } = event;
  const text = oneLine(`${title}: ${summary}`);
  return {
    payload: {
      summary: text.length > limits.summary ? `${text.slice(0, limits.summary - 1)}…`.toWellFormed() : text,
      source: model,
      // Its words are ours.
      severity,
      timestamp: formatInstant(asOf),
      component: alertSubject(event),
      group: model,
      class: kind,
      custom_details: Object.fromEntries(facts.map(({ name, value }) => [name, value])),
    },
    links: links.map(({ label, url }) => ({ href: url, text: label })),
  };
}

function dedupKey(event: AlertEventText): string {
  const key = episodeKey(event);
  if (key.length <= limits.key) return key;
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `${key.slice(0, limits.key - hash.length - 1).toWellFormed()}-${hash}`;
}
