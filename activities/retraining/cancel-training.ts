import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { findTraining, trainerAddress } from './training-request.ts';
import type { HttpTrainer, TrainerAddress } from './trainers/http.ts';

/**
 * Tells a trainer over HTTP that nobody waits for the challenger any more, and gives in words what was done; null where there was
 * nothing to tell. A workflow, an activity and a command have been cancelled by the run itself.
 *
 * A trainer that cannot be told does not keep the retraining from ending: its late answer is not taken.
 */
export function createCancelTraining(
  deps: RetrainingDependencies,
): (key: RetrainingKey) => Promise<{ undone: string | null }> {
  return async function cancelTraining(key) {
    const { run, trainer } = await findTraining(deps, key);
    if (run.challenger_version !== null || trainer.kind !== 'http') return { undone: null };
    try {
      return { undone: await tell(deps.trainer, trainerAddress(deps, key.model, trainer), key) };
    } catch (error) {
      if (!(error instanceof TidewatchError)) throw error;
      // Then it was never asked, either.
      if (error.code === 'TRAINER_SETTING_MISSING') return { undone: null };
      return { undone: `the trainer could not be told to stop: ${reasonOf(error)}` };
    }
  };
}

async function tell(trainer: HttpTrainer, at: TrainerAddress, key: RetrainingKey): Promise<string | null> {
  if (await hasEnded(trainer, at, key)) return null;
  const taken = await trainer.cancel(at, key);
  return taken === 'told' ? 'the trainer was told to stop' : 'the trainer does not take a cancellation';
}

/** One that calls back need not know the question. */
async function hasEnded(trainer: HttpTrainer, at: TrainerAddress, key: RetrainingKey): Promise<boolean> {
  try {
    return (await trainer.read(at, key)).state !== 'running';
  } catch {
    return false;
  }
}
