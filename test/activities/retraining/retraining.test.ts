/** The steps of a retraining, one by one. */

import { beforeEach, describe, expect, it } from 'vitest';

import type { Activities } from '../../../activities/index.ts';
import { readImportances } from '../../../activities/importance/store.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import type { TrainingSucceeded } from '../../../core/retraining/trainer-contract.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'retrained';
const asOf = at(10, 3, 40);
const retrainingId = asOf;
const key = { model, retrainingId };

const test = useActivities('empty for each test');
let answer: TrainingSucceeded;
beforeEach(async () => {
  answer = { state: 'succeeded', version: '2', lineage: { rows: 48 } };
  await watch(test.database, settings());
  // The training window is days 1 and 2, the holdout days 3 to 9.
  await load(test.database, model, { from: 1, to: 10, error: 5 });
});

const settings = (policy: Partial<NonNullable<MonitorInput['retraining']>> = {}) =>
  ({
    model,
    retraining: {
      trainer: { url: 'http://127.0.0.1:8080', timeout: '2h' },
      trainingWindow: '2d',
      holdout: '7d',
      ...policy,
    },
  }) satisfies Partial<MonitorInput>;

const begin = (by: Activities = test.activities, at = asOf) =>
  by.beginRetraining({ model, asOf: at, reason: 'RMSE is above 2' });
/** The challenger predicts the holdout with this error. */
const shadow = (error: number, version = '2') =>
  openClient({ database: test.database }).logPredictions(
    model,
    predictionsOf({ from: 3, to: 10, version, role: 'shadow' }).map((row, i) => ({
      ...row,
      prediction: Number(actualsOf({ from: 3, to: 10, error: 5 })[i]!.value) + (i % 2 === 0 ? error : -error),
    })),
  );
const trained = () => test.activities.recordChallenger({ ...key, answer });
async function judged(error: number | undefined) {
  await begin();
  await trained();
  if (error !== undefined) await shadow(error);
  await test.activities.attachActuals({ model, asOf });
  return test.activities.judgeChallenger(key);
}
const runs = () =>
  test.database.query(
    `select retraining_id as id, state, reason, champion_version as champion, challenger_version as challenger
     from retraining_runs order by 1`,
  );
const versions = () =>
  test.database.query(
    'select version, stage, lineage, promoted_at as "promotedAt", archived_at as "archivedAt" from model_versions order by 1',
  );
const events = () =>
  test.database.query(
    'select alert_key as key, event, severity, summary from alert_events order by recorded_at',
  );

describe('beginRetraining', () => {
  it('takes the one place of the model, with the windows of its asOf', async () => {
    expect(await begin()).toEqual({
      decision: 'begun',
      retrainingId,
      holdout: { start: at(3), end: at(10) },
      pendingAlerts: [],
    });
    const [run] = await test.database.query(
      `select training_start as "trainingStart", training_end as "trainingEnd", holdout_start as "holdoutStart",
         holdout_end as "holdoutEnd", champion_version as champion, state, run_id as run from retraining_runs`,
    );
    expect(run).toEqual({
      trainingStart: day(1),
      trainingEnd: day(3),
      holdoutStart: day(3),
      holdoutEnd: day(10),
      champion: '1',
      state: 'training',
      run: 'run',
    });
  });

  it('tells people that it started, and why', async () => {
    await begin();
    expect(await events()).toEqual([
      {
        key: `retraining:${model}:${retrainingId}`,
        event: 'started',
        severity: 'info',
        summary: 'RMSE is above 2',
      },
    ]);
  });

  it('refuses while another one runs, whatever its asOf', async () => {
    await begin();
    const another = activitiesOn(test.database, { runId: 'another' });
    expect(await begin(another, at(11))).toEqual({
      decision: 'refused',
      reason: `another retraining of ${model}, started as of ${asOf}, is still running; one at a time`,
    });
    expect(await runs()).toHaveLength(1);
  });

  it('begins one of four that ask at once', async () => {
    const asked = await Promise.all(
      [1, 2, 3, 4].map((n) => begin(activitiesOn(test.database, { runId: `run ${n}` }), at(10, n))),
    );
    expect(asked.filter(({ decision }) => decision === 'begun')).toHaveLength(1);
    expect(await runs()).toHaveLength(1);
  });

  it('refuses to do one again that has ended, for another run', async () => {
    await begin();
    await test.activities.failRetraining({ ...key, reason: 'test' });
    const another = activitiesOn(test.database, { runId: 'another' });
    expect(await begin(another)).toEqual({
      decision: 'refused',
      reason: `the retraining as of ${asOf} is failed already`,
    });
  });

  it('takes the place of one whose workflow was ended from outside', async () => {
    await begin();
    await test.database.execute(
      `update retraining_runs set started_at = now() - interval '3 hours 1 minute'`,
    );
    const another = activitiesOn(test.database, { runId: 'another' });
    expect(await begin(another, at(11))).toMatchObject({ decision: 'begun' });
    expect(await runs()).toMatchObject([
      { id: asOf, state: 'failed', reason: 'RMSE is above 2; its workflow was ended from outside' },
      { id: at(11), state: 'training' },
    ]);
  });

  it('is not possible without a policy', async () => {
    await watch(test.database, { model });
    await expect(begin()).rejects.toMatchObject({ code: 'NO_RETRAINING_POLICY', retryable: false });
  });
});

