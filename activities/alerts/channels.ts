/** The channels of an installation, and who is behind them. */

import { alertsOf } from '../../core/alert/compose.ts';
import type { ChannelName } from '../../core/alert/route-settings.ts';
import type { Mailbox } from '../../core/alert/routes.ts';
import { TidewatchError } from '../../core/errors.ts';
import { openAlertmanager } from './alertmanager.ts';
import { channelTable, settingOf, type Channel } from './channel.ts';
import { openEmail, type EmailChannel, type EmailOptions } from './email.ts';
import { openPagerDuty } from './pagerduty.ts';
import { openSlack } from './slack.ts';
import { openWebhook } from './webhook.ts';

/** A channel that is not configured is absent: another takes over, or its deliveries wait and say so. */
export type Channels = Readonly<Partial<Record<Exclude<ChannelName, 'email'>, Channel>>> & {
  readonly email?: EmailChannel;
};

/** By the name of a recipient; the one without a name is `default`. */
export type Named<T> = Readonly<Record<string, T>>;

/** What the environment says of channels. All of it may be secret. */
export interface ChannelSettings {
  readonly slack: Named<{ readonly webhookUrl: string }>;
  readonly pagerduty: Named<{ readonly routingKey: string; readonly eventsUrl: string }>;
  readonly webhook: Named<{ readonly url: string; readonly secrets: readonly string[] }>;
  readonly alertmanager: Named<{ readonly urls: readonly string[] }>;
  readonly email?: EmailOptions;
}

export function openChannels(
  { slack, pagerduty, webhook, alertmanager, email }: ChannelSettings,
  { pagesUrl }: { readonly pagesUrl?: string | undefined } = {},
): Channels {
  const people = pagesUrl === undefined ? {} : { pagesUrl };
  return {
    ...named('slack', slack, openSlack),
    ...named('pagerduty', pagerduty, (settings) => openPagerDuty({ ...settings, ...people })),
    ...named('webhook', webhook, openWebhook),
    ...named('alertmanager', alertmanager, openAlertmanager),
    ...(email !== undefined && { email: openEmail(email) }),
  };
}

/** Has the environment what a mailbox needs? */
export function isConfigured(channels: Channels, { channel, recipient }: Mailbox): boolean {
  const found: Channel | undefined = channels[channel];
  return found !== undefined && (found.recipients?.includes(recipient) ?? true);
}

/** One channel over all of its recipients; nothing where there are none. */
function named<T>(
  channel: Exclude<ChannelName, 'email'>,
  settings: Named<T>,
  open: (settings: T) => Channel,
): Channels {
  const recipients = new Map(Object.entries(settings).map(([name, given]) => [name, open(given)]));
  const [any] = recipients.values();
  if (any === undefined) return {};
  const all: Channel = {
    sends: any.sends,
    recipients: [...recipients.keys()],
    async send(message, recipient) {
      const found = recipients.get(recipient);
      if (found !== undefined) return found.send(message, recipient);
      throw new TidewatchError('CHANNEL_NOT_CONFIGURED', {
        alertKey: alertsOf(message),
        channel: `${channelTable[channel].label} "${recipient}"`,
        setting: settingOf(channel, recipient),
      });
    },
  };
  return { [channel]: all };
}
