/** What a retraining is trained on, frozen from the stored rows. */

import { describe, expect, it } from 'vitest';

import { specifyTraining } from '../../../activities/retraining/specification.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { parseInstant } from '../../../core/window.ts';
import { actualsOf, at, day, load, watch } from '../../setup/synthetic.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'specified';
const test = useActivities('empty for each test');

type Policy = Omit<NonNullable<MonitorInput['retraining']>, 'trainer'>;
const watched = (policy: Policy = {}) =>
  watch(test.database, {
    model,
    segments: ['c'],
    retraining: { trainer: { url: 'http://127.0.0.1:1' }, trainingWindow: '3d', holdout: '2d', ...policy },
  });
const specify = async (policy: Policy = {}, asOf = at(10, 3)) =>
  specifyTraining(test.database, await watched(policy), parseInstant(asOf));
const outcomes = async (from: number, to: number): Promise<void> => {
  await watched();
  await load(test.database, model, { from, to });
  await test.activities.attachActuals({ model, asOf: at(20) });
};
const correct = async (n: number): Promise<void> => {
  const [first] = actualsOf({ from: n, to: n + 1 });
  await openClient({ database: test.database }).recordActuals(model, [
    { ...first!, value: 99, recordedAt: day(n + 1) },
  ]);
  await test.activities.attachActuals({ model, asOf: at(20) });
};

describe('specifyTraining', () => {
  it('counts the serving outcomes of the training window by day and segment', async () => {
    await outcomes(1, 10);
    await test.activities.summarizeOutcomes({ model, asOf: at(20) });
    expect(await specify()).toEqual({
      model,
      training: { start: at(5), end: at(8) },
      reason: 'the last 3 days',
      holdout: { start: at(8), end: at(10) },
      exclude: [],
      rows: 72,
      days: {
        '2024-01-05': { rows: 24, checksum: expect.stringMatching(/^\d+$/) },
        '2024-01-06': { rows: 24, checksum: expect.stringMatching(/^\d+$/) },
        '2024-01-07': { rows: 24, checksum: expect.stringMatching(/^\d+$/) },
      },
      segments: { 'c=a': 24, 'c=b': 48 },
      hash: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('leaves out what is excluded', async () => {
    await outcomes(1, 10);
    const exclude = [{ from: '2024-01-05T12:00:00Z', to: '2024-01-07', reason: 'broken sensor' }];
    expect(await specify({ exclude })).toMatchObject({
      exclude: [{ start: at(5, 12), end: at(7), reason: 'broken sensor' }],
      rows: 36,
      days: { '2024-01-05': { rows: 12 }, '2024-01-07': { rows: 24 } },
    });
  });

  it('has the same hash for the same rows, whenever they came and were summarized', async () => {
    await outcomes(1, 10);
    const { hash } = await specify();
    await test.activities.summarizeOutcomes({ model, asOf: at(20) });
    await load(test.database, model, { from: 10, to: 11 });
    await test.activities.attachActuals({ model, asOf: at(20) });
    expect((await specify()).hash).toBe(hash);
  });

  it('has another hash when an actual in the training window is corrected, a row comes, or the windows move', async () => {
    await outcomes(1, 10);
    const { hash } = await specify();
    await correct(9);
    expect((await specify()).hash).toBe(hash);
    await correct(6);
    const corrected = await specify();
    expect(corrected.hash).not.toBe(hash);
    expect(corrected.rows).toBe(72);
    expect((await specify({ holdout: '1d' })).hash).not.toBe(corrected.hash);
  });

  it('goes back to the first outcome where the window expands', async () => {
    await outcomes(2, 10);
    expect(await specify({ trainingWindow: { kind: 'expanding' } })).toMatchObject({
      training: { start: at(2), end: at(8) },
      rows: 144,
    });
  });

  it('goes back to the last change of the error, by the stored evaluations', async () => {
    await outcomes(1, 3);
    for (let n = 1; n <= 40; n += 1) {
      await test.database.execute(
        `insert into performance_evaluations (model, version, window_start, window_end, revision, as_of, state, verdict,
           reason, metrics, details, sample_size, prediction_count, content_hash, configuration_hash, code_version,
           workflow_id, run_id)
         values ($1, '1', $2, $3, 1, $3, 'final', 'ok', '', jsonb_build_object('rmse', $4::float8), '{}', 24, 24, 'c', 'h',
           'v', 'w', 'r')`,
        [model, at(n), at(n + 1), (n < 22 ? 1 : 3) + ((n * 7) % 5) / 10],
      );
    }
    const trainingWindow = { kind: 'since-change', atLeast: '5d', atMost: '60d' } as const;
    const { training, reason } = await specify({ trainingWindow }, at(41, 3));
    expect(training).toEqual({ start: at(22), end: at(39) });
    expect(reason).toMatch(/^since RMSE of 1 moved from 1\.2 to 3\.2 on 2024-01-22 \(p = /);
  });

  it('is empty without outcomes', async () => {
    expect(await specify()).toMatchObject({ rows: 0, days: {}, segments: {} });
  });
});