describe('judgeChallenger', () => {
  it('promotes a challenger that is better on the same held-out rows', async () => {
    expect(await judged(1)).toEqual({
      state: 'kept',
      reason: 'challenger RMSE 1 against 5 on the same 168 held-out rows: 80% better, at least 2% needed',
      pendingAlerts: [],
    });
    expect(await versions()).toMatchObject([
      { version: '2', stage: 'champion', promotedAt: Date.parse(asOf) },
    ]);
    expect(await runs()).toMatchObject([{ state: 'kept', champion: '1', challenger: '2' }]);
    const [run] = await test.database.query('select comparison from retraining_runs');
    expect(run!['comparison']).toMatchObject({
      metric: 'rmse',
      rows: 168,
      judgement: { decision: 'promote' },
    });
  });

  it('stores what matters to the new champion, as its trainer reported', async () => {
    answer = { state: 'succeeded', version: '2', featureImportances: { x: 3, c: 1 }, lineage: { rows: 48 } };
    await judged(1);
    expect(await versions()).toMatchObject([
      { version: '2', lineage: { rows: 48, featureImportances: { x: 3, c: 1 } } },
    ]);
    expect(await readImportances(test.database, model, day(100))).toEqual([
      { version: '2', source: 'trainer', asOf: Date.parse(asOf), importances: { x: 0.75, c: 0.25 } },
    ]);
  });

  it('or learns it from the holdout, where the trainer does not say', async () => {
    await watch(test.database, settings({ holdout: '9d' }));
    await begin();
    await trained();
    const rows = predictionsOf({ from: 1, to: 10, version: '2', role: 'shadow' });
    await openClient({ database: test.database }).logPredictions(
      model,
      actualsOf({ from: 1, to: 10, error: 5 }).map(({ value }, i) => ({
        ...rows[i]!,
        features: { ...rows[i]!.features, x: Number(value) },
        prediction: Number(value) + 0.5,
      })),
    );
    await test.activities.attachActuals({ model, asOf });
    expect(await test.activities.judgeChallenger(key)).toMatchObject({ state: 'kept' });
    const [learned] = await readImportances(test.database, model, day(100));
    expect(learned).toMatchObject({ version: '2', source: 'surrogate', asOf: day(10) });
    expect(learned!.importances['x']).toBeGreaterThan(0.99);
  });

  it('archives the champion before', async () => {
    await test.database.execute(
      `insert into model_versions (model, version, stage, registered_at) values ($1, '1', 'champion', now())`,
      [model],
    );
    await judged(1);
    expect(await versions()).toMatchObject([
      { version: '1', stage: 'archived', archivedAt: Date.parse(asOf) },
      { version: '2', stage: 'champion' },
    ]);
  });

  it('rejects one that is not better enough', async () => {
    expect(await judged(4.95)).toMatchObject({
      state: 'rejected',
      reason: expect.stringContaining('1% better, at least 2% needed'),
    });
    expect(await versions()).toMatchObject([{ version: '2', stage: 'archived' }]);
    expect(await events()).toMatchObject([{ event: 'started' }, { event: 'rejected', severity: 'info' }]);
  });

  it('rejects one that has not predicted the holdout', async () => {
    expect(await judged(undefined)).toMatchObject({
      state: 'rejected',
      reason: '0 held-out rows, at least 50 are needed',
    });
  });

  it('compares on rows that both have predicted, the newest forecast of each', async () => {
    await openClient({ database: test.database }).logPredictions(model, [
      // An older forecast of the champion for a row that it has predicted again.
      { ...predictionsOf({ from: 3, to: 4 })[0]!, issuedAt: at(2), prediction: 1_000_000 },
      // And one that the challenger has not predicted.
      { ...predictionsOf({ from: 3, to: 4 })[0]!, entity: 'elsewhere', prediction: 1_000_000 },
    ]);
    expect(await judged(1)).toMatchObject({
      reason: expect.stringContaining('RMSE 1 against 5 on the same 168 held-out rows'),
    });
  });

  it('judges by the metric of the policy', async () => {
    await watch(test.database, settings({ metric: 'mae', minimumImprovement: 0.9 }));
    expect(await judged(1)).toMatchObject({
      state: 'rejected',
      reason: 'challenger MAE 1 against 5 on the same 168 held-out rows: 80% better, at least 90% needed',
    });
  });

  it('says the same when it is asked again, and changes nothing', async () => {
    const first = await judged(1);
    await shadow(9);
    expect(await test.activities.judgeChallenger(key)).toMatchObject({ state: first.state });
    expect(await versions()).toMatchObject([{ stage: 'champion' }]);
    expect(await events()).toHaveLength(2);
  });
});

describe('failRetraining', () => {
  it('ends it, takes the challenger out of the running and tells people', async () => {
    await begin();
    await trained();
    expect(await test.activities.failRetraining({ ...key, reason: 'no holdout' })).toMatchObject({
      state: 'failed',
    });
    expect(await versions()).toMatchObject([{ version: '2', stage: 'archived' }]);
    expect(await runs()).toMatchObject([{ state: 'failed', reason: 'RMSE is above 2; no holdout' }]);
    expect(await events()).toMatchObject([
      { event: 'started' },
      { event: 'failed', severity: 'warning', summary: '1 stays: no holdout' },
    ]);
  });

  it('leaves one that has ended as it is', async () => {
    await judged(1);
    expect(await test.activities.failRetraining({ ...key, reason: 'too late' })).toMatchObject({
      state: 'kept',
    });
    expect(await versions()).toMatchObject([{ stage: 'champion' }]);
  });

  it('makes room for the next one', async () => {
    await begin();
    await test.activities.failRetraining({ ...key, reason: 'test' });
    expect(await begin(test.activities, at(11))).toMatchObject({ decision: 'begun' });
  });
});
