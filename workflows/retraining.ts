import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';

import { trainingText } from '../core/retraining/retraining-words.ts';
import { hourMs } from '../core/window.ts';
import { asOfOf, decodeInput } from './input.ts';
import type { Conversation } from './retraining-conversation.ts';
import { openConversation } from './retraining-conversation.ts';
import { attachInParts } from './in-parts.ts';
import { pushMetrics, type RunFacts } from './push-metrics.ts';
import type { ResultOf } from './steps.ts';
import { decisions, promotions, recordInMlflow, scans, wakeAlerts } from './steps.ts';
import { train } from './train.ts';
import { wakeRetraining } from './wake-retraining.ts';

/** Where no degradation check tells that a day is over, it looks by itself. */
const lookEveryMs = hourMs;
/** Events of one run: a worker that takes it over reads them all. */
const longestHistory = 2_000;

/**
 * Has a challenger trained, validates it, asks a person where the policy wants that, lets it predict beside the champion,
 * promotes it, and holds it against the version before until it is known whether it has helped.
 *
 * Guaranteed: one a model at a time, its verification included, and never two champions; each step may be repeated, and a run
 * that was ended from outside is taken up by the next one of its workflow id; whatever fails or is cancelled is taken back;
 * people hear of each step that matters and of the end. Days go by asOf: the time of whoever approves and of the trainer is
 * the wall clock's.
 */
export async function retraining(input: unknown): Promise<RetrainingResult> {
  const { model, reason = 'started by hand', ...rest } = decodeInput('retraining', input);
  const asOf = asOfOf(rest);
  // What is frozen next counts the outcomes that are known by now.
  await attachInParts({ model, asOf });
  const begun = await begin({ model, asOf, reason });
  if (begun.decision === 'refused') return { state: 'refused', reason: begun.reason, asOf };

  const key = { model, retrainingId: begun.retrainingId };
  const saga: Saga = { ...openConversation(key, { state: begun.state, asOf }), key, reason, asOf };
  const ending = await endingOf(saga, () => carryThrough(saga, begun));
  return CancellationScope.nonCancellable(async () => {
    const undone = nothingToUndo.has(ending.end) ? [] : await takeBack(saga);
    const { pendingAlerts, ...end } = await decisions.concludeRetraining({ ...key, ...ending, undone });
    saga.show({ state: end.state, waitsFor: null, until: null, detail: end.reason });
    const pushed = await pushMetrics({ model, process: 'retraining' });
    await recordInMlflow(key);
    await wakeAlerts(model, pendingAlerts);
    return { ...end, retrainingId: key.retrainingId, asOf, ...pushed };
  });
}

type Begun = Extract<ResultOf<'beginRetraining'>, { decision: 'begun' }>;
type Ended = ResultOf<'concludeRetraining'>;
type Ending = Pick<Parameters<typeof decisions.concludeRetraining>[0], 'end' | 'reason'>;

interface Saga extends Conversation {
  readonly key: { readonly model: string; readonly retrainingId: string };
  readonly reason: string;
  readonly asOf: string;
}

interface RetrainingResult {
  readonly asOf: string;
  readonly state: Ended['state'] | 'refused';
  readonly reason: string;
  readonly retrainingId?: string;
  readonly helped?: Ended['helped'];
  readonly metrics?: RunFacts['metrics'];
}

const nothingToUndo: ReadonlySet<Ending['end']> = new Set(['kept', 'rejected']);

/** A place that is held by a run which is no longer there is free. */
async function begin(input: Parameters<typeof decisions.beginRetraining>[0]) {
  const begun = await decisions.beginRetraining(input);
  if (begun.decision === 'begun' || begun.holder === undefined) return begun;
  return (await wakeRetraining(begun.holder)) === 'gone' ? decisions.beginRetraining(input) : begun;
}

async function carryThrough(saga: Saga, begun: Begun): Promise<Ending> {
  const { key } = saga;
  await wakeAlerts(key.model, begun.pendingAlerts);
  if (begun.state === 'training') {
    const failed = await haveTrained(saga);
    if (failed !== undefined) return { end: 'failed', reason: failed };
  }
  await attachInParts({ model: key.model, asOf: saga.asOf, window: begun.holdout });
  saga.show({ state: 'validating', waitsFor: null, detail: '' });
  const validation = await decisions.validateChallenger(key);
  if (validation.verdict === 'fail') return { end: 'rejected', reason: validation.reason };
  const approval = await approved(saga);
  if (approval.decision === 'rejected') return { end: 'rejected', reason: approval.reason };
  const rollout = await dayByDay(saga, () => decisions.followRollout(key));
  if (rollout.decision === 'failed') return { end: 'rejected', reason: rollout.reason };
  saga.show({ state: 'promoting', detail: validation.reason });
  const promotion = await promotions.promoteChallenger({ ...key, reason: validation.reason });
  saga.show({ state: 'verifying', detail: '' });
  await pushMetrics({ model: key.model, process: 'retraining' });
  await wakeAlerts(key.model, promotion.pendingAlerts);
  return verified(saga);
}

