/** What has become of a message that was not taken: is it tried again, and when? */

import { alertsOf } from '../../core/alert/compose.ts';
import { oneLine, type AlertMessage } from '../../core/alert/message.ts';
import type { ChannelName } from '../../core/alert/route-settings.ts';
import { TidewatchError } from '../../core/errors.ts';
import { channelTable, settingOf } from './channel.ts';
import { withoutSecrets } from './secrets.ts';

/** What was to go where. */
export interface Attempt {
  readonly channel: ChannelName;
  readonly recipient: string;
  readonly message: Pick<AlertMessage, 'events'>;
  /** What no error may repeat, whoever said it. */
  readonly secrets: readonly string[];
}

/** The provider may take it later. No cause is kept: it may hold the request, and with it a secret. */
export function deliveryFailed(
  { channel, message, secrets }: Attempt,
  reason: string,
  retryAfterMs: number | null = null,
): TidewatchError {
  return new TidewatchError('DELIVERY_FAILED', {
    channel: channelTable[channel].taker,
    alertKey: alertsOf(message),
    reason: withoutSecrets(reason, secrets),
    ...(retryAfterMs !== null && { retryAfterMs }),
  });
}

/** The provider will never take it as long as nobody corrects something. */
export function deliveryRefused(
  { channel, recipient, message, secrets }: Attempt,
  reason: string,
): TidewatchError {
  return new TidewatchError('DELIVERY_REFUSED', {
    channel: channelTable[channel].taker,
    setting: settingOf(channel, recipient),
    alertKey: alertsOf(message),
    reason: withoutSecrets(reason, secrets),
  });
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | null;
}

/** Request Timeout, Too Early, Too Many Requests: of the 4xx, those that pass. */
const passing = new Set([408, 425, 429]);

/** An answer that is no 2xx. */
export function httpError(
  attempt: Attempt,
  { status, body, retryAfter }: HttpAnswer,
  nowMs: number,
): TidewatchError {
  const reason = oneLine(`HTTP ${status} ${withoutSecrets(body, attempt.secrets)}`).slice(0, 200);
  return status >= 500 || passing.has(status)
    ? deliveryFailed(attempt, reason, retryAfterMs(retryAfter, nowMs))
    : deliveryRefused(attempt, reason);
}

/** More than an hour is not waited for: the next try then says so again. */
const longestWaitMs = 3_600_000;

/**
 * How long is a provider to be left alone? `Retry-After` holds seconds or an HTTP date. Null for what is neither.
 *
 * @example retryAfterMs('30', 0) // 30000
 */
function retryAfterMs(retryAfter: string | null, nowMs: number): number | null {
  if (retryAfter === null) return null;
  const text = retryAfter.trim();
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : httpDate(text) - nowMs;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), longestWaitMs);
}

function httpDate(text: string): number {
  return text.endsWith('GMT') ? Date.parse(text) : Number.NaN;
}
