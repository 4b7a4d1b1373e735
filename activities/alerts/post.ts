/** Posts a message to a provider that takes JSON. */

import { reasonOf } from '../../core/errors.ts';
import { boundedText, longestRemark } from './bounded-text.ts';
import {
  deliveryFailed,
  deliveryRefused,
  httpError,
  type Attempt,
  type HttpAnswer,
} from './delivery-error.ts';
import { secretsOf } from './secrets.ts';

export interface Post {
  readonly url: string;
  /** JSON. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Beside the URL. */
  readonly secrets?: readonly string[];
}

/**
 * A user name and a password in the URL go into the header that they are for.
 *
 * @throws TidewatchError `DELIVERY_FAILED` or `DELIVERY_REFUSED`
 */
export async function post(
  delivery: Omit<Attempt, 'secrets'>,
  { url, body, headers, timeoutMs, secrets = [] }: Post,
): Promise<void> {
  const attempt = { ...delivery, secrets: [...secretsOf(url), ...secrets] };
  const { address, authorization } = withoutCredentials(url);
  let answer: HttpAnswer & { readonly ok: boolean };
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization, ...headers },
      body,
      // A message is for the address that was configured, and for no other.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    answer = {
      status: response.status,
      ok: response.ok,
      body: (await boundedText(response, longestRemark)) ?? 'a long answer',
      retryAfter: response.headers.get('retry-after'),
    };
  } catch (error) {
    throw deliveryFailed(attempt, connectionReason(error, timeoutMs));
  }
  if (answer.ok) return;
  if (answer.status >= 300 && answer.status < 400)
    throw deliveryRefused(attempt, `HTTP ${answer.status}, a redirection, which is not followed`);
  throw httpError(attempt, answer, Date.now());
}

/** Why there was no answer. */
export function connectionReason(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer in ${timeoutMs / 1000} s`;
  return reasonOf(error);
}

/** `fetch` refuses a URL with credentials, and says it in its error: they become a header. */
export function withoutCredentials(url: string): {
  readonly address: string;
  readonly authorization: Readonly<Record<string, string>>;
} {
  const address = new URL(url);
  const { username, password } = address;
  if (username === '' && password === '') return { address: url, authorization: {} };
  address.username = '';
  address.password = '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    address: address.href,
    authorization: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
  };
}
