import { beforeEach, describe, expect, it } from 'vitest';

import type { ActualRow } from '../../../client/tidewatch-client.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { formatInstant } from '../../../core/window.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'evaluated';

const test = useActivities('empty for each test');
beforeEach(async () => {
  await watch(test.database, { model, performance: { windows: ['1d', '7d'], actualsHorizon: '3d' } });
});

async function evaluate(asOf: string, window?: { start: string; end: string }) {
  const { newest, ...counts } = await evaluateAndShow(asOf, window);
  expect(newest.length).toBeLessThanOrEqual(20);
  return counts;
}
async function evaluateAndShow(asOf: string, window?: { start: string; end: string }) {
  const request = { model, asOf, ...(window && { window }) };
  await test.activities.attachActuals(request);
  await test.activities.summarizeOutcomes(request);
  return test.activities.evaluatePerformance(request);
}
const log = (rows: Parameters<ReturnType<typeof openClient>['logPredictions']>[1]) =>
  openClient({ database: test.database }).logPredictions(model, rows);
const record = (rows: readonly ActualRow[]) =>
  openClient({ database: test.database }).recordActuals(model, rows);

interface Stored extends Record<string, unknown> {
  readonly version: string;
  readonly days: number;
  readonly end: number;
  readonly revision: number;
  readonly state: string;
  readonly rmse: number | null;
  readonly rows: number;
  readonly coverage: number;
}
const stored = (where = 'true') =>
  test.database.query<Stored>(
    `select version, extract(day from window_end - window_start)::integer as days, window_end as "end", revision, state,
       (metrics ->> 'rmse')::double precision as rmse, sample_size as rows, coverage
     from performance_evaluations where ${where} order by window_end, days, version, revision`,
  );
const oneDay = (end: number) =>
  `window_end = '${formatInstant(day(end))}' and window_end - window_start = '1 day'`;

