/** Which stored routes lead where this worker cannot send? Said at its start: at the first critical alert it is late. */

import { channelTable, settingOf } from '../activities/alerts/channel.ts';
import { isConfigured } from '../activities/alerts/channels.ts';
import type { Channels } from '../activities/alerts/channels.ts';
import { readInstallationSettings } from '../activities/alerts/installation-settings.ts';
import { listConfigurations } from '../activities/monitors/store.ts';
import { mailboxesOf, routesInOrder } from '../core/alert/routes.ts';
import { alertSettingsSchema } from '../core/monitor/schema.ts';
import type { Queryable } from '../sql/database.ts';

/** A sentence for each variable that is missing, with the routes that need it. */
export async function unconfiguredRoutes(connection: Queryable, channels: Channels): Promise<string[]> {
  const { routes: installed } = await readInstallationSettings(connection);
  const own = (await listConfigurations(connection)).flatMap(({ model, configuration }) => {
    // What cannot be read says so where it is used.
    const { data } = alertSettingsSchema.safeParse(
      (configuration as { alerts?: unknown } | null)?.alerts ?? {},
    );
    return routesInOrder(model, data?.routes ?? [], installed);
  });
  const missing = new Map<string, { label: string; routes: Set<string> }>();
  for (const { id, route } of [...own, ...routesInOrder('', [], installed)]) {
    for (const mailbox of [route, ...route.fallback].flatMap(mailboxesOf)) {
      if (isConfigured(channels, mailbox)) continue;
      const setting = settingOf(mailbox.channel, mailbox.recipient);
      const { label } = channelTable[mailbox.channel];
      const { routes } = missing.get(setting) ?? { routes: new Set() };
      missing.set(setting, { label, routes: routes.add(id) });
    }
  }
  return [...missing].map(
    ([setting, { label, routes }]) =>
      `alerts of ${[...routes].join(', ')} are routed to ${label}, which is not configured: set ${setting} and restart the worker`,
  );
}
