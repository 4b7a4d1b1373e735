/** Has the challenger of a retraining trained, by whatever kind of trainer its monitor names, and waits for it. */

import { rawValueTypeInfo, type RawValue } from '@temporalio/common';
import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  condition,
  defineSignal,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';

import { reasonOf } from '../core/errors.ts';
import type {
  TrainingAnswer,
  TrainingRunning,
  TrainingSucceeded,
} from '../core/retraining/trainer-contract.ts';
import { decodeTrainingAnswer, readTrainingAnswer } from '../core/retraining/trainer-contract.ts';
import { minuteMs } from '../core/window.ts';
import type { Activities } from '../activities/index.ts';
import { listedAlike } from './show-outcome.ts';
import type { ResultOf } from './steps.ts';
import { decisions, lookAtTrainer } from './steps.ts';

/** A trainer that was told where to call sends its answer there; the worker passes it on. */
const trainingFinished = defineSignal<[answer: unknown]>('trainingFinished');
const trainingProgressed = defineSignal<[answer: unknown]>('trainingProgressed');

type Plan = ResultOf<'planTraining'>;
type PlanOf<Kind extends Plan['kind']> = Extract<Plan, { kind: Kind }>;
type Key = Parameters<Activities['planTraining']>[0];
type OnProgress = (answer: TrainingRunning) => void;

export type TrainingEnd =
  | { readonly state: 'succeeded'; readonly answer: TrainingSucceeded; readonly output?: string }
  | { readonly state: 'failed'; readonly reason: string };

/** The time limit ends what runs elsewhere; a minute later its own would, if that could not be told. */
const ownLimitMs = (timeoutMs: number): number => timeoutMs + minuteMs;

/** Trainings take minutes to hours: ask often at first, then every five minutes, so that a day costs few events. */
const slowestPollMs = 5 * minuteMs;

/**
 * Trains, and waits for the end.
 *
 * Guaranteed: it ends within the trainer's time limit, whatever the trainer does; whatever else it gives than an answer is a
 * failure with a reason. When the run is cancelled or the time is over, a workflow, an activity and a command of the trainer are
 * cancelled; a trainer over HTTP is to be told by `cancelTraining`.
 *
 * @throws CancelledFailure when the run is cancelled
 */
export async function train(key: Key, onProgress: OnProgress = () => undefined): Promise<TrainingEnd> {
  const plan = await decisions.planTraining(key);
  setHandler(trainingProgressed, (data) => {
    const answer = answerOrUndefined(data);
    if (answer?.state === 'running') onProgress(answer);
  });
  return withinLimit(
    plan,
    () => trainBy(plan, key, onProgress),
    () => lookAtTrainer(key),
  );
}

/** The same by a trainer on a task queue, for whoever knows its plan. */
export function trainOnTaskQueue(plan: PlanOf<'temporal'>): Promise<TrainingEnd> {
  return withinLimit(plan, () => onTaskQueue(plan));
}

async function withinLimit(
  { timeoutMs }: Plan,
  training: () => Promise<TrainingEnd>,
  lastKnown: () => Promise<string | null> = async () => null,
): Promise<TrainingEnd> {
  try {
    // 0 would be no limit.
    return await CancellationScope.withTimeout(Math.max(1, timeoutMs), training);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    if (CancellationScope.current().consideredCancelled) throw error;
    const known = await lastKnown();
    return {
      state: 'failed',
      reason: `the trainer did not finish within its time limit${known === null ? '' : ` (what is known of it: ${known})`}`,
    };
  }
}

async function trainBy(plan: Plan, key: Key, onProgress: OnProgress): Promise<TrainingEnd> {
  switch (plan.kind) {
    case 'http':
      return endOf(await overHttp(plan, key, onProgress));
    case 'temporal':
      if (plan.known !== undefined) onProgress({ state: 'running', message: plan.known });
      return onTaskQueue(plan);
    case 'command':
      return byCommand(plan, key);
  }
}

function endOf(answer: TrainingAnswer, output?: string): TrainingEnd {
  switch (answer.state) {
    case 'succeeded':
      return { state: 'succeeded', answer, ...(output !== undefined && { output }) };
    case 'failed':
      return { state: 'failed', reason: `the training failed: ${answer.reason}` };
    case 'running':
      return { state: 'failed', reason: 'the trainer ended, though it answers that it is running' };
  }
}

