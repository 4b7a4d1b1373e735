import { describe, expect, it } from 'vitest';

import { openClient } from '../../../client/tidewatch-client.ts';
import { encodeSummary } from '../../../core/performance/encode.ts';
import { summarizeRegression } from '../../../core/performance/regression-summary.ts';
import { formatWindow, hourMs, type Window } from '../../../core/window.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { at, day, watch } from '../../setup/synthetic.ts';
import { compare, logPredictions, model, recordActuals, storedOf } from './made-model.ts';
import { useDatabase } from '../../setup/world.ts';

const test = useDatabase('empty for each test');

const stored = <Row extends Record<string, unknown>>(table: string): Promise<Row[]> =>
  test.database.query<Row>(`select * from ${table} where model = $1 order by window_end, window_start`, [
    model,
  ]);
/** The MAE of version 2 in the comparison with version 1 over a window. */
async function errorOf(window: Window): Promise<number | undefined> {
  const rows = await stored<{ window_end: number; kind: string; metric: string; value: number }>(
    'performance_comparisons',
  );
  return rows.find(
    ({ window_end: end, kind, metric }) => end === window.end && kind === 'version' && metric === 'mae',
  )?.value;
}

async function twoVersions(): Promise<void> {
  await watch(test.database, { model });
  await logPredictions(test.database, { version: '1', prediction: (i) => 12 + (i % 3) });
  await logPredictions(test.database, { version: '2', role: 'shadow', prediction: (i) => 11 + (i % 2) });
  await recordActuals(test.database, { value: () => 10 });
}

describe('comparePerformance', () => {
  it('compares the week that ends at asOf, and looks for weak slices in the month', async () => {
    await twoVersions();
    expect(await compare(test.database)).toMatchObject({ windows: 2, compared: 2, weakSlices: 0 });
    expect(await stored('compared_windows')).toMatchObject([
      {
        window_start: day(-22),
        window_end: day(8),
        searches: { '1': { rows: 168, tried: expect.any(Number) } },
        run_id: 'run',
      },
      {
        window_start: day(1),
        window_end: day(8),
        as_of: Date.parse(at(8, 3)),
        outcome_count: 336,
        searches: {},
      },
    ]);
    const windows = (await stored<{ window_start: number }>('performance_comparisons')).map(
      (row) => row.window_start,
    );
    expect(new Set(windows)).toEqual(new Set([day(1)]));
  });

  it('computes nothing, and keeps the run that did, where nothing has changed', async () => {
    await twoVersions();
    await compare(test.database);
    expect(await compare(test.database, { runId: 'another run' })).toMatchObject({ windows: 2, compared: 0 });
    expect(await stored('compared_windows')).toMatchObject([{ run_id: 'run' }, { run_id: 'run' }]);
  });

  it('compares a window again when an actual of it is corrected, as long as its actuals horizon is open', async () => {
    await twoVersions();
    await compare(test.database);
    const correct = async (to: number): Promise<void> => {
      await openClient({ database: test.database }).recordActuals(model, [
        { entity: 'station', eventTime: day(3), value: to, recordedAt: at(12) },
      ]);
    };
    const first = await errorOf({ start: day(1), end: day(8) });
    await correct(178);
    expect(await compare(test.database, { asOf: at(12, 3) })).toMatchObject({ windows: 4, compared: 4 });
    const restated = await errorOf({ start: day(1), end: day(8) });
    // Version 2 predicted 11 of that hour.
    expect(restated! - first!).toBeCloseTo((178 - 11 - 1) / 168, 9);
    // Closed since day 15: only by hand.
    await correct(10);
    await compare(test.database, { asOf: at(15, 3) });
    expect(await errorOf({ start: day(1), end: day(8) })).toBe(restated);
    const window = formatWindow({ start: day(1), end: day(8) });
    expect(await compare(test.database, { asOf: at(15, 3), window })).toMatchObject({
      windows: 1,
      compared: 1,
    });
    expect(await errorOf({ start: day(1), end: day(8) })).toBe(first);
  });

  it('takes away the comparison with a version that is gone', async () => {
    await twoVersions();
    await compare(test.database);
    await test.database.execute(`delete from predictions where version = '2'`);
    await compare(test.database);
    expect(await storedOf(test.database, 'version')).toEqual({});
  });

  it('compares again when the monitor has changed, and not at all where it is told not to', async () => {
    await twoVersions();
    await compare(test.database);
    await watch(test.database, { model, performance: { comparisons: { weakSlices: { effect: 0.5 } } } });
    expect(await compare(test.database)).toMatchObject({ compared: 2 });
    await watch(test.database, { model, performance: { comparisons: { enabled: false } } });
    expect(await compare(test.database)).toEqual({ windows: 0, compared: 0, comparisons: 0, weakSlices: 0 });
  });

  it('asks everything of a window of another length that is given by hand', async () => {
    await twoVersions();
    const window = formatWindow({ start: day(1), end: day(6) });
    expect(await compare(test.database, { window })).toMatchObject({ windows: 1, compared: 1 });
    expect(await stored('compared_windows')).toMatchObject([{ searches: { '1': { rows: 120 } } }]);
    expect(await storedOf(test.database, 'version')).toHaveProperty('2 / 1 / mae');
  });

  it('gives the same in whatever order actuals arrive, and however often it ran meanwhile', async () => {
    await watch(test.database, { model });
    await logPredictions(test.database, { version: '1', prediction: (i) => 12 + (i % 3) });
    await logPredictions(test.database, { version: '2', role: 'shadow', prediction: (i) => 11 + (i % 2) });
    for (const [from, to] of [
      [5, 8],
      [1, 3],
      [3, 5],
    ] as const) {
      await recordActuals(test.database, { from, to, value: () => 10 });
      await compare(test.database);
    }
    const inParts = await stored('performance_comparisons');
    await emptyTables(test.database);
    await twoVersions();
    await compare(test.database);
    expect(inParts).toEqual(await stored('performance_comparisons'));
  });
});

