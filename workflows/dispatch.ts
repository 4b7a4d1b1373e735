/**
 * Where the activities of a run are carried out, and whose turn it is. An interceptor of each workflow: what it says of an activity is no part
 * of what a replay is held against, so that runs may begin with one configuration and go on with another.
 */

import type { ActivityOptions, WorkflowInterceptors } from '@temporalio/workflow';
import { workflowInfo } from '@temporalio/workflow';

import type { Activities } from '../activities/index.ts';
import { dayMs } from '../core/window.ts';
import { runSubject } from './run-log.ts';

/** Put before the code of the bundle by the worker; undefined: heavy activities go where all go. */
function heavyTaskQueue(): string | undefined {
  return (globalThis as { readonly tidewatchHeavyTaskQueue?: string }).tidewatchHeavyTaskQueue;
}

/** Those that read many rows, or compute for seconds and take memory. What a small model does every hour is not among them. */
const heavy: ReadonlySet<string> = new Set<keyof Activities>([
  'profileHours',
  'profilePart',
  'attachPart',
  'summarizePart',
  'calibrateDrift',
  'detectDrift',
  'estimatePerformance',
  'comparePerformance',
  'validateChallenger',
  'handOverReference',
]);
/** These too where a run computes a range of the past again. */
const heavyInBulk: ReadonlySet<string> = new Set<keyof Activities>([
  'attachActuals',
  'summarizeOutcomes',
  'restateWindows',
]);

/** Temporal knows 1, the most urgent, to 5; 3 is what others have that say nothing. */
const priorityOf = { people: 2, today: 3, past: 4 } as const;
/** Somebody waits for these. */
const forPeople: ReadonlySet<string> = new Set<keyof Activities>([
  'followAlert',
  'changeAlert',
  'deliverAlerts',
  'changeRetraining',
  'requestApproval',
  'wakeAlerts',
]);

/** Does the run compute the past again: a reprocessing, or a schedule backfill of more than a day ago? */
function isBulk(): boolean {
  const { workflowType, searchAttributes, startTime } = workflowInfo();
  if (workflowType === 'reprocessing') return true;
  const scheduled = searchAttributes['TemporalScheduledStartTime']?.[0];
  return scheduled instanceof Date && startTime.getTime() - scheduled.getTime() > dayMs;
}

/** What is said of one activity beside its timeouts. */
function placeOf(activityType: string, options: ActivityOptions): ActivityOptions {
  const { model } = runSubject();
  const bulk = isBulk();
  const priorityKey = forPeople.has(activityType)
    ? priorityOf.people
    : bulk
      ? priorityOf.past
      : priorityOf.today;
  const queue = heavyTaskQueue();
  const goesThere = heavy.has(activityType) || (bulk && heavyInBulk.has(activityType));
  return {
    ...options,
    // Where many tasks wait, each model gets its turn: one with a thousand tasks does not hold up one with a single one.
    priority: { priorityKey, ...(model !== undefined && { fairnessKey: model }), ...options.priority },
    // A trainer's queue is the user's own.
    ...(options.taskQueue === undefined && queue !== undefined && goesThere && { taskQueue: queue }),
  };
}

export function interceptors(): WorkflowInterceptors {
  return {
    outbound: [
      {
        scheduleActivity: (input, next) =>
          next({ ...input, options: placeOf(input.activityType, input.options) }),
      },
    ],
  };
}