describe('evaluatePerformance', () => {
  it('evaluates the windows that end at asOf', async () => {
    await load(test.database, model, { from: 1, to: 8, error: 1 });
    await load(test.database, model, { from: 8, to: 9, error: 3 });
    expect(await evaluate(at(9, 3))).toEqual({ windows: 2, first: 2, restated: 0, unchanged: 0 });
    expect(await stored()).toMatchObject([
      { version: '1', days: 1, end: day(9), revision: 1, rmse: 3, rows: 24, coverage: 1 },
      { version: '1', days: 7, end: day(9), revision: 1, rows: 168, coverage: 1 },
    ]);
    const [, week] = await stored();
    expect(week!.rmse).toBeCloseTo(Math.sqrt((6 + 9) / 7), 12);
  });

  it('stores how sure each metric is, or why nothing can be said of that', async () => {
    await load(test.database, model, { from: 1, to: 8, error: 1 });
    await load(test.database, model, { from: 8, to: 9, error: 3 });
    await evaluate(at(9, 3));
    const [today, week] = await test.database.query<{
      rmse: number;
      intervals: Record<string, [number, number]>;
      reasons: Record<string, string>;
    }>(
      `select (metrics ->> 'rmse')::float8 as rmse, intervals, details -> 'noInterval' as reasons
       from performance_evaluations order by window_end - window_start`,
    );
    const [low, high] = week!.intervals['rmse']!;
    expect(low).toBeLessThan(week!.rmse);
    expect(high).toBeGreaterThan(week!.rmse);
    // Every error of the day is as large as every other.
    expect(today!.intervals).not.toHaveProperty('rmse');
    expect(today!.reasons['rmse']).toMatch(/\w/);
  });

  it('gives the main metric of each version and window back, with how sure it is', async () => {
    await watch(test.database, { model, performance: { windows: ['1d', '7d'], limits: { rmse: 2 } } });
    await load(test.database, model, { from: 1, to: 8, error: 1 });
    await log(predictionsOf({ from: 8, to: 9 }));
    await record(actualsOf({ from: 8, to: 9, error: 3 }).slice(0, 12));
    const { newest } = await evaluateAndShow(at(9, 3));
    const shared = {
      version: '1',
      metric: 'rmse',
      limits: { critical: 2 },
      state: 'provisional',
      revision: 1,
    };
    expect(newest).toEqual([
      {
        ...shared,
        window: { start: at(8), end: at(9) },
        value: 3,
        outcomes: 12,
        coverage: 0.5,
        gate: 'awaiting-actuals',
        reason: expect.stringContaining('50% of 24 predictions have an actual'),
      },
      {
        ...shared,
        window: { start: at(2), end: at(9) },
        value: 1.271,
        interval: [expect.any(Number), expect.any(Number)],
        outcomes: 156,
        coverage: 0.9286,
        gate: 'passed',
      },
    ]);
  });

  it('gives few of them back, however many versions there are', async () => {
    const rows = predictionsOf({ from: 8, to: 9 });
    for (let version = 1; version <= 30; version += 1)
      await log(rows.slice(0, 2).map((row) => ({ ...row, version: String(version) })));
    await record(actualsOf({ from: 8, to: 9 }));
    expect((await evaluateAndShow(at(9, 3))).newest).toHaveLength(20);
  });

  it('stores nothing when it finds the same again', async () => {
    await load(test.database, model, { from: 1, to: 9 });
    await evaluate(at(9, 3));
    expect(await evaluate(at(9, 4))).toEqual({ windows: 2, first: 0, restated: 0, unchanged: 2 });
    expect((await stored()).map(({ revision }) => revision)).toEqual([1, 1]);
  });

  it('restates every window with a late actual as its next revision, and keeps the former', async () => {
    await log(predictionsOf({ from: 1, to: 10 }));
    const actuals = actualsOf({ from: 1, to: 10 });
    await record(actuals.slice(0, 7 * 24 + 12));
    await evaluate(at(8, 3));
    await evaluate(at(9, 3));
    await record(actuals);
    // Two windows end at asOf, and two that ended a day before contain the late hours.
    expect(await evaluate(at(10, 3))).toEqual({ windows: 4, first: 2, restated: 2, unchanged: 0 });
    expect(await stored(`window_end = '${at(9)}'`)).toMatchObject([
      { days: 1, revision: 1, rows: 12, coverage: 0.5 },
      { days: 1, revision: 2, rows: 24, coverage: 1 },
      { days: 7, revision: 1, rows: 156 },
      { days: 7, revision: 2, rows: 168, coverage: 1 },
    ]);
    expect((await stored(`window_end = '${at(8)}'`)).map(({ revision }) => revision)).toEqual([1, 1]);
  });

  it('restates a window whose actual was corrected', async () => {
    await load(test.database, model, { from: 1, to: 9 });
    await evaluate(at(9, 3));
    const [first] = actualsOf({ from: 8, to: 9 });
    await record([{ ...first!, value: 1000, recordedAt: at(9, 4) }]);
    expect(await evaluate(at(9, 5))).toMatchObject({ restated: 2 });
    const [before, after] = await stored(oneDay(9));
    expect(before!.rmse).toBe(1);
    expect(after!.rmse).toBeGreaterThan(100);
  });

  it('restates a window when it closes, and after that by hand only', async () => {
    await load(test.database, model, { from: 1, to: 9 });
    await evaluate(at(9, 3));
    const late = (hour: number, value: number) =>
      record([{ ...actualsOf({ from: 8, to: 9 })[hour]!, value, recordedAt: at(20, hour) }]);
    await late(0, 0);
    await evaluate(at(20, 3));
    expect(await stored(oneDay(9))).toMatchObject([
      { revision: 1, state: 'provisional' },
      { revision: 2, state: 'final' },
    ]);
    await late(1, 1000);
    expect(await evaluate(at(21, 3))).toMatchObject({ restated: 0 });
    expect(await stored(oneDay(9))).toHaveLength(2);
    // The window itself, and the stored one of that day that lies within: both are the same.
    expect(await evaluate(at(21, 3), { start: at(8), end: at(9) })).toMatchObject({
      windows: 1,
      restated: 1,
    });
    expect(await stored(oneDay(9))).toMatchObject([{}, {}, { revision: 3, state: 'final' }]);
  });

  it('restates by hand every stored window within the given one, also those that are final', async () => {
    await load(test.database, model, { from: 1, to: 9 });
    for (const night of [2, 3, 4]) await evaluate(at(night, 3));
    await evaluate(at(30, 3));
    await record(actualsOf({ from: 1, to: 4, error: 7 }).map((row) => ({ ...row, recordedAt: at(30) })));
    expect(await evaluate(at(30, 4))).toMatchObject({ restated: 0 });
    // Three days; the weeks that end with them begin before.
    expect(await evaluate(at(30, 4), { start: at(1), end: at(4) })).toMatchObject({
      windows: 4,
      first: 1,
      restated: 3,
    });
    expect(
      (await stored(`window_end - window_start = '1 day' and revision = 2`)).map(({ rmse }) => rmse),
    ).toEqual([7, 7, 7]);
  });

  it('evaluates a given window instead of those that end at asOf', async () => {
    await load(test.database, model, { from: 1, to: 9 });
    const window = { start: at(2, 6), end: at(3, 18) };
    expect(await evaluate(at(9, 3), window)).toEqual({ windows: 1, first: 1, restated: 0, unchanged: 0 });
    expect(await stored()).toMatchObject([{ end: Date.parse(window.end), rows: 36 }]);
  });

  it('evaluates each version by itself, and no shadow', async () => {
    await load(test.database, model, { from: 8, to: 9, error: 2 });
    await log(predictionsOf({ from: 8, to: 9, version: '2' }).slice(0, 12));
    await log(predictionsOf({ from: 8, to: 9, version: '3', role: 'shadow' }));
    await evaluate(at(9, 3));
    expect(await stored(oneDay(9))).toMatchObject([
      { version: '1', rows: 24, rmse: 2 },
      { version: '2', rows: 12, rmse: 2 },
    ]);
  });

  it('stores nothing of a window without predictions, and looks again when they come', async () => {
    expect(await evaluate(at(9, 3))).toEqual({ windows: 2, first: 0, restated: 0, unchanged: 0 });
    await load(test.database, model, { from: 8, to: 9 });
    expect(await evaluate(at(9, 4))).toMatchObject({ first: 2 });
  });

  it('says why a metric is not computable', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    await record(actualsOf({ from: 8, to: 9 }).map((row) => ({ ...row, value: 0 })));
    await evaluate(at(9, 3));
    const [evaluation] = await test.database.query<{ metrics: object; details: { notComputable: object } }>(
      `select metrics, details from performance_evaluations where ${oneDay(9)}`,
    );
    expect(Object.keys(evaluation!.metrics).sort()).toEqual(['bias', 'mae', 'median_ae', 'rmse', 'smape']);
    expect(evaluation!.details.notComputable).toEqual({
      mape: 'the actuals of all 24 outcomes are 0',
      wmape: 'the actuals of all 24 outcomes are 0',
      pinball_loss: 'no prediction has an interval',
      interval_coverage: 'no prediction has an interval',
      peak_hour_mape: 'the actuals of all 6 peak-hour outcomes are 0',
      r2: 'all actuals are equal',
    });
  });

  it('evaluates the days that a daily mean is over, whichever days ran before', async () => {
    await watch(test.database, {
      model,
      performance: { windows: ['1d'] },
      degradation: { rules: [{ metric: 'rmse', over: '3d', aggregate: 'daily-mean', limit: 2 }] },
    });
    await load(test.database, model, { from: 1, to: 9 });
    await evaluate(at(9, 3));
    expect((await stored(`window_end - window_start = '1 day'`)).map(({ end }) => end)).toEqual([
      day(7),
      day(8),
      day(9),
    ]);
  });

  it('keeps the run that computed a number', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await evaluate(at(9, 3));
    const again = activitiesOn(test.database, { runId: 'again' });
    await again.evaluatePerformance({ model, asOf: at(9, 4) });
    const [evaluation] = await test.database.query(
      `select run_id as run, code_version as code, as_of as "asOf",
         configuration_hash = (select configuration_hash from monitors) as configured
       from performance_evaluations where ${oneDay(9)}`,
    );
    expect(evaluation).toEqual({ run: 'run', code: 'test', asOf: day(9) + 3 * 3_600_000, configured: true });
  });
});

