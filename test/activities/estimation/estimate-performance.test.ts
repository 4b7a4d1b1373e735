import { beforeEach, describe, expect, it } from 'vitest';

import { openClient } from '../../../client/tidewatch-client.ts';
import { dayMs, hourMs } from '../../../core/window.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { at, day, predictionsOf, watch } from '../../setup/synthetic.ts';
import { uniforms } from '../../core/multivariate/samples.ts';
import { useDatabase } from '../../setup/world.ts';

const model = 'estimated';

const test = useDatabase('empty for each test');
beforeEach(async () => {
  await watch(test.database, { model, drift: { share: 0.4 }, performance: { windows: ['7d'] } });
});

const uniform = uniforms(5);
const noise = Array.from({ length: 79 * 24 }, () => 2 * uniform() - 1);

interface Days {
  readonly from: number;
  readonly to: number;
  readonly shift?: number;
}

const log = (days: Days) =>
  openClient({ database: test.database }).logPredictions(model, predictionsOf(days));

/** Errors are uneven, up to `error` in category b and twice that in category a. */
const learn = ({ from, to }: Days, error = 1) =>
  openClient({ database: test.database }).recordActuals(
    model,
    predictionsOf({ from, to }).map(({ eventTime, prediction, features }) => {
      const i = (Number(eventTime) - day(1)) / hourMs;
      const size = error * (features['c'] === 'a' ? 2 : 1);
      return {
        entity: 'station',
        eventTime,
        value: Number(prediction) + size * noise[i]!,
        recordedAt: Number(eventTime) + hourMs,
      };
    }),
  );

/** What the daily schedules do in the morning of a day. */
async function runDay(n: number): ReturnType<ReturnType<typeof activitiesOn>['estimatePerformance']> {
  const activities = activitiesOn(test.database);
  const request = { model, asOf: at(n, 3) };
  await activities.attachActuals(request);
  await activities.profileHours(request);
  await activities.detectDrift({ ...request, act: true });
  await activities.summarizeOutcomes(request);
  await activities.evaluatePerformance(request);
  return activities.estimatePerformance(request);
}

const estimates = () =>
  test.database.query<{
    end: number;
    rows: number;
    mae: number;
    low: number;
    high: number;
    realized: number | null;
    gap: number | null;
  }>(
    `select window_end as "end", row_count as rows, (metrics ->> 'mae')::float8 as mae,
       (intervals #>> '{mae,0}')::float8 as low, (intervals #>> '{mae,1}')::float8 as high,
       (realized ->> 'mae')::float8 as realized, (gaps ->> 'mae')::float8 as gap
     from performance_estimates order by window_end`,
  );

const alerts = () =>
  test.database.query(
    `select kind, state, summary from alerts where kind = 'concept-drift' order by episode`,
  );

