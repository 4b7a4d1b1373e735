/** What every channel can do; how each does it is in the file that bears its name. */

import type { AlertMessage } from '../../core/alert/message.ts';

export interface Channel {
  /** `message`: one a group. `alert`: one request an event, since the provider groups and deduplicates. */
  readonly sends: 'message' | 'alert';
  /**
   * Gives what to note about a message that was taken, if anything.
   *
   * @throws TidewatchError `DELIVERY_FAILED`, with `retryAfterMs` in its details where the provider says when to come
   * back; `DELIVERY_REFUSED` where trying again cannot succeed; `CHANNEL_NOT_CONFIGURED` for a recipient that the
   * environment does not name
   */
  send(message: AlertMessage, recipient: string): Promise<{ readonly notice?: string }>;
}
