/** The activities that workflows call, with the time each may take. */

import type { ActivityOptions } from '@temporalio/workflow';
import {
  ActivityCancellationType,
  ActivityFailure,
  isCancellation,
  log,
  proxyActivities,
} from '@temporalio/workflow';

import type { Activities } from '../activities/index.ts';
import { hourMs, parseInstant } from '../core/window.ts';

const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' } as const;

/** Long scans: they heartbeat a resume point, so a lost worker costs a minute, not the scan. */
const scan: ActivityOptions = {
  startToCloseTimeout: '6h',
  scheduleToCloseTimeout: '24h',
  heartbeatTimeout: '2m',
  retry,
};
/** Seconds of work each. Away for a day is the outage that a daily process must survive. */
const decide: ActivityOptions = { startToCloseTimeout: '15m', scheduleToCloseTimeout: '24h', retry };
/** A registry shows the newest stored state: after ten minutes the next step's entry serves as well. */
const register: ActivityOptions = { startToCloseTimeout: '30s', scheduleToCloseTimeout: '10m', retry };
/**
 * A result and people wait behind it: not bounded by time, which a busy worker may use up before the first try, but by tries. One that is
 * refused takes milliseconds, one without an answer five seconds.
 */
const push: ActivityOptions = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '10m',
  retry: { ...retry, maximumAttempts: 2 },
};
/** Nothing waits for it. Each try of a thousand models takes a slot of the worker, for five seconds where nobody answers. */
const pushLater: ActivityOptions = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '24h',
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumInterval: '5m' },
};
/** The next run looks again: nothing waits longer for it. */
const look: ActivityOptions = { startToCloseTimeout: '30s', scheduleToCloseTimeout: '1m', retry };
/** A few rows of one alert: a lost worker must not keep people waiting for longer. */
const follow: ActivityOptions = { startToCloseTimeout: '1m', scheduleToCloseTimeout: '14d', retry };
/** A message is tried for as long as somebody may still want it. */
const deliver: ActivityOptions = {
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '14d',
  retry: { ...retry, maximumInterval: '15m' },
  // A message that is under way is sent to its end: its claim keeps others from sending it.
  cancellationType: ActivityCancellationType.TRY_CANCEL,
};

/** News of last week: who has not got it after a day finds it among the reports. */
const post: ActivityOptions = {
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '24h',
  retry: { ...retry, maximumInterval: '15m' },
};

export const scans =
  proxyActivities<
    Pick<
      Activities,
      | 'attachActuals'
      | 'attachPart'
      | 'summarizeOutcomes'
      | 'summarizePart'
      | 'profileHours'
      | 'profilePart'
      | 'calibrateDrift'
      | 'handOverReference'
      | 'makePartitions'
      | 'applyRetention'
    >
  >(scan);

export const decisions =
  proxyActivities<
    Pick<
      Activities,
      | 'detectDrift'
      | 'evaluatePerformance'
      | 'restateWindows'
      | 'estimatePerformance'
      | 'comparePerformance'
      | 'checkDegradation'
      | 'beginRetraining'
      | 'planTraining'
      | 'startTraining'
      | 'readTraining'
      | 'recordChallenger'
      | 'cancelTraining'
      | 'validateChallenger'
      | 'requestApproval'
      | 'followRollout'
      | 'verifyPromotion'
      | 'concludeRetraining'
      | 'abandonRetraining'
      | 'changeRetraining'
      | 'wakeAlerts'
      | 'writeReport'
      | 'concludeMaintenance'
    >
  >(decide);

/**
 * The promotion hook may take a day, `longestHookMs`, and be asked again for two more. What is taken back must not be promoted a moment
 * later: a cancellation waits for the end of the try that is under way.
 */
export const promotions = proxyActivities<Pick<Activities, 'promoteChallenger' | 'revertPromotion'>>({
  startToCloseTimeout: '25h',
  scheduleToCloseTimeout: '3d',
  heartbeatTimeout: '30s',
  retry,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

export const alerts = proxyActivities<Pick<Activities, 'followAlert' | 'changeAlert'>>(follow);

export const messages = proxyActivities<Pick<Activities, 'deliverAlerts'>>(deliver);

export const reports = proxyActivities<Pick<Activities, 'sendReport'>>(post);

export const pushes = proxyActivities<Pick<Activities, 'pushMetrics'>>(push);

export const laterPushes = proxyActivities<Pick<Activities, 'pushMetrics'>>(pushLater);

const registrations = proxyActivities<Pick<Activities, 'recordInMlflow'>>(register);

const looks = proxyActivities<Pick<Activities, 'watchProcesses' | 'lookAtTrainer'>>(look);

/** The result of an activity. */
export type ResultOf<Name extends keyof Activities> = Awaited<ReturnType<Activities[Name]>>;

/** Brings MLflow up to date, where a monitor names one. One that stays away is brought up to date by the next step. */
export async function recordInMlflow(key: Parameters<Activities['recordInMlflow']>[0]): Promise<void> {
  try {
    await registrations.recordInMlflow(key);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    log.warn('MLflow was not told; the next step tells it', { cause: error.cause?.message });
  }
}

/** What was known last of a trainer; null also where that cannot be found out now. */
export async function lookAtTrainer(key: Parameters<Activities['lookAtTrainer']>[0]): Promise<string | null> {
  try {
    return (await looks.lookAtTrainer(key)).known;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return null;
  }
}

/** Wakes the life cycles of alerts that have something to do. */
export async function wakeAlerts(model: string, alertKeys: readonly string[]): Promise<void> {
  if (alertKeys.length > 0) await decisions.wakeAlerts({ model, alertKeys });
}

/**
 * Looks after the processes of a model, its own included: before the work, which may hang. A run that is more than an hour late does not: it
 * makes up the past, or for a time in which all were away, and the others are about to. To look in vain fails no run.
 */
export async function watchProcesses({ model, asOf }: { model: string; asOf: string }): Promise<void> {
  if (Date.now() - parseInstant(asOf) > hourMs) return;
  try {
    await looks.watchProcesses({ model });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('nobody looked after the processes; the next run does', { cause: error.cause?.message });
  }
}
