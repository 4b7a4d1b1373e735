/** The table of the channels. */

import type { ChannelName } from '../../core/alert/route-settings.ts';
import type { Channel } from './channel.ts';
import type { EmailChannel } from './email.ts';

/** A channel that is not configured is absent. */
export type Channels = Readonly<Partial<Record<Exclude<ChannelName, 'email'>, Channel>>> & {
  readonly email?: EmailChannel;
};

/** What a channel is called, and the variable of the environment that makes it one; see `settingOf`. */
export const channelTable: Readonly<
  Record<ChannelName, { readonly label: string; readonly setting: string }>
> = {
  pagerduty: { label: 'PagerDuty', setting: 'PAGERDUTY_ROUTING_KEY' },
  alertmanager: { label: 'Alertmanager', setting: 'ALERTMANAGER_URL' },
  slack: { label: 'Slack', setting: 'SLACK_WEBHOOK_URL' },
  webhook: { label: 'the webhook', setting: 'WEBHOOK_URL' },
  email: { label: 'e-mail', setting: 'SMTP_URL' },
};

/**
 * Which variable configures a recipient of a channel?
 *
 * @example settingOf('slack', 'oncall') // 'SLACK_WEBHOOK_URL_ONCALL'
 */
export function settingOf(channel: ChannelName, recipient: string): string {
  const { setting } = channelTable[channel];
  if (channel === 'email' || recipient === 'default') return setting;
  return `${setting}_${recipient.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}
