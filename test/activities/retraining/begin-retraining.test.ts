import { beforeEach, describe, expect, it } from 'vitest';

import { openAlert } from '../../../activities/alerts/store.ts';
import type { Activities } from '../../../activities/index.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { at, day, load, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'retrained';
const asOf = at(10, 3, 40);
const retrainingId = asOf;
const key = { model, retrainingId };

const test = useActivities('empty for each test');
beforeEach(async () => {
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
const runs = () =>
  test.database.query(
    `select retraining_id as id, state, reason, champion_version as champion, challenger_version as challenger
     from retraining_runs order by 1`,
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
      state: 'training',
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

  it('does not say again what the alert of the degradation has said', async () => {
    const { alerts } = await watch(test.database, settings());
    const degradation = { kind: 'degradation', subject: 'performance', severity: 'critical' } as const;
    await test.database.transaction((connection) =>
      openAlert(connection, {
        ...degradation,
        model,
        alerts,
        summary: 'RMSE is above 2',
        facts: [],
        asOf: day(10),
        provenance: { workflowId: 'w', runId: 'r' },
      }),
    );
    await begin();
    expect((await events()).map(({ summary }) => summary)).toEqual([
      'RMSE is above 2',
      'since it is degraded',
    ]);
  });

  it('freezes what is trained on', async () => {
    await watch(
      test.database,
      settings({ exclude: [{ from: '2024-01-01T12:00:00Z', to: '2024-01-02', reason: 'sensor broken' }] }),
    );
    await test.activities.attachActuals({ model, asOf });
    await begin();
    const specification = async () =>
      (await test.database.query('select specification from retraining_runs'))[0]!['specification'];
    const frozen = await specification();
    expect(frozen).toMatchObject({
      training: { start: at(1), end: at(3) },
      exclude: [{ start: at(1, 12), end: at(2), reason: 'sensor broken' }],
      rows: 36,
    });
    await test.database.execute(`delete from actuals where event_time < $1`, [at(2)]);
    await begin();
    expect(await specification()).toEqual(frozen);
  });

  it('refuses while another one runs, whatever its asOf', async () => {
    await begin();
    const another = activitiesOn(test.database, { runId: 'another' });
    expect(await begin(another, at(11))).toEqual({
      decision: 'refused',
      reason: `another retraining of ${model}, started as of ${asOf}, is still training; one at a time`,
      holder: { model, retrainingId, workflowId: 'workflow' },
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
    await test.activities.concludeRetraining({ ...key, end: 'failed', reason: 'test' });
    const another = activitiesOn(test.database, { runId: 'another' });
    expect(await begin(another)).toEqual({
      decision: 'refused',
      reason: `the retraining as of ${asOf} is failed already`,
    });
  });

  it('is not possible without a policy', async () => {
    await watch(test.database, { model });
    await expect(begin()).rejects.toMatchObject({ code: 'NO_RETRAINING_POLICY', retryable: false });
  });
});
