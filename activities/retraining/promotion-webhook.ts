/** Posts what is to serve to the serving system, signed like alerts are (Standard Webhooks 1.0.0). docs/promotion-hook.md tells it. */

import { boundedText, longestRemark } from '../alerts/bounded-text.ts';
import { webhookSignature } from '../alerts/webhook.ts';
import { connectionReason } from '../alerts/post.ts';

export interface PromotionRequest {
  /** The same for every try, so that the serving system does it once. */
  readonly id: string;
  readonly body: string;
}

/** What became of a request: `failed` may be tried again, `refused` may not. */
export type HookAnswer =
  | { readonly answer: 'done' }
  | { readonly answer: 'failed' | 'refused'; readonly reason: string };

/** Never throws. */
export type PromotionWebhook = (url: string, request: PromotionRequest) => Promise<HookAnswer>;

export interface PromotionWebhookOptions {
  /** `whsec_` and bytes in base64; of several the serving system may know any. */
  readonly secrets: readonly string[];
  readonly timeoutMs?: number;
  /** By default the time of this machine. */
  readonly now?: () => number;
}

/** These say "later". */
const laterStatuses = new Set([408, 425, 429]);
/** Of what a server says, so much is passed on. */
const longestReason = 300;

export function openPromotionWebhook({
  secrets,
  timeoutMs = 60_000,
  now = Date.now,
}: PromotionWebhookOptions): PromotionWebhook {
  return async (url, { id, body }) => {
    const timestamp = Math.floor(now() / 1000);
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': webhookSignature(secrets, { id, timestamp, body }),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = (await boundedText(response, longestRemark)) ?? 'a long answer';
    } catch (error) {
      return { answer: 'failed', reason: connectionReason(error, timeoutMs) };
    }
    if (response.ok) return { answer: 'done' };
    const reason = `HTTP ${response.status} ${text}`.trim().slice(0, longestReason);
    const isLater = response.status >= 500 || laterStatuses.has(response.status);
    return { answer: isLater ? 'failed' : 'refused', reason };
  };
}
