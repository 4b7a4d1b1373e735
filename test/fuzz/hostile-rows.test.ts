/**
 * Rows that violate every constraint of the tables that others write, read from the catalog, by each way in: each is rejected with a reason or
 * an error that names the constraint, good rows beside it are kept, and what a table takes keeps no run from ending.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Activities } from '../../activities/index.ts';
import { openSources, type Sources } from '../../activities/sources/sources.ts';
import { addIngest } from '../../cli/commands/ingest.ts';
import { openClient, type ActualRow, type PredictionRow } from '../../client/tidewatch-client.ts';
import { makeTemporaryDirectory } from '../../sql/temporary-directory.ts';
import { printed } from '../cli/on-database.ts';
import { activitiesOn } from '../setup/activities.ts';
import { emptyTables } from '../setup/database-snapshot.ts';
import { actualsOf, at, load, predictionsOf, watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';

const world = useDatabase('shared by all tests');
const model = 'fed-with-anything';
beforeEach(async () => {
  await emptyTables(world.database);
  await watch(world.database, { model });
});

type Part = Readonly<Record<string, unknown>>;
const long = 'x'.repeat(10_000_000);
const deep = JSON.parse(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`) as unknown;

interface Violation {
  /** A constraint of the catalog, `<column> is not null`, or the type of a column. */
  readonly violates: string;
  /** What the client and a file have in the place of what is good; absent where rows of theirs cannot say it. */
  readonly row?: Part;
  /** The same in columns of the table; absent where the table takes it. */
  readonly columns?: Readonly<Record<string, string>>;
}

