/** What of a retraining is recorded in MLflow. */

import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Mlflow, MlflowRecord, MlflowTarget } from '../../../activities/retraining/mlflow.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { at, day, load, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'recorded';
const retrainingId = at(10, 3, 40);
const test = useActivities('empty for each test');

const retraining: NonNullable<MonitorInput['retraining']> = {
  trainer: { url: 'http://127.0.0.1:1' },
  registry: { mlflow: { url: 'http://mlflow.example.org', registeredModel: 'bikes' } },
};

beforeEach(async () => {
  await watch(test.database, { model, retraining });
  await test.database.execute(
    `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end, holdout_start,
       holdout_end, champion_version, challenger_version, comparison, specification, cost, started_at, workflow_id, run_id)
     values ($1, $2, 'shadow', 'RMSE is above 2', $7, $3, $4, $4, $5, '1', '2', $6, '{"hash": "ab12", "rows": 48}', 3, $5, '', '')`,
    [
      model,
      retrainingId,
      at(1),
      at(3),
      at(10),
      JSON.stringify({
        gates: [
          { measure: 'rmse', segment: '', challenger: 1, champion: 5, improvement: 0.8 },
          { measure: 'rmse', segment: 'c=a', challenger: 2, champion: 5, improvement: 0.6 },
          { measure: 'latency_p95', segment: '', challenger: 12, champion: null, improvement: null },
        ],
      }),
      retrainingId,
    ],
  );
  await test.database.execute(
    `insert into model_versions (model, version, stage, lineage, registered_at) values
       ($1, '1', 'champion', '{"mlflowVersion": 7}', $2), ($1, '2', 'shadow', '{"modelUri": "s3://models/2", "metrics": {"cv_rmse": 1.2}}', $3)`,
    [model, at(1), at(10)],
  );
});

async function record(): Promise<readonly { target: MlflowTarget; record: MlflowRecord }[]> {
  const records: { target: MlflowTarget; record: MlflowRecord }[] = [];
  const mlflow: Mlflow = { record: async (target, record) => void records.push({ target, record }) };
  await activitiesOn(test.database, { mlflow }).recordInMlflow({ model, retrainingId });
  return records;
}

describe('recordInMlflow', () => {
  it('records the run with its parameters, what it was judged by, its versions and their aliases', async () => {
    expect(await record()).toEqual([
      {
        target: { url: 'http://mlflow.example.org', registeredModel: 'bikes' },
        record: {
          run: {
            key: `${model}/${retrainingId}`,
            name: `retraining ${retrainingId}`,
            status: 'RUNNING',
            startedAt: day(10),
            endedAt: null,
            params: {
              'training.start': at(1),
              'training.end': at(3),
              'holdout.start': at(3),
              'holdout.end': at(10),
              champion: '1',
              'specification.hash': 'ab12',
              'specification.rows': '48',
            },
            tags: {
              'tidewatch.model': model,
              'tidewatch.state': 'shadow',
              'tidewatch.reason': 'RMSE is above 2',
              'tidewatch.code_version': 'test',
            },
            metrics: [
              { key: 'holdout.rmse.challenger', value: 1, timestamp: day(10) },
              { key: 'holdout.rmse.champion', value: 5, timestamp: day(10) },
              { key: 'holdout.rmse.improvement', value: 0.8, timestamp: day(10) },
              { key: 'holdout.latency_p95.challenger', value: 12, timestamp: day(10) },
              { key: 'cost', value: 3, timestamp: Date.parse(retrainingId) },
              { key: 'trainer.cv_rmse', value: 1.2, timestamp: day(3) },
            ],
          },
          versions: [
            {
              version: '1',
              registeredAs: '7',
              source: `tidewatch:/${model}/1`,
              ofRun: false,
              tags: { 'tidewatch.stage': 'champion' },
            },
            {
              version: '2',
              registeredAs: null,
              source: 's3://models/2',
              ofRun: true,
              tags: { 'tidewatch.stage': 'shadow' },
            },
          ],
          aliases: { champion: '1', challenger: '2' },
        },
      },
    ]);
  });

  it('adds the drift at its start, and how the new version performs since it serves', async () => {
    await watch(test.database, {
      model,
      retraining,
      reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-04' },
      current: '1d',
      performance: { windows: ['1d'] },
    });
    await load(test.database, model, { from: 1, to: 10 });
    await load(test.database, model, { from: 10, to: 12, version: '2', error: 2 });
    const drift = { model, asOf: retrainingId };
    await test.activities.profileHours(drift);
    await test.activities.detectDrift({ ...drift, act: false });
    const evaluation = { model, asOf: at(12, 3) };
    await test.activities.attachActuals(evaluation);
    await test.activities.summarizeOutcomes(evaluation);
    await test.activities.evaluatePerformance(evaluation);
    const [{ record: recorded } = { record: undefined }] = await record();
    expect(recorded?.run.metrics).toContainEqual({ key: 'drift.share', value: 0, timestamp: day(10) });
    expect(recorded?.run.metrics).toContainEqual({ key: 'served.1d.rmse', value: 2, timestamp: day(12) });
  });

  it.each([
    ['kept', 'FINISHED'],
    ['rejected', 'FINISHED'],
    ['failed', 'FAILED'],
    ['cancelled', 'KILLED'],
  ])('ends the run of one that is %s', async (state, status) => {
    await test.database.execute(
      `update retraining_runs set state = $1, finished_at = $2, helped = case when $1 = 'kept' then 'yes' end`,
      [state, at(11)],
    );
    const [{ record: recorded } = { record: undefined }] = await record();
    expect(recorded?.run).toMatchObject({ status, endedAt: day(11), tags: { 'tidewatch.state': state } });
    expect(recorded?.run.tags['tidewatch.helped']).toBe(state === 'kept' ? 'yes' : undefined);
  });

  it('waits while another process records the same model', async () => {
    const order: string[] = [];
    let first = () => {};
    const began = new Promise<void>((resolve) => (first = resolve));
    let finish = () => {};
    const allowed = new Promise<void>((resolve) => (finish = resolve));
    const recording = (name: string, then: () => Promise<void>) =>
      activitiesOn(test.database, {
        mlflow: {
          record: async () => {
            order.push(`${name} begins`);
            await then();
            order.push(`${name} ends`);
          },
        },
      }).recordInMlflow({ model, retrainingId });
    const one = recording('one', async () => {
      first();
      await allowed;
    });
    await began;
    const other = recording('the other', async () => {});
    await vi.waitFor(async () =>
      expect(
        await test.database.query(
          `select 1 from pg_locks where locktype = 'advisory' and not granted and database =
             (select oid from pg_database where datname = current_database())`,
        ),
      ).toHaveLength(1),
    );
    finish();
    await Promise.all([one, other]);
    expect(order).toEqual(['one begins', 'one ends', 'the other begins', 'the other ends']);
  });

  it('does nothing where the monitor names no server', async () => {
    await watch(test.database, { model, retraining: { trainer: { url: 'http://127.0.0.1:1' } } });
    expect(await record()).toEqual([]);
  });
});
