/** What is known of a training under way: always the newest, in one line. */

import { beforeEach, describe, expect, it } from 'vitest';

import { findTrainingNote, noteTraining } from '../../../activities/retraining/training-note.ts';
import { readRetrainingEvents } from '../../../sql/read-retrainings.ts';
import { at, load, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const test = useActivities('empty for each test');
const key = { model: 'noted', retrainingId: at(10, 3, 40) };
const trainer = { url: 'http://127.0.0.1:1' };
const note = (words: string) => noteTraining(test.database, key, words);
const eventsOf = async () =>
  (await readRetrainingEvents(test.database, key)).map(({ event, summary }) => `${event}: ${summary}`);
const secondsPass = () =>
  test.database.execute(`update retraining_events set recorded_at = recorded_at - interval '3 seconds'`);

beforeEach(async () => {
  await watch(test.database, {
    model: key.model,
    retraining: { trainer, trainingWindow: '2d', holdout: '7d' },
  });
  await load(test.database, key.model, { from: 1, to: 10 });
  await test.activities.beginRetraining({ model: key.model, asOf: key.retrainingId, reason: 'by hand' });
});

describe('noteTraining', () => {
  it('puts the newest in the place of what was known before', async () => {
    await note('10%');
    await secondsPass();
    await note('20%');
    expect(await eventsOf()).toEqual(['training: by hand', 'trainer: 20%']);
    expect(await findTrainingNote(test.database, key)).toBe('20%');
  });

  it('is written every few seconds at most', async () => {
    await note('10%');
    await note('20%');
    expect(await findTrainingNote(test.database, key)).toBe('10%');
  });

  it('leaves a retraining alone that does not train any more', async () => {
    await test.activities.concludeRetraining({ ...key, end: 'failed', reason: 'no memory' });
    await note('10%');
    expect(await findTrainingNote(test.database, key)).toBeNull();
  });

  it('says why a trainer could not be asked, for the words of its time-out', async () => {
    await expect(test.activities.startTraining(key)).rejects.toMatchObject({ code: 'TRAINER_UNREACHABLE' });
    expect(await test.activities.lookAtTrainer(key)).toEqual({
      known: expect.stringMatching(/^The trainer at http:\/\/127\.0\.0\.1:1\/trainings does not answer/),
    });
  });
});