const predictions: readonly Violation[] = [
  { violates: 'predictions_role_check', row: { role: 'canary' }, columns: { role: `'canary'` } },
  { violates: 'predictions_one_kind_check', row: { prediction: null }, columns: { prediction: 'null' } },
  { violates: 'predictions_one_kind_check', columns: { predicted_class: `'a'` } },
  { violates: 'predictions_finite_check', row: { prediction: Number.NaN }, columns: { prediction: `'NaN'` } },
  {
    violates: 'predictions_finite_check',
    row: { prediction: Infinity },
    columns: { prediction: `'Infinity'` },
  },
  {
    violates: 'predictions_finite_check',
    row: { prediction: -Infinity },
    columns: { prediction: `'-Infinity'` },
  },
  { violates: 'predictions_features_check', row: { features: [1] }, columns: { features: `'[1]'` } },
  { violates: 'predictions_features_check', row: { features: 'x' }, columns: { features: `'"x"'` } },
  { violates: 'model is not null', columns: { model: 'null' } },
  { violates: 'version is not null', row: { version: undefined }, columns: { version: 'null' } },
  { violates: 'entity is not null', row: { entity: null }, columns: { entity: 'null' } },
  { violates: 'event_time is not null', row: { eventTime: null }, columns: { event_time: 'null' } },
  { violates: 'issued_at is not null', row: { issuedAt: null }, columns: { issued_at: 'null' } },
  { violates: 'prediction_id is not null', columns: { prediction_id: 'null' } },
  { violates: 'role is not null', row: { role: null }, columns: { role: 'null' } },
  { violates: 'features is not null', row: { features: null }, columns: { features: 'null' } },
  { violates: 'inserted_at is not null', columns: { inserted_at: 'null' } },
  {
    violates: 'predictions_times_check',
    row: { eventTime: 'infinity' },
    columns: { event_time: `'infinity'` },
  },
  {
    violates: 'predictions_times_check',
    row: { eventTime: '-infinity' },
    columns: { event_time: `'-infinity'` },
  },
  {
    violates: 'predictions_times_check',
    row: { eventTime: '+290000-01-01T00:00:00Z' },
    columns: { event_time: `'290000-01-01'` },
  },
  { violates: 'predictions_times_check', row: { eventTime: 9e15 }, columns: { event_time: `'1492-10-12'` } },
  {
    violates: 'predictions_times_check',
    row: { issuedAt: 'infinity' },
    columns: { issued_at: `'infinity'` },
  },
  {
    violates: 'timestamp out of range',
    row: { eventTime: '+294277-01-01T00:00:00Z' },
    columns: { event_time: `'294277-01-01'` },
  },
  { violates: 'out of range for type double precision', columns: { prediction: `'1e400'` } },
  {
    violates: 'invalid input syntax for type double precision',
    row: { prediction: 'many' },
    columns: { prediction: `'many'` },
  },
  { violates: 'invalid input syntax for type json', columns: { features: `'{x: 1}'` } },
  {
    violates: 'unsupported Unicode escape sequence',
    row: { features: { c: 'a\0b' } },
    columns: { features: String.raw`'{"c": "a\u0000b"}'` },
  },
  {
    violates: 'invalid input syntax for type json',
    row: { features: { c: '\ud800' } },
    columns: { features: String.raw`'{"c": "\ud800"}'` },
  },
  {
    violates: 'index row',
    row: { entity: long },
    columns: { entity: `(select string_agg(md5(i::text), '') from generate_series(1, 300000) i)` },
  },
  // A table of jsonb takes what is nested; what reads it says what it is.
  { violates: 'a feature is a value', row: { features: { x: deep } } },
  { violates: 'a feature is a value', row: { features: { x: [1] } } },
  { violates: 'a feature is a value', row: { features: { x: Number.NaN } } },
  { violates: 'a feature is a value', row: { features: { x: 'warm' } } },
  { violates: 'probabilities', row: { probabilities: { a: Number.NaN } } },
  { violates: 'probabilities', row: { probabilities: [0.5] } },
  { violates: 'intervals', row: { interval: { low: 2, high: 1 } } },
  { violates: 'intervals', row: { interval: { low: Number.NaN, high: 1 } } },
];
const actuals: readonly Violation[] = [
  { violates: 'actuals_one_kind_check', row: { value: null }, columns: { value: 'null' } },
  { violates: 'actuals_one_kind_check', columns: { class: `'a'` } },
  { violates: 'actuals_finite_check', row: { value: Number.NaN }, columns: { value: `'NaN'` } },
  { violates: 'actuals_finite_check', row: { value: Infinity }, columns: { value: `'Infinity'` } },
  { violates: 'model is not null', columns: { model: 'null' } },
  { violates: 'entity is not null', row: { entity: '' }, columns: { entity: 'null' } },
  { violates: 'event_time is not null', row: { eventTime: undefined }, columns: { event_time: 'null' } },
  { violates: 'recorded_at is not null', row: { recordedAt: null }, columns: { recorded_at: 'null' } },
  { violates: 'inserted_at is not null', columns: { inserted_at: 'null' } },
  { violates: 'actuals_times_check', row: { eventTime: 'infinity' }, columns: { event_time: `'infinity'` } },
  {
    violates: 'actuals_times_check',
    row: { recordedAt: 'infinity' },
    columns: { recorded_at: `'infinity'` },
  },
  {
    violates: 'timestamp out of range',
    row: { recordedAt: '+294277-01-01T00:00:00Z' },
    columns: { recorded_at: `'294277-01-01'` },
  },
  { violates: 'out of range for type double precision', columns: { value: `'1e400'` } },
];
const violations = { predictions, actuals } as const;
type Table = keyof typeof violations;