/** Why there is no challenger; undefined when there is one. */
async function haveTrained(saga: Saga): Promise<string | undefined> {
  saga.show({ waitsFor: 'the trainer' });
  const trained = await train(saga.key, (running) => saga.show({ detail: trainingText(running) }));
  if (trained.state === 'failed') return trained.reason;
  await decisions.recordChallenger({ ...saga.key, ...trained });
  return undefined;
}

/** Waits for as long as a person is asked. */
async function approved(saga: Saga): Promise<ResultOf<'requestApproval'>> {
  for (;;) {
    const heard = saga.heard();
    const asked = await decisions.requestApproval(saga.key);
    await wakeAlerts(saga.key.model, asked.pendingAlerts);
    if (asked.decision !== 'waits') return asked;
    const until = new Date(Date.now() + asked.waitsMs).toISOString();
    saga.show({ state: 'awaiting-approval', waitsFor: 'a person', until, detail: asked.reason });
    await newsOrAnew(saga, heard, asked.waitsMs);
  }
}

type Look = ResultOf<'verifyPromotion'>;

/** Looks at every day, until one look decides. */
async function dayByDay(saga: Saga, look: () => Promise<Look>): Promise<Look> {
  for (;;) {
    const heard = saga.heard();
    const looked = await look();
    const { asOf, until, reason: detail } = looked;
    if (looked.decision !== 'waits') {
      saga.show({ asOf, waitsFor: null, until: null, detail });
      return looked;
    }
    saga.show({ state: looked.state, asOf, until, detail, waitsFor: 'the next day' });
    await newsOrAnew(saga, heard, lookEveryMs);
  }
}

/** Waits for news; after a long time in a new run, which takes up the work where it is. */
async function newsOrAnew(saga: Saga, heard: number, waitMs: number): Promise<void> {
  if (workflowInfo().historyLength > longestHistory) {
    await condition(allHandlersFinished);
    const { key, asOf, reason } = saga;
    await continueAsNew<typeof retraining>({ model: key.model, asOf, reason });
  }
  await saga.news(heard, waitMs);
}

/** A verification that cannot be carried through takes nothing back: the challenger has passed everything before it. */
async function verified(saga: Saga): Promise<Ending> {
  try {
    await recordInMlflow(saga.key);
    await handOverReference(saga);
    const { decision, reason } = await dayByDay(saga, () => decisions.verifyPromotion(saga.key));
    return { end: decision === 'failed' ? 'rolled-back' : 'kept', reason };
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return { end: 'kept', reason: `its verification has failed: ${error.cause?.message ?? error.message}` };
  }
}

/** How it ends: as it was carried through, or failed, or cancelled, the last of all requests included. */
async function endingOf(saga: Saga, carry: () => Promise<Ending>): Promise<Ending> {
  let ending: Ending;
  try {
    ending = await saga.scope.run(carry);
  } catch (error) {
    ending = endOfFailure(error);
  }
  await CancellationScope.nonCancellable(() => saga.close());
  if (!saga.scope.consideredCancelled) return ending;
  return { end: 'cancelled', reason: saga.cancelledBy() ?? 'it was cancelled' };
}

function endOfFailure(error: unknown): Ending {
  if (isCancellation(error)) return { end: 'cancelled', reason: 'it was cancelled' };
  // Anything else is a defect of this code, which a next version may mend.
  if (!(error instanceof ActivityFailure)) throw error;
  return { end: 'failed', reason: error.cause?.message ?? error.message };
}

/** Undoes what has been done, the last first. */
async function takeBack({ key }: Saga): Promise<string[]> {
  const undone = await undo(() => promotions.revertPromotion(key));
  const reference = await undo(async () => {
    const { reference: now, reason } = await handOverReference({ key });
    return { undone: now === 'handed back' ? [reason] : [] };
  });
  const training = await undo(async () => {
    const told = await decisions.cancelTraining(key);
    return { undone: told.undone === null ? [] : [told.undone] };
  });
  return [...undone, ...reference, ...training];
}

/** What cannot be undone is said; it does not keep the rest from being undone. */
async function undo(step: () => Promise<{ readonly undone: readonly string[] }>): Promise<readonly string[]> {
  try {
    return (await step()).undone;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return [`something could not be undone: ${error.cause?.message ?? error.message}`];
  }
}

/** The new champion may bring a reference of its own. */
async function handOverReference({ key }: Pick<Saga, 'key'>): Promise<ResultOf<'handOverReference'>> {
  const handover = await scans.handOverReference(key);
  await wakeAlerts(key.model, handover.pendingAlerts);
  return handover;
}