/** Asks again and again, until it answers or calls; with `completion: callback` it only waits for the call. */
async function overHttp(
  { completion, pollMs }: PlanOf<'http'>,
  key: Key,
  onProgress: OnProgress,
): Promise<TrainingAnswer> {
  let called: TrainingAnswer | undefined;
  const receive = (data: unknown): void => {
    const answer = answerOrUndefined(data);
    if (answer?.state === 'running') onProgress(answer);
    else called ??= answer;
  };
  setHandler(trainingFinished, receive);
  onProgress({ state: 'running', message: 'not reached yet' });
  let answer = await decisions.startTraining(key);
  for (let pauseMs = pollMs; ; pauseMs = Math.min(pauseMs * 1.5, Math.max(pollMs, slowestPollMs))) {
    if (called !== undefined) return called;
    if (answer.state !== 'running') return answer;
    onProgress(answer);
    if (completion === 'poll') {
      await condition(() => called !== undefined, Math.round(pauseMs));
      if (called === undefined) answer = await decisions.readTraining(key);
    } else await condition(() => called !== undefined);
  }
}

/** Signals may be typed by anybody in the Temporal UI; the worker's endpoint has checked those that it passes on. */
function answerOrUndefined(data: unknown): TrainingAnswer | undefined {
  try {
    return decodeTrainingAnswer('a signal', data);
  } catch {
    return undefined;
  }
}

async function onTaskQueue(plan: PlanOf<'temporal'>): Promise<TrainingEnd> {
  const trainer = `the ${plan.runs} ${plan.type} on task queue ${plan.taskQueue}`;
  try {
    const result = await (plan.runs === 'activity' ? callActivity(plan) : startChild(plan));
    return endOf(readTrainingAnswer(trainer, textOf(result)));
  } catch (error) {
    if (isCancellation(error)) throw error;
    const cause =
      error instanceof ActivityFailure || error instanceof ChildWorkflowFailure ? error.cause : error;
    return { state: 'failed', reason: `${trainer} failed: ${reasonOf(cause)}` };
  }
}

/** Raw: what is no JSON, as the NaN of many languages, would otherwise fail this workflow's task again and again. */
const rawResult = { outputType: rawValueTypeInfo };

function callActivity({
  taskQueue,
  type,
  request,
  timeoutMs,
  heartbeatMs,
}: PlanOf<'temporal'>): Promise<RawValue> {
  const activities = proxyActivities<Record<string, (request: unknown) => Promise<RawValue>>>({
    taskQueue,
    scheduleToCloseTimeout: ownLimitMs(timeoutMs),
    ...(heartbeatMs !== undefined && { heartbeatTimeout: heartbeatMs }),
    retry: { maximumAttempts: 3 },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    activityTypeInfo: { [type]: rawResult },
  });
  return activities[type]!(request);
}

async function startChild({ taskQueue, type, request, timeoutMs }: PlanOf<'temporal'>): Promise<RawValue> {
  const result: unknown = await executeChild(type, {
    taskQueue,
    args: [request],
    workflowId: `training:${request.model}:${request.retrainingId}`,
    workflowExecutionTimeout: ownLimitMs(timeoutMs),
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    // Where nobody polls its task queue, nobody would ever answer.
    cancellationType: ChildWorkflowCancellationType.TRY_CANCEL,
    typeInfo: rawResult,
    ...listedAlike(),
  });
  return result as RawValue;
}

/** Nothing at all, as an activity without a result gives it, is null. */
function textOf({ payload: { data } }: RawValue): string {
  return data?.length ? new TextDecoder().decode(data) : 'null';
}

/** A process group is ended before the run goes on. */
const commands = (timeoutMs: number) =>
  proxyActivities<Pick<Activities, 'runTrainingCommand'>>({
    scheduleToCloseTimeout: ownLimitMs(timeoutMs),
    heartbeatTimeout: '30s',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

async function byCommand({ attempts, timeoutMs }: PlanOf<'command'>, key: Key): Promise<TrainingEnd> {
  const { runTrainingCommand } = commands(timeoutMs);
  for (let attempt = 1; ; attempt += 1) {
    const { answer, output } = await runTrainingCommand(key);
    if (answer.state === 'succeeded' || attempt >= attempts) return endOf(answer, output);
  }
}