/** One good row, as columns of the table. */
const goodColumns: Readonly<Record<Table, Readonly<Record<string, string>>>> = {
  predictions: {
    model: `'${model}'`,
    version: `'1'`,
    entity: `'a'`,
    event_time: `'2024-01-01T08:00:00Z'`,
    issued_at: `'2024-01-01T08:00:00Z'`,
    features: `'{"x": 1}'`,
    prediction: '17',
  },
  actuals: {
    model: `'${model}'`,
    entity: `'a'`,
    event_time: `'2024-01-01T08:00:00Z'`,
    value: '17',
    recorded_at: `'2024-01-02T08:00:00Z'`,
  },
};
function insertOf(table: Table, part: Readonly<Record<string, string>> = {}): string {
  const columns = { ...goodColumns[table], ...part };
  return `insert into ${table} (${Object.keys(columns).join(', ')}) values (${Object.values(columns).join(', ')})`;
}
const count = async (table: string): Promise<number> => {
  const [row] = await world.database.query<{ rows: number }>(`select count(*) as rows from ${table}`);
  return row!.rows;
};

describe.each(['predictions', 'actuals'] as const)('%s', (table) => {
  it('have a violation here for every constraint of the catalog', async () => {
    const constraints = await world.database.query<{ name: string; type: string }>(
      `select conname as name, contype::text as type from pg_constraint where conrelid = $1::regclass and contype <> 'n'`,
      [table],
    );
    const columns = await world.database.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnotnull and attnum > 0`,
      [table],
    );
    const needed = [
      ...constraints.filter(({ type }) => !['p', 'u'].includes(type)).map(({ name }) => name),
      ...columns.map(({ name }) => `${name} is not null`),
    ];
    const there = new Set(violations[table].map(({ violates }) => violates));
    expect(needed.filter((name) => !there.has(name))).toEqual([]);
    // Rows with a key that is there are below; foreign keys there are none.
    expect(constraints.filter(({ type }) => type === 'f')).toEqual([]);
  });

  it.each(violations[table].filter(({ columns }) => columns !== undefined))(
    'by plain SQL: $violates $columns',
    async ({ violates, columns }) => {
      const words = violates.endsWith(' is not null')
        ? `null value in column "${violates.split(' ')[0]}"`
        : violates;
      await expect(
        world.database.transaction(async (connection) => {
          await connection.execute(insertOf(table, { entity: `'good'` }));
          await connection.execute(insertOf(table, columns));
        }),
      ).rejects.toThrow(words);
      expect(await count(table)).toBe(0);
      // A statement of its own is kept.
      await world.database.execute(insertOf(table, { entity: `'good'` }));
      await expect(world.database.execute(insertOf(table, columns))).rejects.toThrow(words);
      expect(await count(table)).toBe(1);
    },
  );

  it('with a key that is there are one row', async () => {
    await world.database.execute(insertOf(table));
    await expect(world.database.execute(insertOf(table))).rejects.toThrow(
      'duplicate key value violates unique constraint',
    );
    expect(await count(table)).toBe(1);
  });
});

/** Rows that are good, with these among them. */
function batch(table: Table): {
  readonly good: readonly Part[];
  readonly bad: readonly Part[];
  readonly all: readonly Part[];
} {
  const good: readonly Part[] =
    table === 'predictions'
      ? predictionsOf({ from: 1, to: 3 }).map(asPart)
      : actualsOf({ from: 1, to: 3 }).map(asPart);
  const bad = violations[table].flatMap(({ row }) => (row === undefined ? [] : [{ ...good[0], ...row }]));
  return { good, bad, all: good.flatMap((row, i) => (bad[i] === undefined ? [row] : [bad[i], row])) };
}
const asPart = (row: PredictionRow | ActualRow): Part => ({ ...row });

describe('the client', () => {
  it.each(['predictions', 'actuals'] as const)(
    'keeps the good rows among bad %s, and these with their reasons',
    async (table) => {
      const { good, bad, all } = batch(table);
      const client = openClient({ database: world.database });
      const { stored, rejected } =
        table === 'predictions'
          ? await client.logPredictions(model, all as unknown as PredictionRow[])
          : await client.recordActuals(model, all as unknown as ActualRow[]);
      expect(stored).toBe(good.length);
      expect(rejected.map(({ index }) => all[index])).toEqual(bad);
      expect(await count(table)).toBe(good.length);
      const kept = await world.database.query<{ reason: string; size: number }>(
        'select reason, length(content::text) as size from rejected_rows where stream = $1',
        [table],
      );
      expect(new Set(kept.map(({ reason }) => reason))).toEqual(
        new Set(rejected.map(({ reason }) => reason)),
      );
      for (const { reason } of kept) expect(reason).toMatch(/^\S.{10,400}$/);
    },
  );

  it('takes -0, the longest text and what is nearest to the limits, and gives it back', async () => {
    const [row] = predictionsOf({ from: 1, to: 2 });
    const prediction = {
      ...row!,
      prediction: -0,
      features: { x: 1.797e308, c: long },
      interval: { low: -1e308, high: 5e-324 },
    };
    expect(await openClient({ database: world.database }).logPredictions(model, [prediction])).toEqual({
      stored: 1,
      rejected: [],
    });
    const [stored] = await world.database.query(
      `select prediction, (features ->> 'x')::float8 as x, length(features ->> 'c') as c, interval_low, interval_high from predictions`,
    );
    expect(stored).toEqual({
      // The sign of zero is not kept, and no statistic asks for it.
      prediction: 0,
      x: 1.797e308,
      c: 10_000_000,
      interval_low: -1e308,
      interval_high: 5e-324,
    });
  });
});

describe('ingest', () => {
  it.each(['predictions', 'actuals'] as const)(
    'keeps the good rows among bad %s of a file, and these with their reasons',
    async (table) => {
      const { good, all } = batch(table);
      const directory = await makeTemporaryDirectory();
      const [path, rejected] = ['rows.jsonl', 'rejected.jsonl'].map((name) => join(directory.path, name));
      const lines = all
        // JSON.stringify does not go so deep either.
        .filter(({ features }) => (features as { readonly x?: unknown } | undefined)?.x !== deep)
        .map((row) =>
          Object.fromEntries(
            Object.entries({ ...row, ...(row['features'] as object | undefined) })
              .filter(([name]) => name !== 'features' && name !== 'interval' && name !== 'probabilities')
              .map(([name, value]) => [
                {
                  eventTime: 'event_time',
                  issuedAt: 'issued_at',
                  recordedAt: 'recorded_at',
                  value: 'actual',
                }[name] ?? name,
                typeof value === 'number' && !Number.isFinite(value)
                  ? String(value)
                  : /Time|At$/.test(name) && typeof value === 'number' && Math.abs(value) < 8.64e15
                    ? new Date(value).toISOString()
                    : value,
              ]),
          ),
        )
        .map((line) => JSON.stringify(line));
      await writeFile(path!, lines.join('\n'));
      vi.spyOn(console, 'error').mockImplementation(() => {});
      const args = [
        'ingest',
        path!,
        '--model',
        model,
        '--json',
        '--rejected',
        rejected!,
        '--time-zone',
        'UTC',
        '--only',
        table,
      ];
      const [summary] = JSON.parse(await printed(addIngest, args, world)) as {
        stored: Record<Table, number>;
        rejected: number;
      }[];
      vi.restoreAllMocks();
      process.exitCode = undefined;
      const reasons = (await readFile(rejected!, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { reason: string }).reason);
      // What was nested in a row of the client is a column of its own in a file.
      expect(summary!.rejected).toBeGreaterThan(5);
      expect(reasons).toHaveLength(summary!.rejected);
      for (const reason of reasons) expect(reason).toMatch(/^\S.{10,}/);
      expect(await count(table)).toBe(good.length);
      await directory.remove();
    },
  );
});

describe('a table that is the source', () => {
  let sources: Sources;
  beforeAll(() => {
    sources = openSources({
      ownDatabase: world.url,
      databases: new Map([['', world.url]]),
      stores: new Map(),
      directory: undefined,
    });
  });
  afterAll(() => sources.close());

  it('gives its good rows; the others are rejected with a reason', async () => {
    await world.database.execute(`
      create table scores (id text, at timestamptz, version text, yhat float8, x float8, c text, y float8, known timestamptz);
      insert into scores select 'good ' || i, timestamptz '2024-01-01' + i * interval '1 hour', '1', i, i, 'a', i, timestamptz '2024-01-02' + i * interval '1 hour'
      from generate_series(1, 40) i`);
    const bad: readonly string[] = [
      `null, '2024-01-01', '1', 1, 1, 'a', 1, '2024-01-02'`,
      `'', '2024-01-01', '1', 1, 1, 'a', 1, '2024-01-02'`,
      `'a', null, '1', 1, 1, 'a', 1, '2024-01-02'`,
      `'b', 'infinity', '1', 1, 1, 'a', 1, '2024-01-02'`,
      `'c', '-infinity', '1', 1, 1, 'a', 1, '2024-01-02'`,
      `'d', '290000-01-01', '1', 1, 1, 'a', 1, '2024-01-02'`,
      `'e', '4000-01-01 BC', '1', 1, 1, 'a', 1, '2024-01-02'`,
      `'f', '2024-01-01', null, 1, 1, 'a', 1, '2024-01-02'`,
      `'g', '2024-01-01', '1', 'NaN', 1, 'a', 'NaN', '2024-01-02'`,
      `'h', '2024-01-01', '1', 'Infinity', 1, 'a', 'Infinity', '2024-01-02'`,
      `'i', '2024-01-01', '1', null, 1, 'a', 1, 'infinity'`,
      `repeat('k', 10000000), '2024-01-01', '1', 1, 1, 'a', 1, '2024-01-02'`,
      `'l', '2024-01-01', '1', 1, 'Infinity', 'a', 1, '290000-01-01'`,
    ];
    for (const values of bad) await world.database.execute(`insert into scores values (${values})`);
    const times = { entity: 'id', event_time: 'at' } as const;
    await watch(world.database, {
      model,
      source: {
        predictions: {
          table: 'public.scores',
          columns: { ...times, version: 'version', prediction: 'yhat' },
        },
        actuals: { table: 'public.scores', columns: { ...times, actual: 'y', recorded_at: 'known' } },
      },
    });
    const activities = activitiesOn(world.database, { sources });
    const result = await activities.attachActuals({ model, asOf: at(20) });
    expect(
      await world.database.query(`select count(*) as rows from predictions where entity like 'good %'`),
    ).toEqual([{ rows: 40 }]);
    expect(await world.database.query(`select count(*) as rows from outcomes`)).toMatchObject([
      { rows: expect.any(Number) as number },
    ]);
    const reasons = await world.database.query<{ stream: string; reason: string; content: unknown }>(
      'select stream, reason, content from rejected_rows',
    );
    for (const { reason } of reasons) expect(reason).toMatch(/^\S.{10,400}$/);
    const ofPredictions = reasons.filter(({ stream }) => stream === 'predictions');
    expect(ofPredictions.length, JSON.stringify(result)).toBeGreaterThanOrEqual(9);
    expect((await count('predictions')) + ofPredictions.length).toBe(40 + bad.length);
    // It is read to its end the next time as well.
    await activities.attachActuals({ model, asOf: at(21) });
    await world.database.execute('drop table scores');
  });
});

describe('what a table takes by plain SQL', () => {
  const taken: readonly Readonly<Record<string, string>>[] = [
    { features: `'{"x": 1e400}'` },
    { features: `'{"x": -1e308, "c": 1e400}'` },
    { features: `'{"x": "warm"}'` },
    { features: `'{"x": "NaN", "c": null}'` },
    { features: `'{"x": "Infinity"}'` },
    { features: `'{"x": [1, 2], "c": {"a": 1}}'` },
    { features: `'{"x": true, "c": false}'` },
    { features: `'{}'` },
    { features: `'{"c": ""}'` },
    { features: `('{"x": ' || repeat('[', 5000) || repeat(']', 5000) || '}')::jsonb` },
    { features: `jsonb_build_object('c', repeat('y', 10000000))` },
    { version: `''` },
    { entity: `''` },
    { prediction: `'-0'` },
    { prediction: `1.7e308` },
    { prediction: `-1.7e308` },
    { probabilities: `'[1]'` },
    { probabilities: `'{"a": "many", "b": 1e400}'` },
    { probabilities: `'null'` },
    { interval_low: `'NaN'`, interval_high: `'Infinity'` },
    { interval_low: '2', interval_high: '1' },
    { predicted_class: `''`, prediction: 'null' },
    { issued_at: `'2199-01-01'` },
  ];

  const run = async (activities: Activities, asOf: string): Promise<void> => {
    await activities.attachActuals({ model, asOf });
    await activities.profileHours({ model, asOf });
    await activities.calibrateDrift({ model, asOf });
    await activities.detectDrift({ model, asOf, act: false });
    await activities.summarizeOutcomes({ model, asOf });
    await activities.evaluatePerformance({ model, asOf });
    await activities.estimatePerformance({ model, asOf });
    await activities.comparePerformance({ model, asOf });
    await activities.checkDegradation({ model, asOf, act: false });
    await activities.writeReport({ model, asOf, send: 'no' });
  };

  it.each(['regression', 'classification'] as const)(
    'keeps no run of a %s from its end, nor the numbers of the good rows from being right',
    async (task) => {
      const isClasses = task === 'classification';
      const named = {
        model,
        task,
        ...(isClasses && { classes: ['a', 'b'], performance: { limits: { accuracy: 0.5 } } }),
        segments: ['c'],
      };
      await watch(world.database, named);
      await load(world.database, isClasses ? 'others' : model, { from: 1, to: 22 });
      if (isClasses)
        await world.database.execute(`
        update predictions set model = '${model}', prediction = null, predicted_class = 'a', probabilities = '{"a": 0.7, "b": 0.3}';
        update actuals set model = '${model}', value = null, class = 'a'`);
      for (const [i, columns] of taken.entries()) {
        if (isClasses && columns['prediction'] !== undefined) continue;
        const place = {
          event_time: `'2024-01-18T0${i % 10}:00:00Z'`,
          issued_at: `'2024-01-18T00:00:00Z'`,
          entity: `'bad ${i}'`,
        };
        const base = isClasses ? { prediction: 'null', predicted_class: `'a'` } : {};
        await world.database.execute(insertOf('predictions', { ...base, ...place, ...columns }));
        await world.database.execute(
          insertOf('actuals', {
            ...(isClasses && { value: 'null', class: `'b'` }),
            event_time: place.event_time,
            entity: columns['entity'] ?? place.entity,
          }),
        );
      }
      await world.database.execute(
        insertOf('actuals', {
          entity: `''`,
          event_time: `'2024-01-18T03:00:00Z'`,
          value: 'null',
          class: `''`,
        }),
      );
      await run(activitiesOn(world.database), at(22, 4));
      const [evaluated] = await world.database.query<{
        metrics: Record<string, number | null>;
        outcomes: number;
      }>(
        `select metrics, sample_size as outcomes from performance_evaluations
       where model = $1 and version = '1' and segment = '' and window_start = '2024-01-21' and window_end = '2024-01-22'`,
        [model],
      );
      expect(evaluated!.outcomes).toBe(24);
      expect(evaluated!.metrics).toMatchObject(isClasses ? { accuracy: 1 } : { rmse: 1 });
      const [{ rows }] = (await world.database.query<{ rows: number }>(
        `select count(*) as rows from drift_results join drift_runs using (model, drift_run_id) where column_name = 'c' and segment = ''`,
      )) as [{ rows: number }];
      expect(rows).toBeGreaterThan(0);
    },
  );
});
