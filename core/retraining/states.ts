/** How far a retraining is. */

/** In the order in which they are gone through; approval and rollout only where they are asked for. */
export const runningStates = [
  'training',
  'validating',
  'awaiting-approval',
  'shadow',
  'canary',
  'promoting',
  'verifying',
] as const;
export type RunningState = (typeof runningStates)[number];

/**
 * `kept`: the challenger serves; `rolled-back`: it did, and the version before serves again; `rejected`: it lost, or a person
 * refused it; `failed`, `cancelled`: it never came so far.
 */
export const endStates = ['kept', 'rolled-back', 'rejected', 'failed', 'cancelled'] as const;
export type EndState = (typeof endStates)[number];

export type RetrainingStateName = RunningState | EndState;

/** Has it helped? `unclear` where the interval of the difference holds 0, or nothing could be compared. */
export type Helped = 'yes' | 'no' | 'unclear';

/**
 * Is a retraining still under way, so that it holds the one place of its model?
 *
 * @example [isRunningState('verifying'), isRunningState('kept')] // [true, false]
 */
export function isRunningState(state: RetrainingStateName): state is RunningState {
  return runningStates.some((running) => running === state);
}
