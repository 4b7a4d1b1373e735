/** Does the Pushgateway hold what the processes have to show, and nothing else? */

import { noPushgateway, type HeldGroup } from '../../activities/metrics/pushgateway.ts';
import { listMonitors } from '../../activities/monitors/store.ts';
import { minuteText } from '../../core/process/dead-man.ts';
import { enabledProcesses } from '../../core/process/scheduled.ts';
import { installation, storageMaintenanceId } from '../../core/storage/settings.ts';
import { hourMs, minuteMs } from '../../core/window.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';

export async function readPushgateway({ pushgateway }: Sources): Promise<'answers' | 'not configured'> {
  if (pushgateway === undefined) return 'not configured';
  await pushgateway.check();
  return 'answers';
}

/** To do without one is a choice, and no fault. */
export function judgePushgateway(state: 'answers' | 'not configured'): Finding {
  return { level: 'ok', words: state === 'answers' ? 'answers' : `none: ${noPushgateway}` };
}

interface Success {
  readonly process: string;
  readonly model: string;
  readonly at: number;
}

interface Pushes {
  readonly now: number;
  readonly url: string;
  readonly held: readonly HeldGroup[];
  /** When the processes that the monitors schedule last succeeded. */
  readonly succeeded: readonly Success[];
  readonly models: readonly string[];
}

export async function readPushes({
  database,
  pushgateway,
  environment,
  now,
}: Sources): Promise<Pushes | null> {
  const url = environment.configuration.pushgatewayUrl;
  if (pushgateway === undefined || url === undefined) return null;
  const { monitors, unreadable } = await listMonitors(database);
  const ofStorage = { process: storageMaintenanceId, model: installation };
  const wanted = new Set([
    nameOf(ofStorage),
    ...monitors.flatMap(({ monitor }) =>
      enabledProcesses(monitor).map(({ id }) => nameOf({ process: id, model: monitor.model })),
    ),
  ]);
  const succeeded = await database.query<Success & Record<string, unknown>>(
    `select process, model, succeeded_at as at from process_watermarks where succeeded_at is not null
     order by model, process`,
  );
  return {
    now: now(),
    url: url.replace(/\/+$/, ''),
    held: await pushgateway.listGroups(),
    succeeded: succeeded.filter((success) => wanted.has(nameOf(success))),
    models: [
      installation,
      ...monitors.map(({ monitor }) => monitor.model),
      // They are watched, whatever their monitors say.
      ...unreadable.map(({ model }) => model),
    ],
  };
}

const patienceMs = 5 * minuteMs;

/** @param pushes null where there is no Pushgateway */
export function judgePushes(pushes: Pushes | null): Finding {
  if (pushes === null) return { level: 'ok', words: 'none, as there is no Pushgateway' };
  const { now, url, held, succeeded, models } = pushes;
  const groups = new Map(held.map((group) => [nameOf(group), group]));
  const watched = new Set(models);
  const retired = held.filter(({ model }) => !watched.has(model));
  const stale = succeeded.flatMap(({ at, ...of }) => {
    const group = groups.get(nameOf(of));
    // It is pushed right after the success.
    if (group === undefined && now - at < patienceMs) return [];
    if (group === undefined)
      return [`${nameOf(of)} succeeded at ${minuteText(at)}, and nothing of it is held`];
    if ((group.refusedAt ?? 0) > group.pushedAt)
      return [`${nameOf(of)}: a push was refused at ${minuteText(group.refusedAt ?? 0)}`];
    return at - group.pushedAt > hourMs
      ? [`${nameOf(of)} succeeded at ${minuteText(at)}, and was last pushed at ${minuteText(group.pushedAt)}`]
      : [];
  });
  if (stale.length + retired.length === 0)
    return { level: 'ok', words: `${held.length} groups, each as new as the last success of its process` };
  const [gone] = retired;
  const fixes = [
    ...(stale.length > 0 ? ['is PUSHGATEWAY_URL of the worker this one? Trigger the schedules named'] : []),
    ...(gone === undefined ? [] : [`curl -X DELETE ${pathOf(url, gone)}`]),
  ];
  return {
    level: 'warning',
    words: [
      ...(stale.length > 0 ? [`${stale.length} stale or missing`] : []),
      ...(retired.length > 0 ? [`${retired.length} of models that are not watched`] : []),
    ].join(', '),
    details: [...stale, ...retired.map((group) => `${nameOf(group)}: nothing watches ${group.model}`)],
    fix: fixes.join('; '),
  };
}

function nameOf({ process, model }: Pick<HeldGroup, 'process' | 'model'>): string {
  return `${process}:${model}`;
}

/** Without the credentials that the URL may have, and fit for a shell whatever was pushed. */
function pathOf(url: string, { process, model }: HeldGroup): string {
  const { origin, pathname } = new URL(url);
  const [of, name] = [process, model].map((label) => encodeURIComponent(label).replaceAll("'", '%27'));
  return `'${origin}${pathname.replace(/\/$/, '')}/metrics/job/tidewatch/process/${of}/model/${name}'`;
}
