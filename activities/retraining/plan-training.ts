import type { TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import { durationMs } from '../../core/window.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { taskQueueText } from './look-at-trainer.ts';
import { noteTraining } from './training-note.ts';
import { findTraining, trainingRequest, type TrainerOf } from './training-request.ts';

/** What a workflow has to know of a trainer. Of addresses, commands and secrets it knows nothing: histories keep what it does. */
export type TrainingPlan = {
  /** For the whole training, by the wall clock. */
  readonly timeoutMs: number;
} & (
  | { readonly kind: 'http'; readonly completion: 'poll' | 'callback'; readonly pollMs: number }
  | {
      readonly kind: 'temporal';
      readonly taskQueue: string;
      readonly runs: 'workflow' | 'activity';
      /** Its type. */
      readonly type: string;
      readonly heartbeatMs?: number;
      readonly request: TrainingRequest;
      /** Whether anybody works on that task queue, in words. */
      readonly known?: string;
    }
  | { readonly kind: 'command'; readonly attempts: number }
);

/** Says how the challenger of a retraining is to be trained. */
export function createPlanTraining(
  deps: RetrainingDependencies,
): (key: RetrainingKey) => Promise<TrainingPlan> {
  return async function planTraining(key) {
    const { run, trainer } = await findTraining(deps, key);
    const timeoutMs = durationMs(trainer.timeout);
    switch (trainer.kind) {
      case 'http':
        return { kind: 'http', timeoutMs, completion: trainer.completion, pollMs: pollMs(trainer.poll) };
      case 'temporal': {
        const known = await taskQueueText(deps, trainer);
        await noteTraining(deps.database, key, known);
        return { ...taskQueuePlan(trainer, await trainingRequest(deps, run)), known };
      }
      case 'command':
        return { kind: 'command', timeoutMs, attempts: trainer.attempts };
    }
  };
}

/** How a trainer on a task queue is asked. */
export function taskQueuePlan(
  { taskQueue, workflow, activity, heartbeat, timeout }: TrainerOf<'temporal'>,
  request: TrainingRequest,
): Extract<TrainingPlan, { kind: 'temporal' }> {
  return {
    kind: 'temporal',
    timeoutMs: durationMs(timeout),
    taskQueue,
    ...(workflow === undefined
      ? { runs: 'activity', type: activity ?? '' }
      : { runs: 'workflow', type: workflow }),
    ...(heartbeat !== undefined && { heartbeatMs: durationMs(heartbeat) }),
    request,
  };
}

/** How long to wait between two questions, as a monitor writes it: `500ms`, `10s`, `1m`. */
export function pollMs(text: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m)$/.exec(text)!;
  return Number(amount) * { ms: 1, s: 1000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
}