describe('the state of an evaluation', () => {
  it('is provisional until the actuals horizon closes, then final', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await evaluate(at(9, 3));
    await evaluate(at(11, 23));
    expect(await stored(oneDay(9))).toMatchObject([{ revision: 1, state: 'provisional' }]);
    await evaluate(at(12));
    expect(await stored(oneDay(9))).toMatchObject([{ revision: 1, state: 'final' }]);
  });

  it('is final at once for a window that is old when it is first evaluated', async () => {
    await load(test.database, model, { from: 1, to: 2 });
    await evaluate(at(9), { start: at(1), end: at(2) });
    expect(await stored(oneDay(2))).toMatchObject([{ state: 'final' }]);
  });

  it('counts predictions that came late without an actual when it becomes final', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await evaluate(at(9, 3));
    await log(predictionsOf({ from: 8, to: 9 }).map((row) => ({ ...row, entity: 'late' })));
    await evaluate(at(12));
    expect(await stored(oneDay(9))).toMatchObject([
      { revision: 1, coverage: 1, state: 'provisional' },
      { revision: 2, coverage: 0.5, state: 'final' },
    ]);
  });

  it('does not go back when an earlier day is made up', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await evaluate(at(12));
    await evaluate(at(12), { start: at(8), end: at(9) });
    await evaluate(at(9, 3));
    expect(await stored(oneDay(9))).toMatchObject([{ state: 'final' }]);
    await record([{ ...actualsOf({ from: 8, to: 9 })[0]!, value: 0, recordedAt: at(12) }]);
    // Its horizon has closed for the night of day 12, so it has for that of day 9.
    await evaluate(at(9, 4));
    expect(await stored(oneDay(9))).toMatchObject([{ revision: 1, state: 'final' }]);
    await evaluate(at(9, 4), { start: at(8), end: at(9) });
    expect(await stored(oneDay(9))).toMatchObject([{ state: 'final' }, { revision: 2, state: 'final' }]);
  });

  it('becomes final with the version that has no rows any more', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await log(predictionsOf({ from: 8, to: 9, version: '2' }));
    await evaluate(at(9, 3));
    await test.database.execute(`delete from predictions where version = '2'`);
    await evaluate(at(12));
    expect(await stored(oneDay(9))).toMatchObject([
      { version: '1', state: 'final' },
      { version: '2', state: 'final' },
    ]);
    expect(await evaluate(at(13))).toMatchObject({ windows: 2 });
  });
});

