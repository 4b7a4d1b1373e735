import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  currentUpdateInfo,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';

import type { AlertChangeName } from '../core/alert/change.ts';
import { deploymentName } from '../core/process/deployment-name.ts';
import { alertUpdates } from './alert-updates.ts';
import type { AlertUpdateRequest } from './alert-updates.ts';
import { decodeInput, decodeUpdate } from './input.ts';
import { alerts, messages } from './steps.ts';
import type { ResultOf } from './steps.ts';

/** Something happened to the alert: there are messages to deliver. */
const alertChanged = defineSignal('alertChanged');
/** How the alert stands; null before it was read, and where there is none. */
const alertQuery = defineQuery<AlertView | null>('alert');

type AlertView = ResultOf<'changeAlert'>;
type AlertName = Parameters<typeof alerts.followAlert>[0];

/** Events of one run: a worker that takes it over reads them all. */
const longestHistory = 1_000;
/** What is under way when the alert changes may still end by itself: a message takes seconds. */
const patienceMs = 30_000;
/** Who is told that something is due already does not ask without a break. */
const shortestWaitMs = 1_000;

/** An alert may be open for months: where runs are pinned to the build that began them, this one goes on with the newest. */
setWorkflowOptions(
  () =>
    workflowInfo().currentDeploymentVersion?.deploymentName === deploymentName.pinned
      ? { versioningBehavior: 'AUTO_UPGRADE' }
      : {},
  alertLifecycle,
);

/**
 * One run an alert key, from its opening to its resolution: delivers what there is to tell, repeats it, ends snoozes, and takes
 * the updates `acknowledge`, `snooze`, `resolve` and `comment`, each answered with how the alert stands then.
 *
 * Guaranteed: `alerts` is the truth, so that a run that is lost is made again by whoever signals or updates it; an update is carried out
 * once; a channel that is down delays its own messages only, never the process that opened the alert.
 */
export async function alertLifecycle(input: unknown): Promise<{ delivered: number }> {
  const { model, alertKey, carried } = decodeInput('alertLifecycle', input);
  const name = { model, alertKey };
  let delivered = carried?.delivered ?? 0;
  let alert: AlertView | null = null;
  let changes = 0;

  setHandler(alertQuery, () => alert);
  setHandler(alertChanged, () => {
    changes += 1;
  });
  for (const update of alertUpdates) {
    handleUpdate(update, async (request) => {
      alert = await alerts.changeAlert({ ...name, change: update, ...request });
      changes += 1;
      return alert;
    });
  }

  for (;;) {
    const seen = changes;
    const followed = await alerts.followAlert(name);
    alert = followed.alert;
    const dueAt = Date.now() + (followed.dueInMs ?? Infinity);
    const outcome = await deliver(name, () => changes > seen, dueAt);
    delivered += outcome?.delivered ?? 0;
    const nextDelivery = Date.now() + (outcome?.dueInMs ?? Infinity);
    const isSettled = changes === seen && outcome !== null;
    const isOver = alert === null || alert.state === 'resolved';
    if (isSettled && isOver && nextDelivery === Infinity) {
      await condition(allHandlersFinished);
      // A signal that comes while the run completes is not lost: the server then asks for this decision again.
      if (changes === seen) return { delivered };
    }
    if (workflowInfo().historyLength > longestHistory) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof alertLifecycle>({ ...name, carried: { delivered } });
    }
    if (isSettled) await sleepUntil(Math.min(dueAt, nextDelivery), () => changes > seen);
  }
}

type Request = AlertUpdateRequest<AlertChangeName> & { readonly updateId: string };

function handleUpdate(update: AlertChangeName, change: (request: Request) => Promise<AlertView>): void {
  setHandler(
    defineUpdate<AlertView, [unknown]>(update),
    async (request) => change({ ...decodeUpdate(update, request), updateId: currentUpdateInfo()!.id }),
    { validator: (request) => void decodeUpdate(update, request) },
  );
}

/**
 * Delivers what there is; a channel that is down is tried again for as long as the alert stays as it is. Null when that was cut short
 * because it has changed, or something else is due: other channels must not wait.
 */
async function deliver(
  name: AlertName,
  isChanged: () => boolean,
  dueAt: number,
): Promise<ResultOf<'deliverAlerts'> | null> {
  const scope = new CancellationScope();
  let hasEnded = false;
  const delivering = scope
    .run(() => messages.deliverAlerts(name))
    .catch((error: unknown) => {
      if (isCancellation(error)) return null;
      throw error;
    })
    .finally(() => {
      hasEnded = true;
    });
  // Whoever awaits it below may come a moment after it has failed.
  delivering.catch(() => {});
  await sleepUntil(dueAt, () => hasEnded || isChanged());
  if (!hasEnded) await condition(() => hasEnded, patienceMs);
  if (!hasEnded) scope.cancel();
  return delivering;
}

/** Infinity: until the condition holds. */
async function sleepUntil(instant: number, isAwake: () => boolean): Promise<void> {
  if (instant === Infinity) await condition(isAwake);
  else await condition(isAwake, Math.max(shortestWaitMs, instant - Date.now()));
}
