import { beforeEach, describe, expect, it } from 'vitest';

import { readSummaries } from '../../../activities/performance/summary-store.ts';
import type { ActualRow, PredictionRow } from '../../../client/tidewatch-client.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { decodeSummary } from '../../../core/performance/encode.ts';
import { evaluateSummary } from '../../../core/performance/evaluate.ts';
import { hourMs, parseInstant } from '../../../core/window.ts';
import type { Database, Queryable } from '../../../sql/database.ts';
import { tellingOfCopies } from '../../setup/explained.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'summarized';
const asOf = at(9, 3);

const test = useActivities('empty for each test');
beforeEach(async () => {
  await watch(test.database, { model });
});

const log = (rows: readonly PredictionRow[]) =>
  openClient({ database: test.database }).logPredictions(model, rows);
const record = (rows: readonly ActualRow[]) =>
  openClient({ database: test.database }).recordActuals(model, rows);
async function summarize(window?: { start: string; end: string }) {
  await test.activities.attachActuals({ model, asOf });
  return test.activities.summarizeOutcomes({ model, asOf, ...(window && { window }) });
}
const summaries = () =>
  readSummaries(test.database, model, { start: day(-400), end: day(400) }, 'all segments');
/** Where each stored row lies: a row that is written again, be it the same, lies elsewhere. */
const places = async () =>
  new Map(
    (
      await test.database.query<{ hour: number; place: string }>(
        'select hour, ctid::text as place from outcome_summaries order by hour',
      )
    ).map(({ hour, place }) => [hour, place]),
  );
const marked = async (stage: string) =>
  (
    await test.database.query<{ hour: number }>(
      'select distinct window_start as hour from dirty_windows where stage = $1 order by hour',
      [stage],
    )
  ).map(({ hour }) => hour);

