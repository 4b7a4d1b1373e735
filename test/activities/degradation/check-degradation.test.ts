import { beforeEach, describe, expect, it } from 'vitest';

import type { CheckDegradationResult } from '../../../activities/degradation/check-degradation.ts';
import { parseReportPath, storeReport } from '../../../activities/reports/store.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { dayMs } from '../../../core/window.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { withoutIntervals } from '../../setup/without-intervals.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'degrading';
const key = `degradation:${model}:performance`;
const settings = {
  model,
  performance: { windows: ['1d'] },
  degradation: {
    rules: [
      { metric: 'rmse', over: '1d', limit: 4 },
      { metric: 'rmse', over: '1d', limit: 2, level: 'warning' },
    ],
  },
} as const satisfies Partial<MonitorInput>;

const test = useActivities('empty for each test');
beforeEach(async () => {
  await watch(test.database, settings);
});

async function check(asOf: string, act = false): Promise<CheckDegradationResult> {
  await test.activities.attachActuals({ model, asOf });
  await test.activities.summarizeOutcomes({ model, asOf });
  await test.activities.evaluatePerformance({ model, asOf });
  return withoutIntervals(await test.activities.checkDegradation({ model, asOf, act }));
}
const loadDay = (n: number, error: number) => load(test.database, model, { from: n, to: n + 1, error });
const alerts = async () =>
  withoutIntervals(
    await test.database.query(
      'select alert_key as key, episode, state, severity, summary from alerts order by episode',
    ),
  );
const events = () =>
  test.database.query('select episode, event, severity from alert_events order by episode, as_of');
const stored = () =>
  test.database.query(
    'select window_end as "end", verdict, version, jsonb_array_length(findings) as findings, run_id as run from degradation_checks order by 1',
  );

