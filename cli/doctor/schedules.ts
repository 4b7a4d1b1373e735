/** Has Temporal the schedules that the stored monitors want, and do they run? */

import { listMonitors } from '../../activities/monitors/store.ts';
import { installation, storageMaintenanceId } from '../../core/storage/settings.ts';
import { scheduleIdsOf, schedulesOf, storageSchedule } from '../../schedules/catalog.ts';
import { planSchedules, type ScheduleChange } from '../../schedules/reconciler.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';

interface Schedules {
  readonly models: number;
  readonly plan: readonly ScheduleChange[];
}

export async function readSchedules({ database, temporal, environment }: Sources): Promise<Schedules> {
  const { monitors, unreadable } = await listMonitors(database);
  const { taskQueue } = environment.configuration.temporal;
  const ofMonitors = monitors.flatMap(({ monitor }) => schedulesOf(monitor));
  const desired =
    monitors.length + unreadable.length === 0 ? [] : [...ofMonitors, storageSchedule(taskQueue)];
  const plan = await planSchedules(await temporal(), desired, { taskQueue, models: 'all' });
  // Nobody knows which schedules a monitor wants that cannot be read: those that there are stay.
  const unknown = new Set(unreadable.flatMap(({ model }) => scheduleIdsOf(model)));
  return { models: monitors.length, plan: plan.filter(({ scheduleId }) => !unknown.has(scheduleId)) };
}

export function judgeSchedules({ models, plan }: Schedules): Finding {
  if (plan.length === 0 && models === 0)
    return {
      level: 'warning',
      words: 'nothing is watched yet',
      fix: 'write monitors/<model>.yaml, then: tidewatch apply',
    };
  const wrong = plan.filter(({ change }) => change !== 'unchanged');
  const paused = plan.filter((change) => 'paused' in change && change.paused);
  const missing = plan.filter(({ change }) => change === 'create');
  if (wrong.length + paused.length === 0)
    return {
      level: 'ok',
      words: `${plan.filter(isOfModel).length} of ${models === 1 ? 'one model' : `${models} models`}, as the monitors have them, none paused`,
    };
  const [first] = paused.filter(isOfModel);
  const fixes = [
    ...(wrong.length > 0 ? ['tidewatch apply'] : []),
    ...(first === undefined
      ? []
      : [`tidewatch resume ${first.scheduleId.slice(first.scheduleId.indexOf(':') + 1)}`]),
    ...(paused.every(isOfModel) ? [] : [`tidewatch resume ${installation}`]),
  ];
  return {
    level: missing.length > 0 ? 'critical' : 'warning',
    words: [
      counted(missing.length, 'missing'),
      counted(wrong.filter(({ change }) => change === 'update').length, 'not as the monitor has it'),
      counted(wrong.filter(({ change }) => change === 'delete').length, 'of no monitor'),
      counted(paused.length, 'paused'),
    ]
      .filter((part) => part !== '')
      .join(', '),
    details: plan.flatMap(problemsOf),
    fix: fixes.join('; '),
  };
}

/** But for that of the storage, each is of one model. */
function isOfModel({ scheduleId }: ScheduleChange): boolean {
  return !scheduleId.startsWith(`${storageMaintenanceId}:`);
}

function counted(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}`;
}

function problemsOf(change: ScheduleChange): string[] {
  const { scheduleId } = change;
  const why = 'note' in change && change.note !== undefined ? `: ${change.note}` : '';
  const paused = 'paused' in change && change.paused ? [`${scheduleId} is paused${why}`] : [];
  switch (change.change) {
    case 'create':
      return [`${scheduleId} is missing`];
    case 'delete':
      return [`${scheduleId} is of no monitor; tidewatch apply --prune deletes it`];
    case 'update': {
      const fields = change.differences.map(({ field, from, to }) => `${field} ${from} instead of ${to}`);
      return [`${scheduleId} has ${fields.join(', ')}`, ...paused];
    }
    case 'unchanged':
      return paused;
  }
}
