/** Trainings by id, as a trainer keeps them: asking for one again does not start it again. */

import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import { reasonOf } from '../../core/errors.ts';
import type { Fitted } from './fit.ts';

export interface Trainings {
  start(request: TrainingRequest): TrainingAnswer;
  read(retrainingId: string): TrainingAnswer | undefined;
}

/** `fit` gives the version that it fitted, and where that came from. */
export function openTrainings(fit: (request: TrainingRequest) => Promise<Fitted>): Trainings {
  const answers = new Map<string, TrainingAnswer>();
  return {
    start(request) {
      const known = answers.get(request.retrainingId);
      if (known !== undefined) return known;
      answers.set(request.retrainingId, { state: 'running' });
      fit(request).then(
        (fitted) => answers.set(request.retrainingId, { state: 'succeeded', ...fitted }),
        (error: unknown) => answers.set(request.retrainingId, { state: 'failed', reason: reasonOf(error) }),
      );
      return { state: 'running' };
    },
    read: (retrainingId) => answers.get(retrainingId),
  };
}
