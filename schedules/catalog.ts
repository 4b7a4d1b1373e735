/**
 * Schedules as code: which schedules a monitor has. Pure, so that they can be compared with what the server holds. Their
 * cron expressions and the defaults of these are in core/monitor/schema.ts.
 */

import type { Monitor, ScheduledProcess } from '../core/monitor/schema.ts';
import {
  enabledProcesses,
  processWithId,
  scheduledProcessIds,
  scheduleId,
} from '../core/process/scheduled.ts';
import type { ScheduledProcessId } from '../core/process/scheduled.ts';
import { installation, storageMaintenanceId } from '../core/storage/settings.ts';
import { dayMs, durationMs } from '../core/window.ts';

/** One schedule of one monitor, as plain data. */
export interface ScheduleDefinition {
  /** `<process>:<model>`; also the workflow id, to which the server appends the scheduled time. */
  readonly scheduleId: string;
  /** Whose it is; `_installation` for what is about all. */
  readonly model: string;
  readonly workflowType: string;
  /** The one JSON object that the workflow takes. */
  readonly input: { readonly model?: string; readonly current?: string };
  /** Five fields, read in `timeZone`. Day of the month and day of the week must both match. */
  readonly cron: string;
  readonly timeZone: string;
  /** Runs start up to this much later, in milliseconds, and each schedule as much later every time; 0 for at once. */
  readonly jitterMs: number;
  readonly overlap: Overlap;
  /** Runs missed while the server was away are caught up on if they are at most this late, in milliseconds. */
  readonly catchupWindowMs: number;
  /** What its runs are for, as the Temporal UI shows it of each. */
  readonly summary: string;
  /** Whether its runs show their window and verdict in the list of runs, where the namespace has the search attributes. */
  readonly showsVerdict: boolean;
  /** A failed run is no reason to stop watching: always false. */
  readonly pauseOnFailure: boolean;
}

/**
 * What happens to a run that is due while the last one still runs.
 *
 * `BUFFER_ALL`: it waits for its turn. Each run of these processes speaks for its own window, and a schedule backfill makes
 * many runs due at the same moment: the server's default, SKIP, would drop all but one of them.
 *
 * `BUFFER_ONE`: one waits, the others are dropped. An actuals backfill takes everything that arrived since the last one, so
 * the run that waits does the work of those dropped; after an outage of a week it makes 2 runs a model instead of 168.
 */
type Overlap = 'BUFFER_ALL' | 'BUFFER_ONE';

/** What a run of a process is, whoever starts it. */
interface Action {
  readonly workflowType:
    | 'actualsBackfill'
    | 'driftDetection'
    | 'performanceEvaluation'
    | 'degradationCheck'
    | 'weeklyReport'
    | 'storageMaintenance';
  readonly overlap: Overlap;
  readonly input?: { readonly current: string };
  readonly summary: string;
  readonly showsVerdict?: true;
}

const actions: Readonly<Record<ScheduledProcess, Action>> = {
  actualsBackfill: {
    workflowType: 'actualsBackfill',
    overlap: 'BUFFER_ONE',
    summary: 'Attaches actuals that have arrived',
  },
  driftDetection: {
    workflowType: 'driftDetection',
    overlap: 'BUFFER_ALL',
    summary: 'Has the data drifted?',
    showsVerdict: true,
  },
  hourlyDriftDetection: {
    workflowType: 'driftDetection',
    overlap: 'BUFFER_ALL',
    input: { current: '24h' },
    summary: 'Has the data of the last 24 hours drifted?',
    showsVerdict: true,
  },
  performanceEvaluation: {
    workflowType: 'performanceEvaluation',
    overlap: 'BUFFER_ALL',
    summary: 'How good is the model, and what has been restated?',
  },
  degradationCheck: {
    workflowType: 'degradationCheck',
    overlap: 'BUFFER_ALL',
    summary: 'Has the model degraded?',
    showsVerdict: true,
  },
  weeklyReport: {
    workflowType: 'weeklyReport',
    overlap: 'BUFFER_ALL',
    summary: 'Writes the performance report of the week',
  },
};

/** What a run of a process is that is started by hand. */
export function actionOf(process: RunnableProcess): Omit<Action, 'overlap'> {
  return process === storageMaintenanceId
    ? { workflowType: 'storageMaintenance', summary: storageSummary }
    : actions[processWithId(process)];
}

/** What can be started by hand as its schedule would start it. */
export type RunnableProcess = ScheduledProcessId | typeof storageMaintenanceId;

/** What `storageMaintenance` is for, as the Temporal UI shows it. */
const storageSummary = 'Makes partitions ahead, and keeps the storage in order';

/** The server takes no shorter catch-up window and would report this one instead. */
const shortestCatchupMs = 10_000;

/**
 * Which schedules does a monitor have? One for each process that its `schedules` section leaves enabled, in a fixed order.
 *
 * @example schedulesOf(monitor).map(({ scheduleId }) => scheduleId)
 * // ['actuals-backfill:bike-demand', 'drift-detection:bike-demand', 'performance-evaluation:bike-demand', ...]
 */
export function schedulesOf(monitor: Monitor): readonly ScheduleDefinition[] {
  const { model } = monitor;
  const { jitter = '0m' } = monitor.schedules;
  return enabledProcesses(monitor).map(({ name, id, cron, timeZone, catchupWindow }) => {
    const { workflowType, overlap, input, summary, showsVerdict = false } = actions[name];
    return {
      scheduleId: scheduleId(id, model),
      model,
      workflowType,
      input: { model, ...input },
      cron,
      timeZone,
      jitterMs: durationMs(jitter),
      overlap,
      catchupWindowMs: Math.max(durationMs(catchupWindow), shortestCatchupMs),
      summary: `${model}: ${summary}`,
      showsVerdict,
      pauseOnFailure: false,
    };
  });
}

/**
 * The schedule of the installation: nightly, before the daily processes. Its id ends with the task queue, so that several installations
 * can share a namespace.
 *
 * @example storageSchedule('tidewatch').scheduleId // 'storage-maintenance:tidewatch'
 */
export function storageSchedule(taskQueue: string): ScheduleDefinition {
  return {
    scheduleId: `${storageMaintenanceId}:${taskQueue}`,
    model: installation,
    workflowType: 'storageMaintenance',
    input: {},
    cron: '30 2 * * *',
    timeZone: 'UTC',
    jitterMs: 0,
    // The next run does all that this one would have done.
    overlap: 'BUFFER_ONE',
    catchupWindowMs: dayMs,
    summary: storageSummary,
    showsVerdict: false,
    pauseOnFailure: false,
  };
}

/** The ids of every schedule that a model could have, enabled or not. */
export function scheduleIdsOf(model: string): readonly string[] {
  return scheduledProcessIds.map((id) => scheduleId(id, model));
}