describe('summarizeOutcomes', () => {
  it('stores what adds up about each hour, with its serving predictions and outcomes', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    await record(actualsOf({ from: 8, to: 9, error: 2 }).slice(0, 20));
    expect(await summarize()).toEqual({ hours: 24, changed: 24 });
    const stored = await summaries();
    expect(stored.map(({ hour, segment, version }) => [hour, segment, version])).toEqual(
      Array.from({ length: 24 }, (_, hour) => [day(8) + hour * hourMs, '', '1']),
    );
    expect(stored.map(({ predictions }) => predictions)).toEqual(Array(24).fill(1));
    expect(stored.map(({ outcomes }) => outcomes)).toEqual([...Array(20).fill(1), 0, 0, 0, 0]);
    expect(decodeSummary(stored[3]!.content)).toMatchObject({ rows: 1, sums: { absoluteError: 2 } });
    expect(decodeSummary(stored[23]!.content)).toMatchObject({ task: 'regression', rows: 0 });
    expect(await marked('summaries')).toEqual([]);
    expect(await marked('evaluations')).toEqual(stored.map(({ hour }) => hour));
  });

  it('keeps versions apart, and leaves shadows out', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await log(predictionsOf({ from: 8, to: 9, version: '2' }).slice(0, 2));
    await log(predictionsOf({ from: 8, to: 9, version: '3', role: 'shadow' }));
    await summarize();
    const perVersion: Record<string, number> = {};
    for (const { version } of await summaries()) perVersion[version] = (perVersion[version] ?? 0) + 1;
    expect(perVersion).toEqual({ '1': 24, '2': 2 });
  });

  it('touches the row of an hour that changed, and no other', async () => {
    await load(test.database, model, { from: 1, to: 9 });
    await summarize();
    await test.database.execute('delete from dirty_windows');
    const before = await places();
    const late = actualsOf({ from: 5, to: 6 })[7]!;
    await record([{ ...late, value: 99, recordedAt: at(9, 1) }]);
    expect(await summarize()).toEqual({ hours: 1, changed: 1 });
    const after = await places();
    const moved = [...after].filter(([hour, place]) => before.get(hour) !== place).map(([hour]) => hour);
    expect(moved).toEqual([late.eventTime]);
    expect(await marked('evaluations')).toEqual([late.eventTime]);
  });

  it('reads that hour alone: as many statements, for the same instants, after a month as after a day', async () => {
    const statementsFor = async (days: number): Promise<string[]> => {
      await emptyTables(test.database);
      await watch(test.database, { model });
      await load(test.database, model, { from: 30 - days, to: 30 });
      await summarize();
      await record([{ ...actualsOf({ from: 29, to: 30 })[7]!, value: 99, recordedAt: at(30, 1) }]);
      await test.activities.attachActuals({ model, asOf });
      const statements: string[] = [];
      await activitiesOn(recording(test.database, statements)).summarizeOutcomes({ model, asOf });
      return statements;
    };
    const afterDay = await statementsFor(1);
    expect(afterDay.some((statement) => statement.includes('from outcomes'))).toBe(true);
    expect(await statementsFor(29)).toEqual(afterDay);
  });

  it('writes and marks nothing when an hour comes out the same', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await summarize();
    await test.database.execute('delete from dirty_windows');
    const before = await places();
    await log(predictionsOf({ from: 8, to: 9, version: '2', role: 'shadow' }));
    expect(await summarize()).toEqual({ hours: 24, changed: 0 });
    expect(await summarize({ start: at(8), end: at(9) })).toEqual({ hours: 24, changed: 0 });
    expect(await places()).toEqual(before);
    expect(await marked('evaluations')).toEqual([]);
  });

  it('removes an hour that has no serving predictions any more', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await summarize();
    await test.database.execute('delete from dirty_windows');
    await test.database.execute('delete from predictions where event_time = $1', [at(8, 5)]);
    expect(await summarize()).toEqual({ hours: 1, changed: 1 });
    expect((await summaries()).map(({ hour }) => hour)).not.toContain(parseInstant(at(8, 5)));
    expect(await marked('evaluations')).toEqual([parseInstant(at(8, 5))]);
  });

  it('counts outcomes whose predictions have been dropped as predictions, too', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await test.activities.attachActuals({ model, asOf });
    await test.database.execute(
      `set session_replication_role = replica; delete from predictions; reset session_replication_role`,
    );
    await test.activities.summarizeOutcomes({ model, asOf });
    expect(await summaries()).toHaveLength(24);
    expect(
      (await summaries()).every(({ predictions, outcomes }) => predictions === 1 && outcomes === 1),
    ).toBe(true);
  });

  it('looks at all hours of a given window, and at no other', async () => {
    await load(test.database, model, { from: 1, to: 9 });
    expect(await summarize({ start: at(2), end: at(3) })).toEqual({ hours: 24, changed: 24 });
    expect(await marked('summaries')).toHaveLength(7 * 24);
  });

  it('keeps the intervals of predictions', async () => {
    const interval = { low: 10, high: 12 };
    await log(predictionsOf({ from: 8, to: 9 }).map((row) => ({ ...row, interval })));
    await record(actualsOf({ from: 8, to: 9 }));
    await summarize();
    const counts = (await summaries()).map(({ content }) => decodeSummary(content)).map((one) => one.counts);
    expect(counts.every((one) => 'intervalRows' in one && one.intervalRows === 1)).toBe(true);
    expect(counts.filter((one) => 'coveredRows' in one && one.coveredRows === 1).length).toBeGreaterThan(0);
  });

  it('summarises again what other settings of the monitor have summarised, as far back as windows need it', async () => {
    await load(test.database, model, { from: 1, to: 9 });
    await summarize();
    await watch(test.database, { model, performance: { windows: ['1d'], peakHours: { hours: [3] } } });
    // Seven days are due, and windows of the seven days before them are still open: all eight days.
    expect(await summarize()).toEqual({ hours: 8 * 24, changed: 8 * 24 });
    expect(await summarize()).toEqual({ hours: 0, changed: 0 });
    await watch(test.database, { model, performance: { windows: ['1d'] } });
    // Eleven days later, windows back to the sixth day may still be restated.
    expect(await test.activities.summarizeOutcomes({ model, asOf: at(20, 3) })).toMatchObject({
      hours: 3 * 24,
    });
  });

  it('goes on where it was stopped', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await test.activities.attachActuals({ model, asOf });
    let resumePoint: unknown;
    const stopping = activitiesOn(test.database, {
      context: () => ({
        workflowId: 'workflow',
        runId: 'run',
        heartbeat: (point) => {
          resumePoint = JSON.parse(JSON.stringify(point));
          throw new Error('killed');
        },
        resumePoint,
        cancelled: new AbortController().signal,
      }),
    });
    await expect(stopping.summarizeOutcomes({ model, asOf })).rejects.toThrow('killed');
    expect(await summaries()).toHaveLength(1);
    const resuming = activitiesOn(test.database, {
      context: () => ({
        workflowId: 'workflow',
        runId: 'run',
        heartbeat: () => {},
        resumePoint,
        cancelled: new AbortController().signal,
      }),
    });
    expect(await resuming.summarizeOutcomes({ model, asOf })).toEqual({ hours: 24, changed: 24 });
  });

  it('holds an hour of 25,000 outcomes in parts, with the same sums', async () => {
    await test.database.query(`select ensure_partitions($1, $1)`, [at(8)]);
    await test.database.execute(
      `insert into outcomes (model, event_time, prediction_id, version, role, prediction, actual, recorded_at)
       select $1, $2::timestamptz + row * interval '100 milliseconds', row, '1', 'serving', row % 7, 0, $2
       from generate_series(1, 25000) as row`,
      [model, at(8)],
    );
    expect(await test.activities.summarizeOutcomes({ model, asOf })).toMatchObject({ changed: 1 });
    const [hour] = await summaries();
    const mean = evaluateSummary(decodeSummary(hour!.content)).metrics.mae;
    const sum = Array.from({ length: 25_000 }, (_, i) => (i + 1) % 7).reduce((a, b) => a + b, 0);
    expect(mean).toEqual({ value: sum / 25_000 });
    expect(hour).toMatchObject({ predictions: 25_000, outcomes: 25_000 });
  });

  it('is the same to the last bit in whatever order the rows have come', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      i,
      prediction: Math.sin(i) * 1e6,
      value: Math.cos(i) / 3,
    }));
    const contentAfter = async (order: readonly (typeof rows)[number][]): Promise<unknown> => {
      await emptyTables(test.database);
      await watch(test.database, { model });
      for (const { i, prediction, value } of order) {
        const key = { entity: `e${i}`, eventTime: day(8) };
        await log([{ ...key, version: '1', features: {}, prediction }]);
        await record([{ ...key, value, recordedAt: day(8) }]);
      }
      await summarize();
      return (await summaries()).map(({ content }) => Buffer.from(content).toString('hex'));
    };
    expect(await contentAfter(rows.toReversed())).toEqual(await contentAfter(rows));
  });

  it('refuses a model that nobody watches', async () => {
    await expect(test.activities.summarizeOutcomes({ model: 'unknown', asOf })).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
    });
  });
});

