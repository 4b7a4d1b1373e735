/** The processes of a monitor that its schedules start. */

import type { Monitor, ScheduledProcess } from '../monitor/schema.ts';

const ids = {
  actualsBackfill: 'actuals-backfill',
  driftDetection: 'drift-detection',
  hourlyDriftDetection: 'hourly-drift-detection',
  performanceEvaluation: 'performance-evaluation',
  degradationCheck: 'degradation-check',
  weeklyReport: 'weekly-report',
} as const satisfies Readonly<Record<ScheduledProcess, string>>;

export type ScheduledProcessId = (typeof ids)[ScheduledProcess];

/** When a process is to run. */
export interface ProcessTimes {
  /** Five fields, read in `timeZone`. Day of the month and day of the week must both match. */
  readonly cron: string;
  readonly timeZone: string;
}

export interface EnabledProcess extends ProcessTimes {
  readonly name: ScheduledProcess;
  readonly id: ScheduledProcessId;
  readonly catchupWindow: string;
}

/** The ids of all processes that a monitor may have schedules of, in a fixed order. */
export const scheduledProcessIds: readonly ScheduledProcessId[] = Object.values(ids);

/**
 * The process with this id.
 *
 * @example processWithId('drift-detection') // 'driftDetection'
 */
export function processWithId(id: ScheduledProcessId): ScheduledProcess {
  return (Object.keys(ids) as ScheduledProcess[]).find((name) => ids[name] === id)!;
}

/**
 * Which processes does a monitor schedule? Those that its `schedules` section leaves enabled, in a fixed order; the weekly report by
 * default where somebody gets it.
 *
 * @example
 * const monitor = monitorSchema.parse({
 *   model: 'bike-demand', task: 'regression', features: { hum: { kind: 'continuous' } }, reference: { kind: 'rolling' },
 * });
 * enabledProcesses(monitor).map(({ id }) => id)
 * // ['actuals-backfill', 'drift-detection', 'performance-evaluation', 'degradation-check']
 */
export function enabledProcesses({
  schedules,
  report,
}: Pick<Monitor, 'schedules' | 'report'>): readonly EnabledProcess[] {
  return (Object.keys(ids) as ScheduledProcess[]).flatMap((name) => {
    const { enabled = report.recipients.length > 0, ...times } = schedules[name];
    return enabled ? [{ name, id: ids[name], ...times }] : [];
  });
}

/**
 * The id of a process's schedule, and the prefix of the ids of its workflows.
 *
 * @example scheduleId('drift-detection', 'bike-demand') // 'drift-detection:bike-demand'
 */
export function scheduleId(process: ScheduledProcessId, model: string): string {
  return `${process}:${model}`;
}