describe('the gate', () => {
  const gateOf = async (where = oneDay(9)) =>
    test.database.query<{ gate: string; verdict: string; reason: string; rmse: number | null }>(
      `select gate, verdict, reason, (metrics ->> 'rmse')::float8 as rmse
       from latest_performance_evaluations where ${where} and segment = ''`,
    );
  const some = (count: number) => record(actualsOf({ from: 8, to: 9, error: 2 }).slice(0, count));

  it('is passed from the coverage on', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    await some(20);
    await evaluate(at(9, 3));
    expect(await gateOf()).toEqual([{ gate: 'passed', verdict: 'ok', reason: '20 outcomes', rmse: 2 }]);
  });

  it('waits for actuals below it, and says what is known so far', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    await some(12);
    await evaluate(at(9, 3));
    expect(await gateOf()).toEqual([
      {
        gate: 'awaiting-actuals',
        verdict: 'insufficient-data',
        reason:
          '50% of 24 predictions have an actual; judged from 80% on, or 24 hours after the end of the window',
        rmse: 2,
      },
    ]);
  });

  it('lets a window through once it has waited long enough, without any new row', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    await some(12);
    await evaluate(at(9, 3));
    await evaluate(at(9, 23));
    expect(await gateOf()).toMatchObject([{ gate: 'awaiting-actuals' }]);
    await evaluate(at(10, 3));
    expect(await gateOf()).toEqual([{ gate: 'passed', verdict: 'ok', reason: '12 outcomes', rmse: 2 }]);
    expect(await stored(oneDay(9))).toMatchObject([{ revision: 1 }, { revision: 2 }]);
  });

  it('then needs a minimum of outcomes', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    await some(9);
    await evaluate(at(10, 3));
    await evaluate(at(10, 3), { start: at(8), end: at(9) });
    expect(await gateOf()).toEqual([
      {
        gate: 'too-few-outcomes',
        verdict: 'insufficient-data',
        reason: '9 outcomes, at least 10 are needed',
        rmse: 2,
      },
    ]);
  });

  it('is that of the monitor', async () => {
    await watch(test.database, {
      model,
      performance: { windows: ['1d'], minimumOutcomes: 3, gate: { coverage: 0.25, age: '2h' } },
    });
    await log(predictionsOf({ from: 8, to: 9 }));
    await some(5);
    await evaluate(at(9, 1));
    expect(await gateOf()).toMatchObject([{ gate: 'awaiting-actuals' }]);
    await some(6);
    await evaluate(at(9, 1));
    expect(await gateOf()).toMatchObject([{ gate: 'passed', reason: '6 outcomes' }]);
  });

  it('waits no longer than the actuals horizon', async () => {
    await watch(test.database, {
      model,
      performance: { windows: ['1d'], actualsHorizon: '6h', minimumOutcomes: 5 },
    });
    await log(predictionsOf({ from: 8, to: 9 }));
    await some(5);
    await evaluate(at(9, 3));
    expect(await gateOf()).toMatchObject([{ gate: 'awaiting-actuals' }]);
    await evaluate(at(9, 6));
    expect(await gateOf()).toMatchObject([{ gate: 'passed' }]);
    expect(await stored(oneDay(9))).toMatchObject([{ state: 'provisional' }, { state: 'final' }]);
  });

  it('measures ages from the newest night, whichever night runs', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    await some(12);
    await evaluate(at(10, 3));
    await evaluate(at(9, 3));
    expect(await gateOf()).toMatchObject([{ gate: 'passed' }]);
  });

  it('has no outcomes to show where there are none', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    await evaluate(at(9, 3));
    expect(await gateOf()).toMatchObject([{ gate: 'awaiting-actuals', rmse: null }]);
    await evaluate(at(10, 3));
    expect(await gateOf()).toMatchObject([
      { gate: 'too-few-outcomes', reason: '0 outcomes, at least 10 are needed' },
    ]);
  });
});

