/** What the monitor of a model says about alerts. */

import type { AlertKind } from '../../core/alert/alert.ts';
import { lifeRules } from '../../core/alert/rules.ts';
import type { LifeRules } from '../../core/alert/rules.ts';
import { mismatchOf, routesInOrder, routeTo } from '../../core/alert/routes.ts';
import type { AlertToRoute, Mailbox } from '../../core/alert/routes.ts';
import { alertSettingsSchema } from '../../core/monitor/schema.ts';
import type { AlertSettings } from '../../core/monitor/schema.ts';
import type { Queryable } from '../../sql/database.ts';
import { findMonitor } from '../monitors/store.ts';
import type { StoredAlert } from '../../core/alert/stored-alert.ts';
import { readInstallationSettings } from './installation-settings.ts';

/**
 * The settings that hold for an alert. That messages are not taken is told where it was first told: the routes of the
 * monitor lead to the channel that fails.
 */
export async function alertSettingsOf(
  connection: Queryable,
  { model, alertKey, kind, life: { episode } }: StoredAlert,
): Promise<AlertSettings> {
  const settings = await modelSettings(connection, model);
  if (kind !== 'delivery-failing') return settings;
  const takers = await connection.query<Record<string, unknown> & Mailbox>(
    `select channel, recipient from alert_deliveries
     where model = $1 and alert_key = $2 and episode = $3
     order by recorded_at
     limit 1`,
    [model, alertKey, episode],
  );
  return { ...settings, routes: [...takers.map(routeTo), ...settings.routes] };
}

/**
 * The settings of a model; of one that is not watched any more: its alerts are told to nobody. The rest of the monitor is not decoded,
 * which takes twenty times as long.
 *
 * @throws TidewatchError `UNREADABLE_MONITOR`
 */
export async function modelSettings(connection: Queryable, model: string): Promise<AlertSettings> {
  const [row] = await connection.query<{ settings: unknown }>(
    `select coalesce(configuration -> 'alerts', '{}') as settings from monitors where model = $1`,
    [model],
  );
  const decoded = alertSettingsSchema.safeParse(row?.settings ?? {});
  // Says what is wrong.
  return decoded.success ? decoded.data : (await findMonitor(connection, model)).monitor.alerts;
}

/** The rules of the life of an alert. */
export async function lifeRulesOf(
  connection: Queryable,
  { model, kind }: Pick<AlertToRoute, 'model' | 'kind'>,
  settings: AlertSettings,
): Promise<LifeRules> {
  const rulesOf = await lifeRulesOfKinds(connection, model, settings);
  return rulesOf(kind);
}

/** The same for each kind of alert of a model. Routes are taken by severity, kind and model: others may fit at another hour. */
export async function lifeRulesOfKinds(
  connection: Queryable,
  model: string,
  { life, routes }: AlertSettings,
): Promise<(kind: AlertKind) => LifeRules> {
  const installed = await readInstallationSettings(connection);
  const known = new Map<AlertKind, LifeRules>();
  const rulesOf = (kind: AlertKind): LifeRules => {
    const fitting = routesInOrder(model, routes, installed.routes).flatMap(({ route }) => {
      const { labels: _, hours: __, unacknowledgedFor: ___, ...rest } = route;
      const alert = { model, kind, subject: '', severity: route.severity[0]!, labels: {}, at: 0 };
      return mismatchOf(rest, alert) === null ? [route] : [];
    });
    return lifeRules(kind, life, fitting);
  };
  return (kind) => {
    const rules = known.get(kind) ?? rulesOf(kind);
    known.set(kind, rules);
    return rules;
  };
}
