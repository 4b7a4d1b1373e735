/** What every channel can do, and what it is called; how each does it is in the file that bears its name. */

import type { AlertMessage } from '../../core/alert/message.ts';
import type { ChannelName } from '../../core/alert/route-settings.ts';

export interface Channel {
  /** `message`: one a group. `alert`: one request an event, since the provider groups and deduplicates. */
  readonly sends: 'message' | 'alert';
  /** The names it is configured for; without them any recipient will do. */
  readonly recipients?: readonly string[];
  /**
   * Gives what to note about a message that was taken, if anything.
   *
   * @throws TidewatchError `DELIVERY_FAILED`, with `retryAfterMs` in its details where the provider says when to come
   * back; `DELIVERY_REFUSED` where trying again cannot succeed; `CHANNEL_NOT_CONFIGURED` for a recipient that the
   * environment does not name
   */
  send(message: AlertMessage, recipient: string): Promise<{ readonly notice?: string }>;
}

interface ChannelNames {
  /** In a sentence. */
  readonly label: string;
  /** Who takes a message, or does not: the begin of a sentence. */
  readonly taker: string;
  /** The variable of the environment that makes it one; see `settingOf`. */
  readonly setting: string;
}

export const channelTable: Readonly<Record<ChannelName, ChannelNames>> = {
  pagerduty: { label: 'PagerDuty', taker: 'PagerDuty', setting: 'PAGERDUTY_ROUTING_KEY' },
  alertmanager: { label: 'Alertmanager', taker: 'Alertmanager', setting: 'ALERTMANAGER_URL' },
  slack: { label: 'Slack', taker: 'Slack', setting: 'SLACK_WEBHOOK_URL' },
  webhook: { label: 'the webhook', taker: 'The webhook', setting: 'WEBHOOK_URL' },
  email: { label: 'e-mail', taker: 'The mail server', setting: 'SMTP_URL' },
};

/**
 * Which variable configures a recipient of a channel?
 *
 * @example settingOf('slack', 'on-call') // 'SLACK_WEBHOOK_URL_ON_CALL'
 */
export function settingOf(channel: ChannelName, recipient: string): string {
  const { setting } = channelTable[channel];
  if (channel === 'email' || recipient === 'default') return setting;
  return `${setting}_${recipient.toUpperCase().replaceAll('-', '_')}`;
}
