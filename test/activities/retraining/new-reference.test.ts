/** x has moved by 3 since day 8: days 1 to 7 are the reference, and version 2 was trained on days 9 to 15. */

import { beforeEach, describe, expect, it } from 'vitest';

import { openClient } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { at, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'handed-over';
const retrainingId = at(17, 3, 40);
const key = { model, retrainingId };
const test = useActivities('empty for each test');

const settings = (reference: 'keep' | 'training-window' = 'training-window'): MonitorInput => ({
  model,
  task: 'regression',
  features: { x: { kind: 'continuous' }, c: { kind: 'categorical' } },
  reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-08' },
  current: '1d',
  drift: { share: 0.4 },
  retraining: { trainer: { url: 'http://127.0.0.1:1' }, reference },
  alerts: { life: { resolveAfter: 3 } },
});

const detect = async (n: number) => {
  const asOf = at(n, 3);
  await test.activities.attachActuals({ model, asOf });
  await test.activities.profileHours({ model, asOf });
  await test.activities.calibrateDrift({ model, asOf });
  return test.activities.detectDrift({ model, asOf, act: true });
};
const promote = (exclude: readonly { start: string; end: string }[] = []) =>
  test.database.transaction(async (connection) => {
    await connection.execute(
      `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end, holdout_start,
         holdout_end, champion_version, challenger_version, promoted_as_of, specification, workflow_id, run_id)
       values ($1, $2, 'verifying', '', $3, $4, $5, $5, $6, '1', '2', $3, $7, '', '')`,
      [model, retrainingId, retrainingId, at(9), at(16), at(17), JSON.stringify({ exclude })],
    );
    await connection.execute(
      `insert into model_versions (model, version, stage, registered_at) values ($1, '2', 'champion', $2)`,
      [model, retrainingId],
    );
  });
const handOver = () => test.activities.handOverReference(key);
/** The days that were judged, with the reference that each was compared with. */
const judged = async () => {
  const rows = await test.database.query<{ end: string; start: string; verdict: string }>(
    `select to_char(run.window_end at time zone 'UTC', 'DD') as "end",
       to_char(reference.window_start at time zone 'UTC', 'DD') as start, verdict
     from drift_runs run join model_references reference using (model, reference_id)
     where segment = '' order by run.window_end`,
  );
  return rows.map(({ end, start, verdict }) => `${Number(end)} against ${Number(start)}: ${verdict}`);
};
const events = () =>
  test.database.query(
    `select event, split_part(alert_key, ':', 1) as kind, summary from alert_events where alert_key like '%drift:%' order by recorded_at, alert_key, event`,
  );

beforeEach(async () => {
  await watch(test.database, settings());
  await load(test.database, model, { from: 1, to: 8 });
  await load(test.database, model, { from: 8, to: 20, shift: 3 });
  await detect(17);
});

describe('handOverReference', () => {
  it('ends the drift that the new version was trained on, in words', async () => {
    await promote();
    const words = 'the reference is now the training window of version 2, 2024-01-09 to 2024-01-15';
    expect(await handOver()).toEqual({ reference: 'handed over', reason: words, pendingAlerts: [] });
    const summary = `${words}: what had drifted from the former one is what it was trained on`;
    expect(await events()).toMatchObject([
      { event: 'opened', kind: 'dataset-drift' },
      { event: 'opened', kind: 'drift' },
      { event: 'resolved', kind: 'dataset-drift', summary },
      { event: 'resolved', kind: 'drift', summary },
    ]);
  });

  it('compares each later day with it, and no earlier one: without a gap, and without an alarm', async () => {
    await promote();
    await handOver();
    await detect(18);
    await detect(19);
    expect(await judged()).toEqual(['17 against 1: critical', '18 against 9: ok', '19 against 9: ok']);
    expect(await events()).toHaveLength(4);
  });

  it('does not take what the new version predicts otherwise for drift', async () => {
    await promote();
    await handOver();
    const rows = predictionsOf({ from: 17, to: 19, shift: 3, version: '2' });
    await test.database.execute(`delete from predictions where event_time >= $1`, [at(17)]);
    await openClient({ database: test.database }).logPredictions(
      model,
      rows.map((row) => ({ ...row, prediction: 100 + Number(row.prediction) })),
    );
    await detect(18);
    await detect(19);
    expect(await events()).toHaveLength(4);
  });

  it('computes an earlier day again against what it was compared with', async () => {
    await promote();
    await handOver();
    await detect(18);
    await detect(17);
    expect(await judged()).toEqual(['17 against 1: critical', '18 against 9: ok']);
  });

  it('leaves days that were judged before it, however late it comes', async () => {
    await promote();
    await detect(18);
    await handOver();
    await detect(19);
    await detect(18);
    expect(await judged()).toEqual(['17 against 1: critical', '18 against 1: critical', '19 against 9: ok']);
  });

  it('has profiled what it needs before anything is compared with it', async () => {
    await promote();
    await handOver();
    const { hoursProfiled } = await test.activities.profileHours({ model, asOf: at(18, 3) });
    expect(hoursProfiled).toBe(24);
  });

  it('does it once', async () => {
    await promote();
    const first = await handOver();
    await detect(18);
    expect(await handOver()).toEqual(first);
    expect(await test.database.query('select active_from from reference_handovers')).toHaveLength(1);
    expect(await events()).toHaveLength(4);
  });

  it('takes the longest stretch of days that were trained on', async () => {
    await promote([{ start: at(11, 6), end: at(12) }]);
    expect(await handOver()).toMatchObject({ reason: expect.stringContaining('2024-01-12 to 2024-01-15') });
  });

  it('goes back to the former reference when the promotion is taken back', async () => {
    await promote();
    await handOver();
    await detect(18);
    await test.database.execute(`update model_versions set stage = 'archived' where version = '2'`);
    const handedBack = {
      reference: 'handed back',
      reason: 'drift is measured against the former reference again',
      pendingAlerts: [],
    };
    expect(await handOver()).toEqual(handedBack);
    // Again: nobody may have heard of it the first time.
    expect(await handOver()).toEqual(handedBack);
    await detect(19);
    await detect(18);
    expect(await judged()).toEqual(['17 against 1: critical', '18 against 9: ok', '19 against 1: critical']);
  });

  it.each([
    [
      'the policy keeps it',
      async () => watch(test.database, settings('keep')).then(() => promote()),
      'the policy keeps the reference',
    ],
    ['nothing was promoted', async () => undefined, 'nothing was promoted'],
    [
      'nothing of it is left',
      () => promote([{ start: at(1), end: at(30) }]),
      'no whole day of the training window is without an exclusion',
    ],
  ])('keeps the reference where %s', async (_, arrange, reason) => {
    await arrange();
    expect(await handOver()).toEqual({ reference: 'kept', reason, pendingAlerts: [] });
    expect(await test.database.query('select active_from from reference_handovers')).toEqual([]);
  });
});
