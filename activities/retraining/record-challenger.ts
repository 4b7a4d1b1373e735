import { TidewatchError } from '../../core/errors.ts';
import type { TrainingSucceeded } from '../../core/retraining/trainer-contract.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { requireRetraining } from './retraining-run.ts';
import { findStage, findToldSpecification, recordChallenger } from './store.ts';

export interface TrainedChallenger {
  readonly answer: TrainingSucceeded;
  /** The end of what a command printed. */
  readonly output?: string;
}

/**
 * Registers what the trainer delivered: the challenger, as a candidate, with all that tells how it came to be. The same answer again
 * changes nothing.
 *
 * @throws TidewatchError `CHALLENGER_NOT_NEW` when it is called like a version that is known already
 */
export function createRecordChallenger(
  deps: RetrainingDependencies,
): (challenger: RetrainingKey & TrainedChallenger) => Promise<{ version: string }> {
  return async function recordTrained({ model, retrainingId, answer, output }) {
    const { version, lineage, state: _, ...facts } = answer;
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const run = await requireRetraining(connection, model, retrainingId);
      // Its predictions would be those of the other one, and what a person has once rejected could be promoted under its old name.
      const stage =
        version === run.champion_version ? 'champion' : await findStage(connection, model, version);
      if (stage !== undefined && run.challenger_version !== version)
        throw new TidewatchError('CHALLENGER_NOT_NEW', { model, version, stage });
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