describe('segments', () => {
  const counted = async () =>
    Object.fromEntries(
      (
        await test.database.query<{ segment: string; counts: string }>(
          `select segment, sum(prediction_count) || '/' || sum(outcome_count) as counts
           from outcome_summaries group by segment order by segment`,
        )
      ).map(({ segment, counts }) => [segment, counts]),
    );

  it('are the values of the categorical features that the monitor names', async () => {
    await watch(test.database, { model, segments: ['c'] });
    await log(predictionsOf({ from: 8, to: 9 }));
    await record(actualsOf({ from: 8, to: 9 }).slice(0, 12));
    await summarize();
    expect(await counted()).toEqual({ '': '24/12', 'c=a': '8/4', 'c=b': '16/8' });
  });

  it('are the horizons, from min up to, not including, max, in which forecasts were issued', async () => {
    const horizons = { short: { max: '6h' }, day: { min: '6h', max: '24h' }, any: { min: '0h' } };
    await watch(test.database, { model, performance: { horizons } });
    const leads = [0, 6 * hourMs - 1, 6 * hourMs, 24 * hourMs, -hourMs];
    await log(
      leads.map((lead, i) => ({
        version: '1',
        entity: `e${i}`,
        eventTime: day(8),
        issuedAt: day(8) - lead,
        features: {},
        prediction: 1,
      })),
    );
    await summarize();
    expect(await counted()).toEqual({
      '': '5/0',
      'horizon=short': '3/0',
      'horizon=day': '1/0',
      'horizon=any': '4/0',
    });
  });

  it('leave a row out whose value is missing', async () => {
    await watch(test.database, { model, segments: ['c'] });
    await log(
      predictionsOf({ from: 8, to: 9 }).map((row, i) => (i === 0 ? { ...row, features: { x: 1 } } : row)),
    );
    await summarize();
    expect(await counted()).toMatchObject({ '': '24/0', 'c=a': '7/0' });
  });
});

/** Notes each statement with its instants. */
function recording(database: Database, statements: string[]): Database {
  const note = (text: string, values: readonly unknown[] = []): void => {
    statements.push(`${text} ${JSON.stringify(values)}`);
  };
  const noting = (connection: Queryable): Queryable => ({
    ...(connection.client && { client: tellingOfCopies(connection.client, note) }),
    query: <R extends Record<string, unknown>>(text: string, values?: readonly unknown[]) => {
      note(text, values);
      return connection.query<R>(text, values);
    },
    execute: (text: string, values?: readonly unknown[]) => {
      note(text, values);
      return connection.execute(text, values);
    },
  });
  return {
    ...database,
    ...noting(database),
    transaction: (work) => database.transaction((connection) => work(noting(connection))),
  };
}
