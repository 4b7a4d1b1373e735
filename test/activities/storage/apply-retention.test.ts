import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Activities } from '../../../activities/index.ts';
import type { ApplyRetentionResult } from '../../../activities/storage/apply-retention.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { contents } from '../../setup/checksums.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { actualsOf, at, day, load, watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const model = 'aged';
const test = useDatabase('shared by all tests');

/** Rows are kept for 43 days, and so from March on; the last run is of day 105, 2024-04-14. */
const lastDay = 105;
const asOf = at(lastDay, 3);
const monitor: Partial<MonitorInput> & { readonly model: string } = {
  model,
  reference: { kind: 'rolling', length: '14d' },
  current: '7d',
  segments: ['c'],
  performance: { windows: ['1d', '7d'], limits: { rmse: 2 } },
  retention: { rows: '43d' },
};

const on = (runId = 'run', overrides: Partial<Parameters<typeof activitiesOn>[1]> = {}): Activities =>
  activitiesOn(test.database, { runId, ...overrides });

/** All that is computed of a model as of the n-th day. */
async function runOf(n: number, of = model): Promise<void> {
  const request = { model: of, asOf: at(n, 3) };
  const activities = on();
  await activities.attachActuals(request);
  await activities.profileHours(request);
  await activities.calibrateDrift(request);
  await activities.detectDrift({ ...request, act: false });
  await activities.summarizeOutcomes(request);
  await activities.evaluatePerformance(request);
  await activities.estimatePerformance(request);
  await activities.comparePerformance(request);
  await activities.writeReport({ ...request, send: 'no' });
}

const retain = (runId = 'maintenance', plan = false): Promise<ApplyRetentionResult> =>
  on(runId).applyRetention({ asOf, plan });

/** Of each month the rows that are left. */
async function left(table: string, of = model): Promise<Record<string, number>> {
  const rows = await test.database.query<{ month: string; rows: number }>(
    `select to_char(event_time at time zone 'UTC', 'YYYY-MM') as month, count(*) as rows from ${table}
     where model = $1 group by 1 order by 1`,
    [of],
  );
  return Object.fromEntries(rows.map(({ month, rows: count }) => [month, count]));
}

/** What was computed. */
const results = [
  'calibrations',
  'compared_windows',
  'degradation_checks',
  'drift_results',
  'drift_runs',
  'feature_importances',
  'model_references',
  'outcome_summaries',
  'performance_comparisons',
  'performance_estimates',
  'performance_evaluations',
  'profile_days',
  'profiled_hours',
  'profiles',
  'quality_results',
  'reports',
  'weak_slices',
];

async function computed(): Promise<Record<string, readonly string[] | undefined>> {
  const all = await contents(test.database, ['compared_from', 'as_of']);
  return Object.fromEntries(results.map((table) => [table, all[table]]));
}

/** Rows of a model of which all has been computed, as far as retention can tell. */
async function settle(of: string): Promise<void> {
  await test.database.execute('delete from dirty_windows where model = $1', [of]);
  await test.database.execute(
    `insert into process_watermarks (model, process, as_of, window_end)
     select $1, process, $2, $2 from unnest(array['actuals-backfill', 'drift-detection', 'performance-evaluation']) as process
     on conflict (model, process) do update set as_of = excluded.as_of`,
    [of, asOf],
  );
}

const whole = { '2024-01': 744, '2024-02': 696, '2024-03': 744, '2024-04': 312 };
const young = { '2024-03': 744, '2024-04': 312 };
const nothing = {
  tables: [],
  rolledUp: { models: 0, rows: 0, bytes: 0 },
  rolledUpDays: { models: 0, rows: 0, bytes: 0 },
  models: [],
  waiting: [],
  more: 0,
};

/** Of a window that has all of its rows, what tells how many earlier windows there are to hold it against. */
const ofNewest = ['quality_results', 'reports'];

/** Fails with the place where a row first differs: some are long. */
async function expectComputed(
  before: Awaited<ReturnType<typeof computed>>,
  except: readonly string[] = [],
): Promise<void> {
  const after = await computed();
  const differing = results.flatMap((table) => {
    if (except.includes(table)) return [];
    const [was = [], is = []] = [before[table], after[table]];
    const [gone, come] = [was.filter((row) => !is.includes(row)), is.filter((row) => !was.includes(row))];
    return Array.from({ length: Math.max(gone.length, come.length) }, (_, i) => {
      const [a = '', b = ''] = [gone[i], come[i]];
      let at = 0;
      while (at < a.length && a[at] === b[at]) at += 1;
      at = Math.max(0, at - 200);
      return { table, was: a.slice(at, at + 500), is: b.slice(at, at + 500) };
    });
  });
  expect(differing).toEqual([]);
}

describe('applyRetention', () => {
  beforeAll(async () => {
    await watch(test.database, { ...monitor, retention: undefined });
    await load(test.database, model, { from: 1, to: lastDay });
    for (const n of [60, lastDay]) await runOf(n);
  });
  afterAll(() => emptyTables(test.database));

  it('removes nothing where nothing says how long it is kept', async () => {
    expect(await retain()).toEqual(nothing);
    expect(await left('predictions')).toEqual(whole);
  });

  it('waits for a process that is behind, and for a range that is being computed again', async () => {
    await watch(test.database, monitor);
    const reading = on('busy', { listReprocessed: async () => [model] });
    expect(await reading.applyRetention({ asOf, plan: true })).toEqual({
      ...nothing,
      waiting: [{ model, because: 'it is being reprocessed' }],
    });
    const later = await on('late').applyRetention({ asOf: at(190, 3), plan: true });
    expect(later.models).toEqual([
      { model, range: { start: '2024-01-01T00:00:00Z', end: '2024-03-01T00:00:00Z' } },
    ]);
    expect(later.waiting).toEqual([{ model, because: 'actuals-backfill has come to 2024-04-14 only' }]);
  });

  it('plans, then drops the partitions that are old enough, and keeps account', async () => {
    const before = await computed();
    const planned = await retain('planned', true);
    expect(planned).toEqual({
      ...nothing,
      tables: [
        { table: 'predictions', models: 1, rows: 1440, partitions: 0 },
        { table: 'actuals', models: 1, rows: 1440, partitions: 0 },
        { table: 'outcomes', models: 1, rows: 1440, partitions: 0 },
      ],
      models: [{ model, range: { start: '2024-01-01T00:00:00Z', end: '2024-03-01T00:00:00Z' } }],
    });
    expect(await test.database.query('select * from removed_ranges')).toEqual([]);

    const done = await retain();
    expect(done.tables).toEqual([
      { table: 'actuals', models: 1, rows: 1440, partitions: 2 },
      { table: 'outcomes', models: 1, rows: 1440, partitions: 2 },
      { table: 'predictions', models: 1, rows: 1440, partitions: 2 },
    ]);
    for (const table of ['predictions', 'actuals', 'outcomes'])
      expect(await left(table), table).toEqual(young);
    expect(
      await test.database.query(
        `select table_name, partition_name, row_count, window_start, run_id from removals order by 1, 2 limit 2`,
      ),
    ).toEqual([
      {
        table_name: 'actuals',
        partition_name: 'actuals_2024_01',
        row_count: 744,
        window_start: day(1),
        run_id: 'maintenance',
      },
      {
        table_name: 'actuals',
        partition_name: 'actuals_2024_02',
        row_count: 696,
        window_start: Date.parse('2024-02-01Z'),
        run_id: 'maintenance',
      },
    ]);
    expect(await retain('again')).toEqual(nothing);
    await expectComputed(before);
    expect(await test.database.query('select * from dirty_windows')).toEqual([]);
  });

  it('deletes the rows of one model beside those of another one that stay', async () => {
    const [other, beside] = ['kept-whole', 'beside'];
    await watch(test.database, { ...monitor, model: other, retention: { rows: 'keep' } });
    await watch(test.database, { ...monitor, model: beside });
    for (const one of [other, beside]) {
      await load(test.database, one, { from: 1, to: 70 });
      await settle(one);
    }
    const done = await retain('rows');
    expect(done.tables).toEqual([
      { table: 'actuals', models: 1, rows: 1440, partitions: 0 },
      { table: 'predictions', models: 1, rows: 1440, partitions: 0 },
    ]);
    expect(await left('predictions', beside)).toEqual({ '2024-03': 216 });
    expect(await left('predictions', other)).toEqual({ '2024-01': 744, '2024-02': 696, '2024-03': 216 });
    expect(
      await test.database.query('select window_end, is_empty from removed_ranges where model = $1', [beside]),
    ).toEqual([{ window_end: Date.parse('2024-03-01Z'), is_empty: true }]);
    expect(await test.database.query('select * from dirty_windows')).toEqual([]);
  });

  it('waits for what has changed and has not been computed again, a day at a time', async () => {
    const changed = 'changed';
    await watch(test.database, { ...monitor, model: changed });
    await load(test.database, changed, { from: 1, to: 70 });
    await settle(changed);
    const row = actualsOf({ from: 10, to: 11 })[0]!;
    await openClient({ database: test.database }).recordActuals(changed, [
      { ...row, value: 77, recordedAt: day(99) },
    ]);
    expect((await retain('marked')).waiting).toEqual([
      { model: changed, because: '1 day from 2024-01-10 on changed and has not been computed again' },
    ]);
    expect(await left('predictions', changed)).toEqual({ '2024-01': 24, '2024-03': 216 });
    await settle(changed);
    expect((await retain('settled')).waiting).toEqual([]);
    expect(await left('predictions', changed)).toEqual({ '2024-03': 216 });
    expect(
      await test.database.query(
        'select window_start, window_end, is_empty from removed_ranges where model = $1',
        [changed],
      ),
    ).toEqual([{ window_start: day(1), window_end: Date.parse('2024-03-01Z'), is_empty: true }]);
    await test.database.execute('delete from process_watermarks where model = $1', [changed]);
    expect((await retain('never')).waiting).toEqual([
      { model: changed, because: 'actuals-backfill has not run yet' },
    ]);
  });

  it('keeps the rows that its reference reads, however old they are', async () => {
    const fixed = 'fixed';
    await watch(test.database, {
      ...monitor,
      model: fixed,
      reference: { kind: 'fixed', start: '2024-01-03', end: '2024-01-10' },
      // What is usual of the features together is told by all windows of which rows are there.
      drift: { multivariate: { enabled: false } },
    });
    await load(test.database, fixed, { from: 1, to: lastDay });
    await runOf(lastDay, fixed);
    await retain('fixed');
    expect(await left('predictions', fixed)).toEqual({ '2024-01': 168, ...young });
    const before = await computed();
    await runOf(lastDay, fixed);
    await expectComputed(before, ofNewest);
  });
});

describe('applyRetention beside writers', () => {
  const written = 'written';
  afterAll(() => emptyTables(test.database));

  it('has each row stay, set aside or on its account, whenever it came', async () => {
    await watch(test.database, { ...monitor, model: written });
    await load(test.database, written, { from: 1, to: 70 });
    await settle(written);
    const done = new AbortController();
    /** Old rows and new ones, until it is told to stop; gives how many. */
    const write = async (writer: string): Promise<number> => {
      const client = openClient({ database: test.database });
      let rows = 0;
      for (; !done.signal.aborted; rows += 1) {
        const row = { entity: `${writer}-${rows}`, eventTime: day(1 + ((rows * 7) % 100)) };
        await client.logPredictions(written, [
          { ...row, version: '1', features: { x: 1, c: 'a' }, prediction: 1 },
        ]);
        await client.recordActuals(written, [{ ...row, value: 1, recordedAt: day(101) }]);
      }
      return rows;
    };
    const writers = ['one', 'two'].map(write);
    for (const run of ['first', 'second', 'third']) {
      await retain(run);
      await on(run).attachActuals({ model: written, asOf });
    }
    done.abort();
    const more = (await Promise.all(writers)).reduce((sum, rows) => sum + rows, 0);
    expect(more).toBeGreaterThan(20);
    await on('last').attachActuals({ model: written, asOf });
    await retain('last');
    for (const table of ['predictions', 'actuals']) {
      const [row] = await test.database.query<{ stay: number; aside: number; removed: number }>(
        `select (select count(*) from ${table} where model = $1) as stay,
           (select count(*) from rejected_rows where model = $1 and stream = $2) as aside,
           (select sum(row_count) from removals where model = $1 and table_name = $2) as removed`,
        [written, table],
      );
      const { stay, aside, removed } = row!;
      expect({ table, rows: stay + aside + removed }).toEqual({ table, rows: 24 * 69 + more });
      expect(removed).toBeGreaterThan(1000);
    }
  });
});

describe('what was computed of rows that are removed', () => {
  beforeAll(async () => {
    await watch(test.database, monitor);
    await load(test.database, model, { from: 1, to: lastDay });
    // Of some predictions the actual is missing: whether these come selectively is asked of the rows.
    await test.database.execute(
      `delete from actuals where model = $1 and extract(hour from event_time) in (3, 4, 5) and event_time < '2024-03-01Z'`,
      [model],
    );
    for (const n of [20, 57, lastDay]) await runOf(n);
    await retain();
  });
  afterAll(() => emptyTables(test.database));

  const refused = { code: 'ROWS_REMOVED' };

  it('is left as it is by every process that is asked for it again', async () => {
    const before = await computed();
    const activities = on('again');
    for (const n of [20, 57]) {
      const request = { model, asOf: at(n, 3) };
      await activities.attachActuals(request);
      await activities.profileHours(request);
      await activities.calibrateDrift(request);
      await expect(activities.detectDrift({ ...request, act: false })).rejects.toMatchObject(refused);
      await activities.summarizeOutcomes(request);
      await activities.evaluatePerformance(request);
      await activities.estimatePerformance(request);
      await activities.comparePerformance(request);
      await expect(activities.writeReport({ ...request, send: 'no' })).rejects.toMatchObject(refused);
    }
    const window = { start: at(10), end: at(12) };
    const asked = { model, asOf, window };
    await expect(activities.attachActuals(asked)).rejects.toMatchObject({
      message:
        'Outcomes of "aged" cannot be recomputed: its rows from 2024-01-01 to 2024-03-01 were removed when their retention ended. Stored results stay as they are. Name a window that begins at 2024-03-01 or later.',
    });
    await expect(activities.summarizeOutcomes(asked)).rejects.toMatchObject(refused);
    await expect(activities.detectDrift({ ...asked, act: false })).rejects.toMatchObject(refused);
    await activities.restateWindows({ model, asOf, endingAfter: at(5), startingBefore: at(60) });
    await activities.estimatePerformance({
      model,
      asOf,
      restated: { endingAfter: at(5), startingBefore: at(60) },
    });
    await activities.comparePerformance({
      model,
      asOf,
      restated: { endingAfter: at(5), startingBefore: at(60) },
    });
    await expectComputed(before);
  });

  it('does not change by rows that come late: they are set aside with the reason', async () => {
    const before = await computed();
    const client = openClient({ database: test.database });
    await client.recordActuals(
      model,
      actualsOf({ from: 15, to: 16, error: 50 }).map((row) => ({ ...row, recordedAt: day(99) })),
    );
    await client.logPredictions(model, [
      { version: '1', entity: 'station', eventTime: day(15), features: { x: 9, c: 'z' }, prediction: 1 },
    ]);
    const attached = await on('late').attachActuals({ model, asOf });
    expect(attached).toMatchObject({ setAside: 25, attached: 0, changed: 0 });
    expect(
      await test.database.query(
        'select stream, reason, count(*) as rows from rejected_rows group by 1, 2 order by 1',
      ),
    ).toEqual([
      { stream: 'actuals', reason: expect.stringMatching(/retention had ended/), rows: 24 },
      { stream: 'predictions', reason: expect.stringMatching(/retention had ended/), rows: 1 },
    ]);
    expect(
      await test.database.query(`select content from rejected_rows where stream = 'predictions'`),
    ).toEqual([
      {
        content: {
          version: '1',
          entity: 'station',
          eventTime: '2024-01-15T00:00:00+00:00',
          issuedAt: '2024-01-15T00:00:00+00:00',
          role: 'serving',
          features: { x: 9, c: 'z' },
          prediction: 1,
        },
      },
    ]);
    expect(await left('actuals')).toEqual(young);
    await runOf(lastDay);
    await on('late').attachActuals({ model, asOf });
    expect(await test.database.query('select * from dirty_windows')).toEqual([]);
    await expectComputed(before, ofNewest);
    await retain('later');
    expect(await test.database.query('select count(*) as rows from rejected_rows')).toEqual([{ rows: 25 }]);
  });

  it('says of a window that was never judged why it cannot be', async () => {
    const activities = on('new');
    // Its own rows are there, those of its reference are not.
    const drift = await activities.detectDrift({
      model,
      asOf,
      window: { start: at(62), end: at(69) },
      act: false,
    });
    expect(drift.verdict).toBe('insufficient-data');
    expect(drift.reason).toMatch(/rows of the reference, .* were removed when their retention ended/);
    await activities.evaluatePerformance({ model, asOf: at(35, 3) });
    expect(
      await test.database.query(
        `select distinct gate, verdict, reason from performance_evaluations
         where window_end = $1 and window_start = $2 and segment = ''`,
        [at(35), at(28)],
      ),
    ).toEqual([
      {
        gate: 'selective-actuals',
        verdict: 'insufficient-data',
        reason: expect.stringMatching(/which rows have no actual is not known any more/),
      },
    ]);
  });

  it('computes what has all of its rows as before', async () => {
    const window = { start: at(80), end: at(87) };
    expect(await on('fresh').detectDrift({ model, asOf, window, act: false })).toMatchObject({ rows: 168 });
    expect(await on('fresh').attachActuals({ model, asOf, window })).toMatchObject({ outcomes: 168 });
  });

  it('stays as it is when settings change that all of it depends on', async () => {
    const before = await computed();
    await watch(test.database, {
      ...monitor,
      performance: { ...monitor.performance, peakHours: { hours: [1] }, minimumOutcomes: 5_000 },
    });
    const activities = on('again');
    const request = { model, asOf: at(57, 3) };
    await activities.summarizeOutcomes(request);
    await activities.evaluatePerformance(request);
    await activities.restateWindows({ model, asOf, endingAfter: at(5), startingBefore: at(60) });
    const after = await computed();
    for (const table of ['performance_evaluations', 'drift_runs', 'profiles'])
      expect(
        after[table]?.filter((row) => before[table]?.includes(row)),
        table,
      ).toEqual(before[table]);
    expect(
      await test.database.query(
        `select count(*) as restated from performance_evaluations where window_start < '2024-03-01Z' and revision > 1`,
      ),
    ).toEqual([{ restated: 0 }]);
  });
});

describe('results', () => {
  it('go when they are older than they are to be kept, but not those of the reference', async () => {
    await watch(test.database, {
      ...monitor,
      reference: { kind: 'fixed', start: '2024-01-03', end: '2024-01-10' },
      drift: { multivariate: { enabled: false } },
      retention: { rows: '43d', results: '50d' },
    });
    await load(test.database, model, { from: 1, to: lastDay });
    for (const n of [20, 90, lastDay]) await runOf(n);
    // A longer reference is all that is learned from, up to its end.
    await test.database.execute(
      `insert into calibrations (model, reference_id, segment, column_name, window_length, before, content)
       select model, reference_id, segment, column_name, window_length, $1, content from calibrations where before = $2`,
      [at(10), at(13)],
    );
    const learned = async (): Promise<unknown> =>
      test.database.query('select distinct before from calibrations order by before');
    expect(await learned()).toEqual([10, 13, 83, 98].map((n) => ({ before: day(n) })));
    await retain();
    expect(await learned()).toEqual([10, 83, 98].map((n) => ({ before: day(n) })));
    const oldest = await test.database.query(
      `select (select min(window_end) from drift_runs) as drift, (select min(window_end) from quality_results) as quality,
         (select min(window_end) from performance_evaluations where window_start >= '2024-01-10Z') as performance,
         (select min(window_end) from reports) as reports, (select count(*) from profiled_hours where segment = '' and hour < '2024-02-01Z') as profiled`,
    );
    expect(oldest).toEqual([
      { drift: day(90), quality: day(90), performance: day(90), reports: day(90), profiled: 168 },
    ]);
    expect(
      await test.database.query(
        `select table_name as name, window_start, window_end from removals where table_name in ('drift_runs', 'profiles') order by 1`,
      ),
    ).toEqual([
      { name: 'drift_runs', window_start: null, window_end: day(55) },
      { name: 'profiles', window_start: null, window_end: day(55) },
    ]);
    const before = await computed();
    await runOf(lastDay);
    await expectComputed(before, ofNewest);
  });
});
