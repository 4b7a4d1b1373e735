/** Asking the trainer for a challenger, and how it is getting on. */

import { formatWindow } from '../../core/window.ts';
import { findMonitor } from '../monitors/store.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { httpTrainerOf, policyOf, requireRetraining } from './retraining-run.ts';
import { recordChallenger } from './store.ts';

/** Asks the trainer; asking again for the same retraining does not train twice. */
export function createStartTraining(deps: RetrainingDependencies): (key: RetrainingKey) => Promise<void> {
  return async function startTraining({ model, retrainingId }) {
    const { monitor } = await findMonitor(deps.database, model);
    const run = await requireRetraining(deps.database, model, retrainingId);
    await deps.trainer.start(httpTrainerOf(policyOf(monitor)).url, {
      retrainingId,
      model,
      training: formatWindow({ start: run.training_start, end: run.training_end }),
      holdout: formatWindow({ start: run.holdout_start, end: run.holdout_end }),
    });
  };
}

export type TrainingState =
  | { readonly state: 'running' }
  | { readonly state: 'succeeded'; readonly version: string }
  | { readonly state: 'failed'; readonly reason: string };

/** Asks how the training is going; a finished one is registered as a shadow version. */
export function createReadTraining(
  deps: RetrainingDependencies,
): (key: RetrainingKey) => Promise<TrainingState> {
  return async function readTraining({ model, retrainingId }) {
    const { monitor } = await findMonitor(deps.database, model);
    const run = await requireRetraining(deps.database, model, retrainingId);
    const answer = await deps.trainer.read(httpTrainerOf(policyOf(monitor)).url, retrainingId);
    if (answer.state !== 'succeeded') return answer;
    const { version, featureImportances, lineage } = answer;
    const challenger = {
      version,
      lineage: { ...lineage, ...(featureImportances && { featureImportances }) },
    };
    await deps.database.transaction((connection) => recordChallenger(connection, run, challenger));
    return { state: 'succeeded', version };
  };
}