describe('checkDegradation', () => {
  it('leads to the newest performance report of the days that are over', async () => {
    for (const end of [1, 2, 3]) {
      const window = { start: day(end) - 7 * dayMs, end: day(end) };
      await storeReport(test.database, { kind: 'performance', model, window }, '<p>');
    }
    await loadDay(1, 5);
    await check(at(2, 3));
    const [{ path } = { path: '' }] = await test.database.query<{ path: string }>(
      `select links -> 0 ->> 'path' as path from alert_events`,
    );
    expect(parseReportPath(path)?.window.end).toBe(day(2));
  });

  it('is ok where every rule is', async () => {
    await loadDay(1, 1);
    expect(await check(at(2, 3))).toEqual({
      verdict: 'ok',
      reason: 'RMSE over 1 day 1 is not above 2 (24 outcomes, coverage 100%)',
      version: '1',
      retraining: { decision: 'wait', reason: 'the monitor has no retraining policy' },
      pendingAlerts: [],
    });
    expect(await stored()).toEqual([{ end: day(2), verdict: 'ok', version: '1', findings: 2, run: 'run' }]);
    expect(await alerts()).toEqual([]);
  });

  it('gives the worst of the rules that fire, and opens an alert with what was found', async () => {
    await loadDay(1, 5);
    expect(await check(at(2, 3))).toMatchObject({
      verdict: 'critical',
      reason: 'RMSE over 1 day 5 is above 4 (24 outcomes, coverage 100%)',
    });
    expect(await alerts()).toEqual([
      {
        key,
        episode: 1,
        state: 'open',
        severity: 'critical',
        summary: 'RMSE over 1 day 5 is above 4 (24 outcomes, coverage 100%)',
      },
    ]);
    const [event] = await test.database.query('select facts from alert_events');
    expect(withoutIntervals(event!['facts'])).toEqual([
      { name: 'Model version', value: '1' },
      { name: 'RMSE over 1 day', value: '5, limits 4 (critical), 2 (warning)' },
      { name: 'Outcomes', value: '24' },
    ]);
  });

  it('has insufficient data where nothing was predicted or evaluated', async () => {
    expect(await check(at(2, 3))).toMatchObject({
      verdict: 'insufficient-data',
      version: null,
      reason: 'RMSE over 1 day cannot be judged: there is no evaluation of the last 1 day',
    });
    expect(await alerts()).toEqual([]);
  });

  it('judges the champion, or the version that served last where none is registered', async () => {
    await loadDay(1, 5);
    await openClient({ database: test.database }).logPredictions(
      model,
      predictionsOf({ from: 1, to: 2, version: '2' }).slice(-11),
    );
    expect(await check(at(2, 3))).toMatchObject({ version: '2', verdict: 'critical' });
    await test.database.execute(
      `insert into model_versions (model, version, stage, registered_at) values ($1, '1', 'champion', now())`,
      [model],
    );
    expect(await check(at(2, 3))).toMatchObject({ version: '1' });
  });

  it('holds a version against the numbers that it was promoted by', async () => {
    await watch(test.database, {
      ...settings,
      degradation: {
        rules: [{ metric: 'rmse', over: '1d', worseThan: { baseline: 'validation', by: '20%' } }],
      },
    });
    await loadDay(1, 5);
    const validation = { window: { start: at(0, 0), end: at(1, 0) }, metrics: { rmse: { value: 4 } } };
    await test.database.execute(
      `insert into model_versions (model, version, stage, lineage, registered_at)
       values ($1, '1', 'champion', $2, now())`,
      [model, JSON.stringify({ validation })],
    );
    expect(await check(at(2, 3))).toMatchObject({
      verdict: 'critical',
      reason: expect.stringContaining('5 is more than 20% worse than the 4 of its validation'),
    });
  });

  it('judges a past day by the version that was the champion then', async () => {
    await loadDay(1, 5);
    await test.database.execute(
      `insert into model_versions (model, version, stage, registered_at, promoted_at)
       values ($1, '1', 'archived', $2, $2), ($1, '2', 'champion', $3, $3)`,
      [model, at(1, 0), at(5, 3)],
    );
    expect(await check(at(2, 3))).toMatchObject({ verdict: 'critical', version: '1' });
    expect(await check(at(5, 3))).toMatchObject({ version: '1' });
    expect(await check(at(5, 4))).toMatchObject({ version: '2' });
  });

  it('keeps one check a day, and the run that first said so', async () => {
    await loadDay(1, 1);
    await check(at(2, 3));
    await activitiesOn(test.database, { runId: 'later' }).checkDegradation({
      model,
      asOf: at(2, 9),
      act: false,
    });
    expect(await stored()).toMatchObject([{ end: day(2), run: 'run' }]);
  });

  it('judges dataset drift where a rule asks for it', async () => {
    await watch(test.database, {
      ...settings,
      reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-03' },
      current: '1d',
      degradation: { rules: [{ drift: 'dataset', share: 0.4 }] },
    });
    await load(test.database, model, { from: 1, to: 3 });
    await load(test.database, model, { from: 3, to: 4, shift: 4 });
    expect(await check(at(4, 3))).toMatchObject({ verdict: 'insufficient-data' });
    await test.activities.detectDrift({ model, asOf: at(4, 3), act: false });
    expect(await check(at(4, 3))).toMatchObject({
      verdict: 'warning',
      reason: '50% of the features have drifted, above 40% (24 rows)',
    });
  });

  it('judges a daily mean alike, in whatever order its days were run', async () => {
    const rules = [
      { metric: 'rmse', over: '4d', aggregate: 'daily-mean', limit: 2, certainty: 'point' },
    ] as const;
    await watch(test.database, { ...settings, degradation: { rules: [...rules] } });
    for (const [n, error] of [1, 1, 3, 5].entries()) await loadDay(n + 1, error);
    expect(await check(at(5, 3))).toMatchObject({
      verdict: 'critical',
      reason: 'daily mean RMSE over 4 days 2.5 is above 2 (4 of 4 days, 96 outcomes)',
    });
  });
});

