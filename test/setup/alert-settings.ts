import type { Routes } from '../../core/alert/route-settings.ts';
import { alertLifeSchema } from '../../core/alert/life-settings.ts';
import type { AlertSettings } from '../../core/monitor/schema.ts';

/** Alerts that are told by these routes, and resolved by the first good news unless `life` says otherwise. */
export function alertsTo(
  routes: Routes,
  life: Parameters<typeof alertLifeSchema.parse>[0] = { resolveAfter: 1 },
): AlertSettings {
  return { routes: [...routes], life: alertLifeSchema.parse(life) };
}
