/** What of the settings of alerts is allowed and hardly meant, beside the monitors that there are and at this time. */

import type { StoredConfiguration } from '../activities/monitors/store.ts';
import type { InstallationSettings } from '../core/alert/installation-settings.ts';
import type { Labels, Route, Routes } from '../core/alert/route-settings.ts';
import { routeWarnings } from '../core/alert/route-warnings.ts';
import { fitsPattern } from '../core/alert/routes.ts';
import type { Monitor } from '../core/monitor/schema.ts';
import { monitorSchema } from '../core/monitor/schema.ts';
import { nearest } from './nearest.ts';
import { quoted } from './quoted.ts';

/** What routes tell monitors by. */
export interface Watched {
  readonly model: string;
  readonly labels: Labels;
}

type Filter = Partial<Pick<Route, 'model' | 'labels'>>;

/** The monitors that are watched after an apply: those of the files, and without pruning those whose file is gone. */
export function watchedAfter(
  monitors: readonly Monitor[],
  stored: readonly StoredConfiguration[],
  orphans: 'prune' | 'keep',
): readonly Watched[] {
  const written = new Set(monitors.map(({ model }) => model));
  const kept = orphans === 'prune' ? [] : stored.filter(({ model }) => !written.has(model));
  return [
    ...monitors,
    ...kept.map(({ model, configuration }) => ({
      model,
      labels: monitorSchema.safeParse(configuration).data?.labels ?? {},
    })),
  ];
}

/** What is odd about the routes of a monitor, which see no alerts but its own: a sentence each. */
export function ownRouteWarnings(routes: Routes, monitor: Watched): readonly string[] {
  return [
    ...routeWarnings(routes),
    ...routes.flatMap((route, index) =>
      typeof route === 'string' || fits(route, monitor)
        ? []
        : [`route ${index + 1} takes no alert: its model or its labels are not those of ${monitor.model}`],
    ),
  ];
}

/** Which models and labels of `alerts.yaml` does no monitor have? None are odd as long as there is no monitor. */
export function misfitWarnings(
  { routes, maintenance }: Pick<InstallationSettings, 'routes' | 'maintenance'>,
  watched: readonly Watched[],
): readonly string[] {
  if (watched.length === 0) return [];
  return [
    ...routes.flatMap((route, index) => misfits(`route ${index + 1}`, route, watched)),
    ...maintenance.flatMap((window, index) => misfits(`maintenance ${index + 1}`, window, watched)),
  ];
}

/** Which maintenance is over at an instant, in epoch milliseconds? */
export function overWarnings(
  { maintenance }: Pick<InstallationSettings, 'maintenance'>,
  now: number,
): readonly string[] {
  return maintenance.flatMap(({ to }, index) =>
    Date.parse(to) <= now ? [`maintenance ${index + 1} holds back nothing: it ended at ${to}`] : [],
  );
}

function misfits(place: string, filter: Filter, watched: readonly Watched[]): readonly string[] {
  const models = watched.map(({ model }) => model);
  const labelNames = watched.flatMap(({ labels }) => Object.keys(labels));
  const found = [
    ...[filter.model ?? []]
      .flat()
      .filter((pattern) => !models.some((model) => fitsPattern(pattern, model)))
      .map((pattern) => `model ${quoted(pattern)} fits no monitor${hint(pattern, models)}`),
    ...Object.entries(filter.labels ?? {}).flatMap(([name, values]) => {
      const known = watched.flatMap(({ labels }) => labels[name] ?? []);
      if (known.length === 0) return [`no monitor has a label ${quoted(name)}${hint(name, labelNames)}`];
      return [values]
        .flat()
        .filter((value) => !known.includes(value))
        .map((value) => `no monitor has the label ${name}: ${quoted(value)}${hint(value, known)}`);
    }),
  ];
  const apart = 'fits no monitor: none has both its model and its labels';
  return found.length > 0 || watched.some((monitor) => fits(filter, monitor))
    ? found.map((text) => `${place}: ${text}`)
    : [`${place} ${apart}`];
}

function fits({ model = '*', labels = {} }: Filter, monitor: Watched): boolean {
  return (
    [model].flat().some((pattern) => fitsPattern(pattern, monitor.model)) &&
    Object.entries(labels).every(([name, values]) =>
      [values].flat().some((value) => value === monitor.labels[name]),
    )
  );
}

function hint(text: string, known: readonly string[]): string {
  const near = nearest(text, known);
  return near === undefined ? '' : `; did you mean ${quoted(near)}?`;
}
