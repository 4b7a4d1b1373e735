/**
 * Posts alerts as signed JSON, for whatever has no channel of its own. The signature is that of Standard Webhooks 1.0.0
 * (https://www.standardwebhooks.com), for which there are verifiers in most languages. docs/webhook.md tells receivers of it.
 */

import { createHmac } from 'node:crypto';

import { alertSubject } from '../../core/alert/alert.ts';
import { alertStatus, oneLine, type AlertEventText, type AlertMessage } from '../../core/alert/message.ts';
import { formatInstant } from '../../core/window.ts';
import type { Channel } from './channel.ts';
import { messageIdentity } from './message-identity.ts';
import { post } from './post.ts';

export interface WebhookOptions {
  readonly url: string;
  /** `whsec_` and bytes in base64. Of several the receiver may know any, so that one can take the place of another. */
  readonly secrets: readonly string[];
  readonly timeoutMs?: number;
  /** By default the time of this machine. */
  readonly now?: () => number;
}

export function openWebhook({ url, secrets, timeoutMs = 10_000, now = Date.now }: WebhookOptions): Channel {
  return {
    sends: 'message',
    async send(message, recipient) {
      const id = `msg_${messageIdentity(message)}`;
      const timestamp = Math.floor(now() / 1000);
      const body = JSON.stringify(webhookBody(message));
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': webhookSignature(secrets, { id, timestamp, body }),
      };
      await post({ channel: 'webhook', recipient, message }, { url, body, headers, timeoutMs });
      return {};
    },
  };
}

/**
 * The HMAC-SHA256 of `<id>.<timestamp>.<body>` in base64, one for each secret.
 *
 * @param signed `timestamp` in seconds
 */
export function webhookSignature(
  secrets: readonly string[],
  { id, timestamp, body }: { readonly id: string; readonly timestamp: number; readonly body: string },
): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
      return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    })
    .join(' ');
}

/** What a receiver gets. Fields are added; none is taken away or changes its meaning. */
export function webhookBody(message: AlertMessage): Readonly<Record<string, unknown>> {
  const { thread, status, title, summary, facts, asOf, links, events, series } = message;
  return {
    type: `alert.${status}`,
    timestamp: formatInstant(asOf),
    data: {
      // Ready for a text message.
      text: oneLine(`${status.toUpperCase()} ${title}: ${summary}`),
      thread,
      status,
      title,
      summary,
      facts,
      links,
      events: events.map(eventBody),
      ...(series !== undefined && { series }),
    },
  };
}

function eventBody(event: AlertEventText): Readonly<Record<string, unknown>> {
  const { asOf, ...rest } = event;
  return { ...rest, subject: alertSubject(event), status: alertStatus(event), asOf: formatInstant(asOf) };
}
