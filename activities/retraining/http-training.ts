/** Asking a trainer over HTTP for a challenger, and how it is getting on. */

import { TidewatchError } from '../../core/errors.ts';
import { trainingText } from '../../core/retraining/retraining-words.ts';
import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { askAndNote, noteTraining } from './training-note.ts';
import { findTrainingBy, trainerAddress, trainingRequest } from './training-request.ts';

/** Asks the trainer; asking again for the same retraining does not train twice. Gives what it answers at once. */
export function createStartTraining(
  deps: RetrainingDependencies,
): (key: RetrainingKey) => Promise<TrainingAnswer> {
  return async function startTraining(key) {
    const { run, trainer } = await findTrainingBy('http', deps, key);
    const callback = trainer.completion === 'callback' ? { callback: callbackOf(deps, key) } : {};
    const request = { ...(await trainingRequest(deps, run)), ...callback };
    const at = trainerAddress(deps, key.model, trainer);
    const answer = await askAndNote(deps.database, key, () => deps.trainer.start(at, request));
    // Asked again after a try that died before it could note anything, it may have ended.
    if (answer.state !== 'running') await noteTraining(deps.database, key, trainingText({}), '0 seconds');
    return answer;
  };
}

/** Asks how the training is going. */
export function createReadTraining(
  deps: RetrainingDependencies,
): (key: RetrainingKey) => Promise<TrainingAnswer> {
  return async function readTraining(key) {
    const { trainer } = await findTrainingBy('http', deps, key);
    const at = trainerAddress(deps, key.model, trainer);
    return askAndNote(deps.database, key, () => deps.trainer.read(at, key));
  };
}

function callbackOf(
  { callbackTokens, pagesUrl }: RetrainingDependencies,
  { model, retrainingId }: RetrainingKey,
): NonNullable<TrainingRequest['callback']> {
  if (callbackTokens === undefined)
    throw new TidewatchError('TRAINER_SETTING_MISSING', { model, variable: 'TIDEWATCH_CALLBACK_SECRET' });
  const path = [model, retrainingId].map(encodeURIComponent).join('/');
  return {
    url: `${pagesUrl}/retrainings/${path}/completion`,
    token: callbackTokens.issue({ model, retrainingId }),
  };
}