describe('the degradation alert', () => {
  it('is told once, again when it becomes worse, and when it is over and when it is back', async () => {
    for (const [n, error] of [3, 3, 5, 5, 3, 1, 1, 5].entries()) {
      await loadDay(n + 1, error);
      await check(at(n + 2, 3));
    }
    expect(await events()).toEqual([
      { episode: 1, event: 'opened', severity: 'warning' },
      { episode: 1, event: 'escalated', severity: 'critical' },
      { episode: 1, event: 'resolved', severity: 'critical' },
      { episode: 1, event: 'reopened', severity: 'critical' },
    ]);
  });

  it('follows the newest day that can be judged, and stays open where none can', async () => {
    await loadDay(1, 5);
    await check(at(2, 3));
    expect(await check(at(4, 3))).toMatchObject({
      verdict: 'critical',
      reason: 'RMSE of 1 Jan 5 is above 4 (24 outcomes, coverage 100%)',
    });
    expect(await check(at(10, 3))).toMatchObject({ verdict: 'insufficient-data' });
    expect(await alerts()).toMatchObject([{ state: 'open' }]);
  });

  it('stays open while the model is not surely fine', async () => {
    await watch(test.database, { ...settings, degradation: { rules: [settings.degradation.rules[0]] } });
    for (const [n, [error, low, high]] of (
      [
        [5, 4.5, 5.5],
        [4.2, 3.9, 4.5],
        [4.2, 3.9, 4.5],
        [1, 0.9, 4.1],
      ] as const
    ).entries()) {
      await loadDay(n + 1, error);
      const asOf = at(n + 2, 3);
      await test.activities.attachActuals({ model, asOf });
      await test.activities.summarizeOutcomes({ model, asOf });
      await test.activities.evaluatePerformance({ model, asOf });
      await test.database.execute(
        `update performance_evaluations set intervals = jsonb_build_object('rmse', array[$2, $3]::float8[]) where window_end = $1`,
        [at(n + 2), low, high],
      );
      await test.activities.checkDegradation({ model, asOf, act: false });
    }
    const verdicts = await test.database.query(
      'select verdict, reason from degradation_checks order by window_end',
    );
    expect(verdicts).toMatchObject([
      { verdict: 'critical' },
      { verdict: 'ok', reason: expect.stringContaining('RMSE over 1 day 4.2 is above 4, but not surely') },
      { verdict: 'ok' },
      { verdict: 'ok' },
    ]);
    expect(await events()).toEqual([
      { episode: 1, event: 'opened', severity: 'critical' },
      { episode: 1, event: 'resolved', severity: 'critical' },
    ]);
  });

  it('does not open for a run that makes up the past, unless it is to act', async () => {
    await loadDay(1, 5);
    await loadDay(2, 1);
    await check(at(3, 3));
    expect(await check(at(2, 3))).toMatchObject({
      verdict: 'critical',
      retraining: { decision: 'wait', reason: 'this run makes up the past; give "act": true to let it act' },
    });
    expect(await alerts()).toEqual([]);
    await check(at(2, 3), true);
    expect(await alerts()).toMatchObject([{ state: 'open' }]);
  });
});

describe('the decision to retrain', () => {
  const retraining = {
    trainer: { url: 'http://127.0.0.1:1' },
    trainingWindow: '1d',
    holdout: '1d',
    cooldown: '5d',
  } as const;
  beforeEach(() => watch(test.database, { ...settings, retraining: { ...retraining, minimumOutcomes: 20 } }));

  const begin = (asOf: string) => test.activities.beginRetraining({ model, asOf, reason: 'test' });

  it('starts when the model is degraded and there is enough to train on', async () => {
    await loadDay(1, 5);
    await loadDay(2, 5);
    expect(await check(at(3, 3))).toMatchObject({
      retraining: {
        decision: 'start',
        reason: 'the verdict is critical; 24 outcomes in the training window',
      },
    });
  });

  it('waits while there is too little to train on', async () => {
    await loadDay(2, 5);
    expect((await check(at(3, 3))).retraining).toMatchObject({
      decision: 'wait',
      reason: '0 outcomes in the training window, at least 20 are needed',
    });
  });

  it('waits while one runs, and within the cooldown of its start', async () => {
    for (const n of [1, 2, 3]) await loadDay(n, 5);
    await begin(at(3, 3));
    expect((await check(at(4, 3))).retraining.reason).toContain('is still training; one at a time');
    // One that had nothing to train on would hold up no other.
    await test.database.execute(`update retraining_runs set specification = specification || '{"rows": 24}'`);
    await test.activities.concludeRetraining({
      model,
      retrainingId: at(3, 3),
      end: 'failed',
      reason: 'test',
    });
    for (const n of [4, 5, 6]) await loadDay(n, 5);
    expect((await check(at(7, 3))).retraining.reason).toContain(
      'the cooldown of 5 days ends at 2024-01-08T03:00:00Z',
    );
    await loadDay(7, 5);
    expect((await check(at(8, 3))).retraining.decision).toBe('start');
  });
});
