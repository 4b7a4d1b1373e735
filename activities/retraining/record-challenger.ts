import { TidewatchError } from '../../core/errors.ts';
import type { TrainingSucceeded } from '../../core/retraining/trainer-contract.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { requireRetraining } from './retraining-run.ts';
import { findStage, findToldSpecification, recordChallenger } from './store.ts';

export interface TrainedChallenger {
  readonly answer: TrainingSucceeded;
  /** The end of what a command printed. */
  readonly output?: string;
}

/**
 * Registers what the trainer delivered: the challenger, as a shadow, with all that tells how it came to be.
 *
 * @throws TidewatchError `CHALLENGER_NOT_NEW` when it is called like the version that serves
 */
export function createRecordChallenger(
  deps: RetrainingDependencies,
): (challenger: RetrainingKey & TrainedChallenger) => Promise<{ version: string }> {
  return async function recordTrained({ model, retrainingId, answer, output }) {
    const { version, lineage, state: _, ...facts } = answer;
    return deps.database.transaction(async (connection) => {
      const run = await requireRetraining(connection, model, retrainingId);
      const isChampion =
        version === run.champion_version || (await findStage(connection, model, version)) === 'champion';
      // It would be compared with itself, and its predictions of the holdout would be those that it has served.
      if (isChampion && run.challenger_version !== version)
        throw new TidewatchError('CHALLENGER_NOT_NEW', { model, version });
      const specification = await findToldSpecification(connection, run);
      const trainedOn = specification && { hash: specification.hash, rows: specification.rows };
      await recordChallenger(connection, run, {
        version,
        cost: facts.cost,
        lineage: {
          ...lineage,
          retrainingId,
          ...(trainedOn && { specification: trainedOn }),
          ...facts,
          ...(output !== undefined && { output }),
        },
      });
      return { version };
    });
  };
}
