import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { findTraining, trainerAddress } from './training-request.ts';

/**
 * Tells the trainer that nobody waits for the challenger any more, and gives in words what was done; null where there was
 * nothing to tell. A workflow, an activity and a command have been cancelled by the run itself.
 *
 * A trainer that cannot be told does not keep the retraining from ending: its late answer is not taken.
 */
export function createCancelTraining(
  deps: RetrainingDependencies,
): (key: RetrainingKey) => Promise<{ undone: string | null }> {
  return async function cancelTraining(key) {
    const { run, trainer } = await findTraining(deps, key);
    if (run.challenger_version !== null) return { undone: null };
    switch (trainer.kind) {
      case 'http': {
        try {
          const taken = await deps.trainer.cancel(trainerAddress(deps, key.model, trainer), key);
          return {
            undone:
              taken === 'told' ? 'the trainer was told to stop' : 'the trainer does not take a cancellation',
          };
        } catch (error) {
          if (!(error instanceof TidewatchError)) throw error;
          return { undone: `the trainer could not be told to stop: ${reasonOf(error)}` };
        }
      }
      case 'temporal':
        return {
          undone: `the ${trainer.workflow === undefined ? 'activity' : 'workflow'} of the trainer was cancelled`,
        };
      case 'command':
        return { undone: 'the command was ended' };
    }
  };
}
