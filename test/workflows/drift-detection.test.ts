import { beforeEach, describe, expect, it } from 'vitest';

import type { MonitorInput } from '../../core/monitor/schema.ts';
import { pushedSeries } from '../activities/metrics/pushed-series.ts';
import { at, day, load, watch } from '../setup/synthetic.ts';
import { untilDelivered } from '../setup/until-delivered.ts';
import { useWorkerWithChannels } from '../setup/worker-world.ts';

const settings = {
  reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-08' },
  drift: { share: 0.4 },
  alerts: { routes: [{ slack: true, email: ['data@example.org'], groupWait: '0s', groupInterval: '0s' }] },
} as const satisfies Partial<MonitorInput>;

/** Another one for each test: the life cycle of an alert may go on when the run that opened it has ended. */
let model: string;
let count = 0;
const test = useWorkerWithChannels('shared by all tests');
beforeEach(async () => {
  model = `drift-detected-${(count += 1)}`;
  await watch(test.database, { ...settings, model });
  await load(test.database, model, { from: 1, to: 8 });
});

/** What this test's model has told. */
const told = () => {
  const { slack, emails } = test.channels.told();
  const mine = (text: string): boolean => text.includes(` ${model} `);
  return { slack: slack.filter(mine).sort(), emails: emails.filter(mine).sort() };
};

describe('driftDetection', () => {
  it('profiles what is new, compares the current window with the reference and says what it found', async () => {
    await load(test.database, model, { from: 8, to: 15 });
    expect(await test.worker.run('driftDetection', { model, asOf: at(15, 3) })).toEqual({
      asOf: at(15, 3),
      hoursProfiled: 14 * 24,
      window: { start: at(8), end: at(15) },
      verdict: 'ok',
      reason: '0 of 2 features drifted (0%, limit 40%)',
      driftShare: 0,
      driftedFeatures: [],
      driftedSegments: {},
      importances: {
        weighing: 'not known, each feature counts the same (there are 72 outcomes, 200 are needed)',
        shifts: [],
        driftAndError: {},
      },
      quality: { level: 'ok', reason: expect.any(String) },
      rows: 168,
      metrics: 'pushed',
    });
  });

  it('shows the drift as gauges', async () => {
    await load(test.database, model, { from: 8, to: 15, shift: 3 });
    await test.worker.run('driftDetection', { model, asOf: at(15, 3) });
    expect(await pushedSeries(model, 'drift-detection')).toMatchObject({
      data_drift_detected: 1,
      data_drift_share: 0.5,
      'data_drift_score{feature="x",method="wasserstein"}': expect.any(Number),
      'feature_missing_ratio{feature="x"}': 0,
      tidewatch_window_end_timestamp_seconds: day(15) / 1000,
    });
  });

  it('tells people of drift and of bad data once, and when it is over', async () => {
    const ended = () => untilDelivered(test.database, model);
    await load(test.database, model, { from: 8, to: 15, shift: 3 });
    await test.worker.run('driftDetection', { model, asOf: at(15, 3) });
    await ended();
    const bad = /has bad data \(x\): 1 of \d+ checks failed: x out of range$/;
    const drifted = 'has data drift: 1 of 2 features drifted (50%, limit 40%): x';
    expect(told()).toEqual({
      slack: [expect.stringMatching(bad), `CRITICAL ${model} ${drifted}`],
      emails: [expect.stringMatching(bad), `[critical] ${model} ${drifted}`],
    });

    await test.worker.run('driftDetection', { model, asOf: at(15, 3) });
    expect(told()).toEqual({ slack: [], emails: [] });

    await load(test.database, model, { from: 15, to: 22 });
    await test.worker.run('driftDetection', { model, asOf: at(22, 3) });
    await ended();
    expect(told().slack).toEqual([
      expect.stringMatching(/^RESOLVED \S+ has good data again: \d+ checks passed/),
      `RESOLVED ${model} has no data drift any more: 0 of 2 features drifted (0%, limit 40%)`,
    ]);
  });

  it('compares another length, or a window, where it is asked to', async () => {
    await load(test.database, model, { from: 8, to: 12 });
    expect(await test.worker.run('driftDetection', { model, asOf: at(12, 3), current: '2d' })).toMatchObject({
      window: { start: at(10), end: at(12) },
    });
    const window = { start: at(8, 6), end: at(9, 18) };
    expect(await test.worker.run('driftDetection', { model, asOf: at(12, 3), window })).toMatchObject({
      window,
      rows: 36,
    });
  });

  it('needs no other process to have run', async () => {
    await load(test.database, model, { from: 8, to: 15, error: 30 });
    await test.worker.run('driftDetection', { model, asOf: at(15, 3) });
    const [actual] = await test.database.query(
      `select verdict, current_rows as rows from drift_results
       where model = $1 and column_name = 'actual' and deciding`,
      [model],
    );
    expect(actual).toEqual({ verdict: 'critical', rows: 168 });
  });
});

describe('driftDetection of the last 24 hours, every hour', () => {
  const run = (hour: number) =>
    test.worker.run<{ window: unknown; verdict: string; driftedFeatures: string[] }>('driftDetection', {
      model,
      current: '24h',
      asOf: at(9, hour, 15),
    });

  it('moves on every hour', async () => {
    await load(test.database, model, { from: 8, to: 10 });
    expect(await run(4)).toMatchObject({
      window: { start: at(8, 4), end: at(9, 4) },
      hoursProfiled: 8 * 24 + 4,
    });
    expect(await run(5)).toMatchObject({ window: { start: at(8, 5), end: at(9, 5) }, hoursProfiled: 1 });
  });

  it('has gauges and an alert of its own beside those of the week', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await load(test.database, model, { from: 9, to: 10, shift: 1 });
    expect(await run(20)).toMatchObject({ verdict: 'warning', driftedFeatures: ['x'] });
    await untilDelivered(test.database, model);
    expect(told().slack).toHaveLength(1);
    expect(await pushedSeries(model, 'hourly-drift-detection')).toMatchObject({
      data_drift_detected: 1,
      tidewatch_window_end_timestamp_seconds: day(9) / 1000 + 20 * 3600,
    });
    // The week as a whole has not drifted, and does not end the alert of the day.
    await test.worker.run('driftDetection', { model, asOf: at(10, 3) });
    expect(await pushedSeries(model, 'drift-detection')).toMatchObject({ data_drift_detected: 0 });
    expect(
      await test.database.query('select alert_key as key, state from alerts where model = $1 order by 1', [
        model,
      ]),
    ).toEqual([
      { key: `dataset-drift:${model}:24h/dataset`, state: 'open' },
      { key: `drift:${model}:24h/x`, state: 'open' },
    ]);
  });
});
