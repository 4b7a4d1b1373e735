/** Of which monitors does a critical alert reach nobody, because no route takes it? */

import { readInstallationSettings } from '../../activities/alerts/installation-settings.ts';
import { listConfigurations } from '../../activities/monitors/store.ts';
import { alertKinds } from '../../core/alert/alert.ts';
import { recipientsOf, routesInOrder } from '../../core/alert/routes.ts';
import { alertSettingsSchema } from '../../core/monitor/schema.ts';
import { labelsSchema } from '../../core/alert/route-settings.ts';
import type { Queryable } from '../../sql/database.ts';

/** The models, sorted. One is reached if any kind of critical alert of it is told to anybody, at whatever hour. */
export async function unreachedModels(connection: Queryable): Promise<readonly string[]> {
  const { routes: installed } = await readInstallationSettings(connection);
  return (await listConfigurations(connection)).flatMap(({ model, configuration }) => {
    const written = (configuration ?? {}) as { readonly alerts?: unknown; readonly labels?: unknown };
    // What cannot be read says so where it is used.
    const own = alertSettingsSchema.safeParse(written.alerts ?? {}).data?.routes ?? [];
    const labels = labelsSchema.safeParse(written.labels ?? {}).data ?? {};
    const routes = routesInOrder(model, own, installed).map(({ id, route }) => ({
      id,
      route: { ...route, hours: undefined },
    }));
    const isReached = alertKinds.some(
      (kind) =>
        recipientsOf(routes, { model, kind, subject: 'any', severity: 'critical', labels, at: 0 }).length > 0,
    );
    return isReached ? [] : [model];
  });
}
