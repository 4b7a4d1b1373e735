/** What was known last of a trainer whose time is over, for the words of the failure. */

import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { findTrainingNote } from './training-note.ts';
import { findTraining, type TrainerOf } from './training-request.ts';

/** Null: nothing is known. */
export function createLookAtTrainer(
  deps: Pick<RetrainingDependencies, 'database' | 'countPollers'>,
): (key: RetrainingKey) => Promise<{ readonly known: string | null }> {
  return async function lookAtTrainer(key) {
    const { trainer } = await findTraining(deps, key);
    if (trainer.kind === 'temporal') return { known: await taskQueueText(deps, trainer) };
    return { known: await findTrainingNote(deps.database, key) };
  };
}

/** Does anybody work on the task queue of a trainer? */
export async function taskQueueText(
  { countPollers }: Pick<RetrainingDependencies, 'countPollers'>,
  { taskQueue, workflow }: TrainerOf<'temporal'>,
): Promise<string> {
  const of = workflow === undefined ? 'activity' : 'workflow';
  const count = await countPollers({ taskQueue, of });
  const tasks = of === 'activity' ? 'activities' : 'workflows';
  if (count === 0) return `nobody polls the task queue ${taskQueue} for ${tasks}`;
  return `${count === 1 ? 'a worker polls' : `${count} workers poll`} the task queue ${taskQueue} for ${tasks}`;
}