describe('segments', () => {
  const perSegment = () =>
    test.database.query(
      `select segment, sample_size as rows, prediction_count as predictions, gate
       from performance_evaluations where ${oneDay(9)} order by segment`,
    );

  it('are evaluated by themselves, in the windows of the monitor', async () => {
    await watch(test.database, {
      model,
      segments: ['c'],
      performance: {
        windows: ['1d'],
        minimumOutcomes: 10,
        horizons: { now: { max: '1h' }, later: { min: '1h' } },
      },
    });
    await load(test.database, model, { from: 3, to: 9 });
    await log(
      predictionsOf({ from: 8, to: 9, version: '1' }).map((row) => ({
        ...row,
        entity: 'later',
        issuedAt: at(7),
      })),
    );
    await evaluate(at(10, 3));
    await evaluate(at(10, 3), { start: at(8), end: at(9) });
    expect(await perSegment()).toEqual([
      { segment: '', rows: 24, predictions: 48, gate: 'passed' },
      { segment: 'c=a', rows: 8, predictions: 16, gate: 'too-few-outcomes' },
      { segment: 'c=b', rows: 16, predictions: 32, gate: 'passed' },
      { segment: 'horizon=later', rows: 0, predictions: 24, gate: 'too-few-outcomes' },
      { segment: 'horizon=now', rows: 24, predictions: 24, gate: 'passed' },
    ]);
    // The week is a window of the degradation rules, not one of the monitor's own.
    expect(
      await test.database.query(
        `select distinct segment from performance_evaluations where window_end - window_start = '7 days'`,
      ),
    ).toEqual([{ segment: '' }]);
  });

  it('are not in the flat view, which has one row a window', async () => {
    await watch(test.database, { model, segments: ['c'], performance: { windows: ['1d'] } });
    await load(test.database, model, { from: 8, to: 9 });
    await evaluate(at(9, 3));
    expect(
      await test.database.query('select window_end - window_start as length, gate from model_performance'),
    ).toHaveLength(2);
  });
});

describe('a classification', () => {
  beforeEach(async () => {
    await watch(test.database, {
      model,
      task: 'classification',
      classes: ['no', 'yes'],
      performance: { windows: ['1d'], limits: {} },
    });
    await log(
      predictionsOf({ from: 8, to: 9 }).map((row, i) => ({
        ...row,
        prediction: i % 4 === 0 ? 'yes' : 'no',
        probabilities: i % 4 === 0 ? { no: 0.2, yes: 0.8 } : { no: 0.7, yes: 0.3 },
      })),
    );
  });

  it('is evaluated by its classes and probabilities', async () => {
    await record(
      actualsOf({ from: 8, to: 9 }).map((row, i) => ({ ...row, value: i % 2 === 0 ? 'yes' : 'no' })),
    );
    await evaluate(at(9, 3));
    const [evaluation] = await test.database.query<{ metrics: Record<string, number> }>(
      `select metrics from performance_evaluations where ${oneDay(9)}`,
    );
    // Of 12 "yes" 6 are found and of 12 "no" all: 18 of 24; a pair is won where the "yes" was found, else tied.
    expect(evaluation!.metrics).toMatchObject({ accuracy: 0.75, roc_auc: 0.75 });
    expect(evaluation!.metrics['confidence']).toBeCloseTo((0.8 + 3 * 0.7) / 4, 12);
  });

  it('keeps the reason where there is one class only', async () => {
    await record(actualsOf({ from: 8, to: 9 }).map((row) => ({ ...row, value: 'no' })));
    await evaluate(at(9, 3));
    const [evaluation] = await test.database.query<{ details: { notComputable: object } }>(
      `select details from performance_evaluations where ${oneDay(9)}`,
    );
    expect(evaluation!.details.notComputable).toEqual({
      roc_auc: 'all actuals are of class "no"',
      pr_auc: 'no actual is of class "yes"',
    });
  });
});
