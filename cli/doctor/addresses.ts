/** Do those answer that alerts are sent to, and those that train? Nothing is sent to them. */

import type { ChannelSettings } from '../../activities/alerts/channels.ts';
import { settingOf } from '../../activities/alerts/channel.ts';
import { listMonitors } from '../../activities/monitors/store.ts';
import type { Finding } from './check.ts';
import { reach, type Address, type Reached } from './reach.ts';
import type { Sources } from './sources.ts';

export async function readChannels({ environment }: Sources): Promise<Reached[]> {
  return Promise.all(channelAddresses(environment.configuration.channels).map(reach));
}

/** Slack, PagerDuty and webhooks have nothing to ask but what tells people: a connection to them has to do. */
function channelAddresses({
  slack,
  pagerduty,
  webhook,
  alertmanager,
  email,
}: ChannelSettings): readonly Address[] {
  return [
    ...Object.entries(slack).map(([name, { webhookUrl: url }]) => ({ name: settingOf('slack', name), url })),
    ...Object.entries(pagerduty).map(([name, { eventsUrl: url }]) => ({
      name: settingOf('pagerduty', name),
      url,
    })),
    ...Object.entries(webhook).map(([name, { url }]) => ({ name: settingOf('webhook', name), url })),
    ...Object.entries(alertmanager).flatMap(([name, { urls }]) =>
      urls.map((url) => ({ name: settingOf('alertmanager', name), url, health: '/-/healthy' })),
    ),
    ...(email === undefined ? [] : [{ name: settingOf('email', 'default'), url: email.smtpUrl }]),
  ];
}

/** Those that answer by HTTP, each once; those that are a program or a task queue have no address. */
export async function readTrainers({ database }: Sources): Promise<Reached[]> {
  const models = new Map<string, string[]>();
  for (const { monitor } of (await listMonitors(database)).monitors) {
    const trainer = monitor.retraining?.trainer;
    if (trainer?.kind !== 'http') continue;
    const { origin } = new URL(trainer.url);
    models.set(origin, [...(models.get(origin) ?? []), monitor.model]);
  }
  return Promise.all(
    [...models].map(([url, [first = '', ...others]]) =>
      reach({ name: `of ${first}${others.length === 0 ? '' : ` and ${others.length} more`}`, url }),
    ),
  );
}

const judge =
  (none: string, consequence: string) =>
  (reached: readonly Reached[]): Finding => {
    if (reached.length === 0) return { level: 'ok', words: none };
    const away = reached.flatMap(({ name, at, problem }) =>
      problem === undefined ? [] : [`${name}: ${at}: ${problem}`],
    );
    if (away.length === 0)
      return {
        level: 'ok',
        words: `${reached.length === 1 ? 'the one' : `each of ${reached.length}`} answers: ${reached.map(({ at }) => at).join(', ')}`,
      };
    return {
      level: 'warning',
      words: `${away.length} of ${reached.length} cannot be reached from here: ${consequence}`,
      details: away,
      fix: 'start it, correct its address, or open the way to it; where the worker has another network, ask the doctor there',
    };
  };

/** A warning: messages wait and are tried again, and those that have waited for long are another finding. */
export const judgeChannels = judge('none is configured', 'messages wait');
export const judgeTrainers = judge('no monitor has one that answers by HTTP', 'retrainings wait');
