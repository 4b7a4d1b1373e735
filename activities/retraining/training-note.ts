/** The newest that is known of a training that is under way: one line in the history of its retraining. */

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { trainingText } from '../../core/retraining/retraining-words.ts';
import type { TrainingAnswer } from '../../core/retraining/trainer-contract.ts';
import type { Queryable } from '../../sql/database.ts';
import type { RetrainingKey } from './retraining-run.ts';

/** A trainer may say something each millisecond; people look every few seconds. */
const shortestPause = '2 seconds';
/** Of what is told to the workflow as well: a training of a day then adds less than it may hold to its history. */
export const slowPause = '1 minute';

/** Notes it in the place of what was known before, while it trains only. False: nothing new, or the last word is too recent. */
export async function noteTraining(
  connection: Queryable,
  { model, retrainingId }: RetrainingKey,
  words: string,
  pause: '1 minute' | '2 seconds' | '0 seconds' = shortestPause,
): Promise<boolean> {
  const count = await connection.execute(
    `insert into retraining_events as note (model, retraining_id, event_id, event, as_of, summary)
     select model, retraining_id, 'trainer', 'trainer', as_of, $3 from retraining_runs
     where model = $1 and retraining_id = $2 and state = 'training'
     on conflict (model, retraining_id, event_id) do update
     set summary = excluded.summary, recorded_at = excluded.recorded_at
     where note.summary <> excluded.summary
       and excluded.recorded_at - note.recorded_at > interval '${pause}'`,
    [model, retrainingId, words],
  );
  return count > 0;
}

export async function findTrainingNote(
  connection: Queryable,
  { model, retrainingId }: RetrainingKey,
): Promise<string | null> {
  const [note] = await connection.query<{ summary: string }>(
    `select summary from retraining_events where model = $1 and retraining_id = $2 and event_id = 'trainer'`,
    [model, retrainingId],
  );
  return note?.summary ?? null;
}

/**
 * Asks a trainer, and notes that it is at work, or why it could not be asked: that is tried again until its time is over, and what
 * the next try hears counts at once, since a trainer that calls back may be asked no more.
 */
export async function askAndNote(
  connection: Queryable,
  key: RetrainingKey,
  ask: () => Promise<TrainingAnswer>,
): Promise<TrainingAnswer> {
  try {
    const answer = await ask();
    if (answer.state === 'running') await noteTraining(connection, key, trainingText(answer), '0 seconds');
    return answer;
  } catch (error) {
    if (error instanceof TidewatchError && error.retryable)
      await noteTraining(connection, key, reasonOf(error));
    throw error;
  }
}
