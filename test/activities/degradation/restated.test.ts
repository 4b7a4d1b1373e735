/** Actuals arrive in parts: what a day said is said again when it is known better, and people are told so. */

import { beforeEach, describe, expect, it } from 'vitest';

import type { CheckDegradationResult } from '../../../activities/degradation/check-degradation.ts';
import type { ActualRow } from '../../../client/tidewatch-client.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { checksums } from '../../setup/checksums.ts';
import { actualsOf, at, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { withoutIntervals } from '../../setup/without-intervals.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'restated';
const settings = {
  model,
  performance: { windows: ['1d'] },
  // Whether the intervals of these few hours clear the limit is not the question here.
  degradation: { rules: [{ metric: 'rmse', over: '1d', limit: 1, certainty: 'point' }] },
} as const satisfies Partial<MonitorInput>;

const test = useActivities('empty for each test');
beforeEach(async () => {
  await watch(test.database, settings);
});

async function check(n: number, runId = 'run'): Promise<CheckDegradationResult> {
  const asOf = at(n, 3);
  await test.activities.attachActuals({ model, asOf });
  await test.activities.summarizeOutcomes({ model, asOf });
  await test.activities.evaluatePerformance({ model, asOf });
  const result = await activitiesOn(test.database, { runId }).checkDegradation({ model, asOf, act: false });
  return withoutIntervals(result);
}

const predict = (from: number, to: number, version = '1') =>
  openClient({ database: test.database }).logPredictions(model, predictionsOf({ from, to, version }));
const record = (rows: readonly ActualRow[]) =>
  openClient({ database: test.database }).recordActuals(model, rows);
/** The actuals of a day are known in two parts, 14 and 10 hours long. */
const first = (n: number, error: number) => record(actualsOf({ from: n, to: n + 1, error }).slice(0, 14));
const rest = (n: number, error: number) => record(actualsOf({ from: n, to: n + 1, error }).slice(14));

/** A day is served and checked before anything is known of it. */
async function night(n: number): Promise<void> {
  await predict(n, n + 1);
  expect(await check(n + 1)).toMatchObject({ verdict: 'insufficient-data' });
}

const events = async () =>
  withoutIntervals(
    await test.database.query(
      `select episode, event, summary from alert_events order by episode, as_of, event, alert_key`,
    ),
  );
/** What is told of a restated verdict by itself. */
const newsOf = (summary: string) => ({ event: 'restated', summary });
const restatedAlerts = () =>
  test.database.query(
    `select alert_key as "alertKey", state, severity, episode from alerts where kind = 'restated' order by alert_key`,
  );
/** The check that speaks for the beginning of a day, as it is stored now. */
const checkOf = async (n: number) => {
  const rows = await test.database.query(
    `select verdict, reason, restatements from degradation_checks where window_end = $1`,
    [at(n)],
  );
  return withoutIntervals(rows)[0];
};

const partly = 'RMSE of 1 Jan 1.25 is above 1 (14 outcomes, coverage 58.3%)';
const whole = 'RMSE of 1 Jan 0.9547 is not above 1 (24 outcomes, coverage 100%)';
const better = 'RMSE of 1 Jan 1.25 -> 0.9547 as coverage rose from 58.3% to 100%';

describe('a day that was bad by the actuals known at first', () => {
  beforeEach(async () => {
    await night(1);
    await predict(2, 3);
    await first(1, 1.25);
    expect(await check(3)).toMatchObject({ verdict: 'critical', reason: partly });
  });

  it('is judged again when the others arrive, and its alert resolves with these words', async () => {
    await rest(1, 0);
    expect(await check(4)).toMatchObject({ verdict: 'ok', reason: `${whole}; restated: ${better}` });
    expect(await events()).toEqual([
      { episode: 1, event: 'opened', summary: partly },
      { episode: 1, event: 'resolved', summary: `${whole}; restated: ${better}` },
    ]);
    expect(await checkOf(3)).toEqual({
      verdict: 'ok',
      reason: whole,
      restatements: [{ by: '2024-01-04T00:00:00Z', from: 'critical', to: 'ok', numbers: [better] }],
    });
    expect(await checkOf(4)).toEqual({ verdict: 'ok', reason: whole, restatements: [] });
  });

  it('says so once, however often the check is repeated', async () => {
    await rest(1, 0);
    await check(4);
    const before = await checksums(test.database, []);
    const again = await check(4, 'another run');
    expect(again.reason).toBe(`${whole}; restated: ${better}`);
    expect(await checksums(test.database, [])).toEqual(before);
    expect((await check(5)).reason).toBe(whole);
  });

  it('is judged again by a repeated check of the same day', async () => {
    await rest(1, 0);
    expect(await check(3, 'another run')).toMatchObject({
      verdict: 'ok',
      reason: `${whole}; restated: ${better}`,
    });
    expect(await events()).toMatchObject([{ event: 'opened' }, { event: 'resolved' }]);
    expect(await checkOf(3)).toMatchObject({
      verdict: 'ok',
      restatements: [{ by: '2024-01-03T00:00:00Z' }],
    });
  });

  it('adds its words to whatever the newer day says', async () => {
    await rest(1, 0);
    await record(actualsOf({ from: 2, to: 3, error: 3 }));
    expect(await check(4)).toMatchObject({
      verdict: 'critical',
      reason: `RMSE of 2 Jan 3 is above 1 (24 outcomes, coverage 100%); restated: ${better}`,
    });
    expect(await events()).toMatchObject([
      { event: 'opened' },
      newsOf(`2 Jan was critical and is ok: ${better}`),
    ]);
    expect(await checkOf(2)).toMatchObject({ verdict: 'ok', restatements: [{ numbers: [better] }] });
    expect(await checkOf(3)).toMatchObject({ verdict: 'critical', restatements: [] });
  });

  it('is as bad as before where the others change nothing: nobody is told', async () => {
    await rest(1, 1.25);
    expect(await check(4)).toMatchObject({
      verdict: 'critical',
      reason: 'RMSE of 1 Jan 1.25 is above 1 (24 outcomes, coverage 100%)',
    });
    expect(await events()).toMatchObject([{ event: 'opened' }]);
    expect(await checkOf(3)).toMatchObject({
      reason: 'RMSE of 1 Jan 1.25 is above 1 (24 outcomes, coverage 100%)',
      restatements: [],
    });
  });

  it('is judged by the rules of its time', async () => {
    await watch(test.database, {
      ...settings,
      degradation: { rules: [{ metric: 'rmse', over: '1d', limit: 9, certainty: 'point' }] },
    });
    expect(await check(4)).toMatchObject({ verdict: 'ok' });
    expect(await checkOf(3)).toMatchObject({ verdict: 'critical', reason: partly, restatements: [] });
  });

  it('stays as it was once the actuals horizon has closed', async () => {
    await rest(1, 0);
    await check(12);
    expect(await checkOf(3)).toMatchObject({ verdict: 'critical', reason: partly });
  });
});

describe('a day that was fine by the actuals known at first', () => {
  const worse = 'RMSE of 1 Jan 0.5 -> 6.466 as coverage rose from 58.3% to 100%';
  const bad = 'RMSE of 1 Jan 6.466 is above 1';

  beforeEach(async () => {
    await night(1);
    await predict(2, 3);
    await first(1, 0.5);
    expect(await check(3)).toMatchObject({ verdict: 'ok' });
  });

  it('opens the alert when the others arrive', async () => {
    await rest(1, 10);
    const { verdict, reason } = await check(4);
    expect(verdict).toBe('critical');
    expect(reason).toMatch(new RegExp(`^${bad} \\(.*24 outcomes, coverage 100%\\); restated: ${worse}$`));
    expect(await events()).toEqual([{ episode: 1, event: 'opened', summary: reason }]);
  });

  it('reopens it after it was resolved', async () => {
    await record(actualsOf({ from: 2, to: 3, error: 5 }));
    expect(await check(3)).toMatchObject({ verdict: 'critical' });
    await predict(3, 4);
    await check(4);
    await first(3, 0.5);
    expect(await check(5)).toMatchObject({ verdict: 'ok' });
    await rest(3, 10);
    expect((await check(6)).reason).toContain('restated: RMSE of 3 Jan 0.5 -> ');
    expect(await events()).toMatchObject([
      { episode: 1, event: 'opened' },
      { episode: 1, event: 'resolved' },
      { episode: 1, event: 'reopened', summary: expect.stringContaining('restated: RMSE of 3 Jan 0.5 -> ') },
    ]);
  });

  it('changes when an actual is corrected', async () => {
    await rest(1, 0.5);
    await check(4);
    await record(actualsOf({ from: 1, to: 2, error: 5 }));
    expect((await check(5)).reason).toMatch(/restated: RMSE of 1 Jan 0\.5 -> 5 as actuals were corrected$/);
  });

  it('opens no alert where a newer day is fine, but is told as news', async () => {
    await rest(1, 10);
    await record(actualsOf({ from: 2, to: 3, error: 0.5 }));
    expect(await check(4)).toMatchObject({
      verdict: 'ok',
      reason: `RMSE of 2 Jan 0.5 is not above 1 (24 outcomes, coverage 100%); restated: ${worse}`,
    });
    expect(await events()).toMatchObject([newsOf(`2 Jan was ok and is critical: ${worse}`)]);
    expect(await checkOf(2)).toMatchObject({ verdict: 'critical' });
    expect(await checkOf(3)).toMatchObject({ verdict: 'ok' });
  });
});

describe('a verdict that is restated without a change of the degradation alert', () => {
  const worse = 'RMSE of 1 Jan 0.5 -> 6.466 as coverage rose from 58.3% to 100%';

  beforeEach(async () => {
    await night(1);
    await predict(2, 3);
    await first(1, 0.5);
    await check(3);
    await rest(1, 10);
    await record(actualsOf({ from: 2, to: 3, error: 0.5 }));
  });

  it('is an alert of the day that is over at once', async () => {
    await check(4);
    expect(await restatedAlerts()).toEqual([
      { alertKey: `restated:${model}:2024-01-02`, state: 'resolved', severity: 'info', episode: 1 },
    ]);
  });

  it('is told once, however often the check is repeated', async () => {
    await check(4);
    const before = await checksums(test.database);
    await check(4, 'another run');
    expect(await checksums(test.database)).toEqual(before);
    await check(5);
    expect(await events()).toMatchObject([newsOf(`2 Jan was ok and is critical: ${worse}`)]);
  });

  it('is told again, to those who heard of it before as well, when it changes again', async () => {
    await check(4);
    await record(actualsOf({ from: 1, to: 2, error: 0.5 }));
    await check(5);
    expect(await events()).toMatchObject([
      { episode: 1, ...newsOf(`2 Jan was ok and is critical: ${worse}`) },
      {
        episode: 1,
        event: 'restated.2',
        summary: '2 Jan was critical and is ok: RMSE of 1 Jan 6.466 -> 0.5 as actuals were corrected',
      },
    ]);
  });

  it('is not told by a run that makes up the past, nor after it', async () => {
    await predict(10, 11);
    await check(4);
    expect(await checkOf(2)).toMatchObject({ verdict: 'critical' });
    await check(5);
    expect(await events()).toEqual([]);
  });
});

it('a verdict that is good news too early to resolve the alert is told as news', async () => {
  await watch(test.database, { ...settings, alerts: { life: { resolveAfter: 2 } } });
  await night(1);
  await predict(2, 3);
  await first(1, 1.25);
  await check(3);
  await rest(1, 0);
  await check(4);
  expect(await events()).toMatchObject([
    { event: 'opened' },
    newsOf(`2 Jan was critical and is ok: ${better}`),
    newsOf(`3 Jan was critical and is ok: ${better}`),
  ]);
});

describe('a new champion', () => {
  const weekly = {
    ...settings,
    degradation: { rules: [{ metric: 'rmse', limit: 1, certainty: 'point' } as const] },
  };
  const promote = (version: string) =>
    test.database.execute(
      `insert into model_versions (model, version, stage, registered_at) values ($1, $2, 'champion', now())`,
      [model, version],
    );

  beforeEach(async () => {
    await watch(test.database, weekly);
    await load(test.database, model, { from: 1, to: 8, error: 3 });
    expect(await check(8)).toMatchObject({ verdict: 'critical' });
    await promote('2');
    await predict(8, 9, '2');
  });

  it('does not resolve the alert of the former by a few hours of outcomes', async () => {
    await record(actualsOf({ from: 8, to: 9, error: 0.5 }).slice(0, 11));
    expect((await check(9)).verdict).toBe('insufficient-data');
    expect(await events()).toMatchObject([{ event: 'opened' }]);
  });

  it('leaves closed what a person has closed, whatever the former was', async () => {
    await test.activities.changeAlert({
      model,
      alertKey: `degradation:${model}:performance`,
      updateId: 'closed',
      change: 'resolve',
      by: 'ana',
    });
    await record(actualsOf({ from: 8, to: 9, error: 3 }).slice(0, 11));
    expect((await check(9)).verdict).toBe('insufficient-data');
    expect(await events()).toMatchObject([{ event: 'opened' }, { event: 'resolved' }]);
  });

  it('resolves it once it has been fine for half of the window', async () => {
    await record(actualsOf({ from: 8, to: 9, error: 0.5 }));
    const { verdict, reason } = await check(10);
    expect(verdict).toBe('insufficient-data');
    expect(reason).toContain('version 2 has served since 8 Jan only, less than half of the 7 days');
    await load(test.database, model, { from: 9, to: 12, error: 0.5, version: '2' });
    expect(await check(12)).toMatchObject({ verdict: 'ok', version: '2' });
    expect(await events()).toMatchObject([{ event: 'opened' }, { event: 'resolved' }]);
  });

  it('leaves open what no other rule can say either', async () => {
    await watch(test.database, {
      ...weekly,
      degradation: {
        rules: [...weekly.degradation.rules, { metric: 'rmse', over: '1d', limit: 9, certainty: 'point' }],
      },
    });
    await record(actualsOf({ from: 8, to: 9, error: 0.5 }));
    expect(await check(9)).toMatchObject({ verdict: 'ok' });
    expect(await events()).toMatchObject([{ event: 'opened' }]);
  });
});
