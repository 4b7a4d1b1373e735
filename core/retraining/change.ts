/** What people ask of a retraining that is under way. */

import { isRunningState } from './states.ts';
import type { RetrainingStateName } from './states.ts';
import type { Approval } from './stored-run.ts';

export const retrainingChanges = ['approve', 'reject', 'cancel', 'extend'] as const;
export type RetrainingChangeName = (typeof retrainingChanges)[number];

/** What of a stored retraining a request depends on. */
export interface ChangeableRetraining {
  readonly state: RetrainingStateName;
  /** What a person has decided already, and who. */
  readonly decided?: { readonly decision: 'approved' | 'rejected' | 'cancelled'; readonly by: string };
}

/** How a retraining stands after a request. */
export interface RetrainingView {
  readonly model: string;
  readonly retrainingId: string;
  readonly state: RetrainingStateName;
  readonly waitsUntil?: string;
  readonly decision?: string;
  readonly by?: string;
  readonly note?: string;
}

/** `agreed`: somebody else has asked for the same before; there is nothing left to do. */
export type ChangeAnswer = 'done' | 'agreed' | { readonly refused: string };

const decisions = { approve: 'approved', reject: 'rejected', cancel: 'cancelled' } as const;
const rejectable: readonly RetrainingStateName[] = ['awaiting-approval', 'shadow', 'canary'];
const extendable: readonly RetrainingStateName[] = ['awaiting-approval', 'shadow', 'canary', 'verifying'];

/**
 * What of a stored retraining a request depends on?
 *
 * @example
 * changeable({ state: 'rejected', approval: { decision: 'rejected', by: 'ben' } })
 * // { state: 'rejected', decided: { decision: 'rejected', by: 'ben' } }
 */
export function changeable({
  state,
  approval,
}: {
  readonly state: RetrainingStateName;
  readonly approval: Pick<Approval, 'decision' | 'by'> | null;
}): ChangeableRetraining {
  const { decision, by = 'somebody' } = approval ?? {};
  return { state, ...(decision !== undefined && { decided: { decision, by } }) };
}

/**
 * What is said to whoever asks something of a retraining that has ended?
 *
 * @example
 * overText({ state: 'rejected', decided: { decision: 'rejected', by: 'ben' } }) // 'it is over: rejected; ben has rejected it'
 */
export function overText({ state, decided }: ChangeableRetraining): string {
  return `it is over: ${state}${decided === undefined ? '' : `; ${decided.by} has ${decided.decision} it`}`;
}

/**
 * Can this be done to a retraining now?
 *
 * `approve` answers the question that it waits with; `reject` does, or ends a shadow or canary; `cancel` ends it at any step, after
 * the promotion by rolling it back; `extend` gives what it waits for more time. The first of two people decides: who asks for
 * the same finds it done, who asks for something else is told who was first. Cancelling what was approved is a new decision.
 *
 * @example
 * const run = { state: 'awaiting-approval', decided: { decision: 'approved', by: 'anna' } };
 * [answerChange(run, 'approve'), answerChange(run, 'reject')] // ['agreed', { refused: 'anna has approved it already' }]
 */
export function answerChange(run: ChangeableRetraining, change: RetrainingChangeName): ChangeAnswer {
  const { state, decided } = run;
  const same = change !== 'extend' && decided?.decision === decisions[change];
  if (same) return 'agreed';
  if (!isRunningState(state)) return { refused: overText(run) };
  if (decided?.decision === 'cancelled' || decided?.decision === 'rejected')
    return { refused: `${decided.by} has ${decided.decision} it already` };
  switch (change) {
    case 'cancel':
      return 'done';
    case 'extend':
      return extendable.includes(state) ? 'done' : { refused: `nothing has an end while it is ${state}` };
    case 'reject':
      if (decided !== undefined && state === 'awaiting-approval')
        return { refused: `${decided.by} has ${decided.decision} it already` };
      if (rejectable.includes(state)) return 'done';
      return { refused: `it is ${state}; cancel it instead` };
    case 'approve':
      if (state === 'awaiting-approval') return 'done';
      return { refused: `nobody is asked while it is ${state}` };
  }
}