describe('estimatePerformance', () => {
  it('estimates a week before its actuals arrive, and stores the gap when they have', async () => {
    await log({ from: 1, to: 30 });
    await learn({ from: 1, to: 23 });
    expect(await runDay(30)).toMatchObject({ estimated: 1, reconciled: 0, notEstimated: {} });
    const [before] = await estimates();
    expect(before).toMatchObject({ end: day(30), rows: 168, realized: null, gap: null });
    expect(before!.low).toBeLessThan(before!.mae);
    expect(before!.high).toBeGreaterThan(before!.mae);

    await learn({ from: 23, to: 30 });
    expect(await runDay(30)).toMatchObject({ estimated: 0, unchanged: 1, reconciled: 1 });
    const [after] = await estimates();
    expect(after).toMatchObject({ mae: before!.mae, low: before!.low, high: before!.high });
    expect(after!.realized).toBeGreaterThan(after!.low);
    expect(after!.realized).toBeLessThan(after!.high);
    expect(after!.gap).toBeCloseTo(after!.realized! - after!.mae, 9);
    expect(await alerts()).toEqual([]);
  });

  it('holds an estimate against what was realized again when that is restated', async () => {
    await log({ from: 1, to: 30 });
    await learn({ from: 1, to: 30 });
    await runDay(30);
    const [before] = await estimates();
    await learn({ from: 23, to: 30 }, 2);
    // And the week up to day 31, of which all days but one are known.
    expect(await runDay(31)).toMatchObject({ reconciled: 2 });
    const [after] = await estimates();
    expect(after!.mae).toBe(before!.mae);
    expect(after!.realized).toBeCloseTo(2 * before!.realized!, 9);
  });

  it('tells of concept drift when a week with the same inputs is worse than estimated, until one is as estimated', async () => {
    await log({ from: 1, to: 30 });
    await learn({ from: 1, to: 30 });
    await runDay(30);
    expect(await alerts()).toEqual([]);
    await log({ from: 30, to: 37 });
    await learn({ from: 30, to: 37 }, 3);
    await runDay(37);
    const [opened] = await alerts();
    expect(opened).toMatchObject({ kind: 'concept-drift', state: 'open' });
    expect(opened!['summary']).toMatch(
      /^MAE is 2\.\d+, estimated was 0\.\d+ \(95%: 0\.\d+ to \d\.\d+\), and the inputs are as they were/,
    );
    await log({ from: 37, to: 44 });
    await learn({ from: 37, to: 44 });
    await runDay(44);
    expect(await alerts()).toMatchObject([{ state: 'resolved' }]);
  });

  it('tells of concept drift when the gap widens from week to week, before a week leaves its interval', async () => {
    await log({ from: 1, to: 79 });
    await learn({ from: 1, to: 79 });
    for (let n = 37; n <= 79; n += 7) await runDay(n);
    expect(await alerts()).toEqual([]);
    // By 2.5% a week: from none to two thirds of the way to the end of the interval.
    await test.database.execute(
      `update performance_estimates
       set realized = jsonb_build_object('mae', (metrics ->> 'mae')::float8 *
         (1 + 0.025 * extract(epoch from window_end - $1) / 604800))`,
      [at(37)],
    );
    await runDay(79);
    const [opened] = await alerts();
    expect(opened).toMatchObject({ state: 'open' });
    expect(opened!['summary']).toMatch(
      /; the gap has widened over 7 windows, and the inputs are as they were/,
    );
  });

  it('does not call it concept drift when the inputs drifted too', async () => {
    await log({ from: 1, to: 30 });
    await log({ from: 30, to: 37, shift: 8 });
    await learn({ from: 1, to: 30 });
    await learn({ from: 30, to: 37 }, 3);
    await runDay(37);
    const [newest] = (await estimates()).slice(-1);
    expect(newest!.realized).toBeGreaterThan(newest!.high);
    expect(await alerts()).toEqual([]);
  });

  it('learns once what a version is good at, and keeps it', async () => {
    await log({ from: 1, to: 40 });
    await learn({ from: 1, to: 30 });
    await runDay(30);
    const learned = () =>
      test.database.query(
        'select window_start, window_end, outcome_count, md5(content::text) as content, as_of from performance_estimators',
      );
    const [first] = await learned();
    // Twenty-one days, when the 500th outcome is known.
    expect(first).toMatchObject({
      window_start: day(1),
      window_end: day(22),
      outcome_count: 504,
      as_of: day(30) + 3 * hourMs,
    });
    await learn({ from: 30, to: 40 }, 5);
    await runDay(40);
    expect(await learned()).toEqual([first]);
  });

  it('leaves out what the version was trained on, and windows that it learned from', async () => {
    await log({ from: 1, to: 36 });
    await learn({ from: 1, to: 36 });
    await test.database.execute(
      `insert into model_versions (model, version, stage, lineage, registered_at) values ($1, '1', 'champion', $2, $3)`,
      [model, JSON.stringify({ training: { start: at(1), end: at(10) } }), at(10)],
    );
    expect(await runDay(36)).toMatchObject({ estimated: 0, notEstimated: {} });
    expect(await test.database.query('select window_start, window_end from performance_estimators')).toEqual([
      { window_start: day(10), window_end: day(31) },
    ]);
    expect(await estimates()).toEqual([]);
  });

  it('says why there is no estimate', async () => {
    await log({ from: 1, to: 20 });
    await learn({ from: 1, to: 20 });
    expect((await runDay(20)).notEstimated).toEqual({
      1: 'it has fewer than the 500 outcomes that are needed',
    });
    await log({ from: 20, to: 23 });
    await learn({ from: 20, to: 23 });
    expect((await runDay(22)).notEstimated).toEqual({
      1: 'what it is good at is learned from 2024-01-23 on, when two weeks of it are known',
    });
    expect((await runDay(23)).notEstimated).toEqual({});
  });

  it('estimates again only what has changed: rows, the monitor, or what is learned', async () => {
    await log({ from: 1, to: 30 });
    await learn({ from: 1, to: 30 });
    const again = async () => {
      const { estimated, unchanged } = await activitiesOn(test.database).estimatePerformance({
        model,
        asOf: at(30, 3),
      });
      return estimated === 1 && unchanged === 0 ? 'estimated' : unchanged === 1 ? 'unchanged' : 'neither';
    };
    await runDay(30);
    expect(await again()).toBe('unchanged');

    const [first] = predictionsOf({ from: 29, to: 30 });
    await openClient({ database: test.database }).logPredictions(model, [
      { ...first!, prediction: Number(first!.prediction) + 1 },
    ]);
    expect([await again(), await again()]).toEqual(['estimated', 'unchanged']);

    await test.database.execute('delete from performance_estimators');
    expect([await again(), await again()]).toEqual(['estimated', 'unchanged']);

    await watch(test.database, { model, drift: { share: 0.5 }, performance: { windows: ['7d'] } });
    expect([await again(), await again()]).toEqual(['estimated', 'unchanged']);
    // What was realized stays with an estimate that comes out the same.
    expect((await estimates())[0]!.realized).not.toBeNull();
  });

  it('estimates again, of those stored before, what a recomputed range concerns', async () => {
    await log({ from: 1, to: 40 });
    await learn({ from: 1, to: 40 });
    for (const n of [30, 33, 40]) await runDay(n);
    const activities = activitiesOn(test.database);
    const again = (range: { endingAfter: string; endingBy?: string; startingBefore: string }) =>
      activities.estimatePerformance({ model, asOf: at(40, 3), restated: range });
    const day31 = predictionsOf({ from: 31, to: 32 }).map((row) => ({
      ...row,
      prediction: Number(row.prediction) + 1,
    }));
    await openClient({ database: test.database }).logPredictions(model, day31);
    const counts = { estimated: 0, unchanged: 0 };
    const before32 = { startingBefore: at(32) };
    expect(await again({ endingAfter: at(29), endingBy: at(30), ...before32 })).toMatchObject({
      ...counts,
      unchanged: 1,
    });
    expect(await again({ endingAfter: at(31), ...before32 })).toMatchObject({ ...counts, estimated: 1 });
    expect(await again({ endingAfter: at(31), ...before32 })).toMatchObject({ ...counts, unchanged: 1 });
  });

  it('estimates a window that is asked for', async () => {
    await log({ from: 1, to: 40 });
    await learn({ from: 1, to: 40 });
    await runDay(40);
    const window = { start: at(30), end: at(32) };
    const activities = activitiesOn(test.database);
    expect(await activities.estimatePerformance({ model, asOf: at(40, 3), window })).toMatchObject({
      estimated: 1,
    });
    expect((await estimates()).map(({ end, rows }) => [(end - day(1)) / dayMs, rows])).toEqual([
      [31, 48],
      [39, 168],
    ]);
  });
});