describe('where a version is weak', () => {
  const month = { from: 1, to: 31 };
  const asOf = at(31, 3);
  const features = (i: number) => ({ x: i % 24, c: i % 3 === 0 ? 'a' : 'b' });
  const noise = (i: number): number => 2 + Math.sin(i * i);

  it('is found in a sample of its outcomes, and told in words', async () => {
    await watch(test.database, { model });
    await logPredictions(test.database, { version: '1', ...month, features, prediction: () => 0 });
    await recordActuals(test.database, { ...month, value: (i) => noise(i) * (i % 24 >= 20 ? 4 : 1) });
    expect(await compare(test.database, { asOf })).toMatchObject({ weakSlices: 1 });
    expect(await stored('weak_slices')).toMatchObject([
      {
        version: '1',
        source: 'search',
        slice: 'x at least 20',
        rank: 1,
        conditions: [{ feature: 'x', from: 20, to: null }],
        metric: 'mae',
        row_count: 120,
        reason: expect.stringMatching(/^x at least 20: MAE 7\.727 against 2\.011 elsewhere, 120 rows$/),
      },
    ]);
    const [slice] = await stored<Record<string, number>>('weak_slices');
    expect(slice!.value! / slice!.rest!).toBeCloseTo(4, 0);
    expect(slice!.low).toBeGreaterThan(4);
    expect(slice!.adjusted_p_value).toBeLessThan(0.01);
  });

  it('is not found where it errs alike everywhere, which is said with the number of slices tried', async () => {
    await watch(test.database, { model });
    await logPredictions(test.database, { version: '1', ...month, features, prediction: () => 0 });
    await recordActuals(test.database, { ...month, value: noise });
    await compare(test.database, { asOf });
    expect(await stored('weak_slices')).toEqual([]);
    const [{ searches }] = (await stored('compared_windows')) as [
      { searches: Record<string, { tried: number }> },
    ];
    expect(searches['1']!.tried).toBeGreaterThan(20);
  });

  it('is not looked for where every row has the same loss, which is said', async () => {
    await watch(test.database, { model });
    await logPredictions(test.database, { version: '1', ...month, features, prediction: () => 0 });
    await recordActuals(test.database, { ...month, value: () => 1 });
    await compare(test.database, { asOf });
    const [month30] = await stored('compared_windows');
    expect(month30).toMatchObject({
      searches: { '1': { notComputable: 'the loss is the same in all rows' } },
    });
  });

  it('is told of every evaluated segment, the worst first, from the hourly summaries', async () => {
    await watch(test.database, { model });
    await logPredictions(test.database, { version: '1', prediction: () => 0 });
    await recordActuals(test.database, { value: noise });
    const errors = { 'c=a': 1, 'c=b': 5, 'c=rare': 9 };
    const week: Window = { start: day(1), end: day(8) };
    for (let hour = week.start; hour < week.end; hour += hourMs) {
      const own = Object.entries(errors).filter(([name]) => name !== 'c=rare' || hour < day(2));
      const segments = [
        ...own.map(([name, error]) => [name, [error]] as const),
        ['', own.map(([, error]) => error)] as const,
      ];
      for (const [segment, made] of segments) {
        const summary = summarizeRegression({
          predictions: Float64Array.from(made),
          actuals: new Float64Array(made.length),
        });
        await test.database.execute(
          `insert into outcome_summaries (model, version, segment, hour, prediction_count, outcome_count, content, settings_hash)
           values ($1, '1', $2, $3, $4, $4, $5, '')`,
          [model, segment, new Date(hour).toISOString(), made.length, encodeSummary(summary)],
        );
      }
    }
    await compare(test.database);
    const segments = (await stored<Record<string, unknown>>('weak_slices')).toSorted(
      (a, b) => Number(a.rank) - Number(b.rank),
    );
    expect(segments).toMatchObject([
      { slice: 'c=b', rank: 1, source: 'segment', metric: 'mae', value: 5, row_count: 168 },
      { slice: 'c=a', rank: 2, value: 1 },
      { slice: 'c=rare', rank: 3, value: 9, low: null, p_value: null, row_count: 24 },
    ]);
    expect(segments[0]!.reason).toMatch(/^c=b: MAE 5 against 2 elsewhere, 168 rows$/);
  });
});
