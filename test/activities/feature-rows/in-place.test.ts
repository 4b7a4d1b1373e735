import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openSources, type Sources } from '../../../activities/sources/sources.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import type { Database } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { writeParquet } from '../../setup/parquet.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { actualsOf, at, predictionsOf, watch } from '../../setup/synthetic.ts';

const model = 'houses';
const asOf = at(15, 3);

/** Two weeks of an hourly row of two entities; in the second one x has moved, and some values are missing or new. */
const rows = [
  ...predictionsOf({ from: 1, to: 8 }),
  ...predictionsOf({ from: 8, to: 15, shift: 1.5 }),
].flatMap((row, i) => {
  const week = Math.floor(i / 168);
  const features = {
    ...row.features,
    y: i % 50 === 0 ? null : ((i * 13) % 64) / 8,
    flag: i % 5 === 0,
    code: week === 1 && i % 7 === 0 ? 99 : i % 4,
  };
  return [
    { ...row, entity: 'Ana "O\'Neill\\', features },
    { ...row, entity: 'station', features: { ...features, y: ((i * 5) % 64) / 8 } },
  ];
});
const actuals = actualsOf({ from: 1, to: 14, error: 1.5 }).flatMap((row, i) =>
  i % 9 === 0 ? [] : [row, { ...row, entity: 'Ana "O\'Neill\\', value: Number(row.value) + (i % 3) }],
);

const monitor = {
  model,
  features: {
    x: { kind: 'continuous', expect: { max: 3 } },
    y: { kind: 'continuous' },
    c: { kind: 'categorical' },
    flag: { kind: 'categorical' },
    code: { kind: 'categorical' },
  },
  segments: ['c'],
  reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-08' },
} as const satisfies Partial<MonitorInput> & { readonly model: string };
const columns = {
  entity: 'who',
  event_time: 'scored_at',
  version: 'model_version',
  prediction: 'guess',
} as const;

const tableSql = `
  create schema scoring;
  create table scoring.scores (
    who text, scored_at timestamptz, model_version text, guess numeric, x float8, "Y" real, c text, flag boolean,
    code smallint, updated_at timestamptz not null default now());
  create index on scoring.scores (scored_at)`;

async function fillTable(database: Database, table: string): Promise<void> {
  await database.execute(
    `insert into ${table} (who, scored_at, model_version, guess, x, "Y", c, flag, code)
     select row ->> 'entity', to_timestamp((row ->> 'eventTime')::float8 / 1000), row ->> 'version', (row -> 'prediction')::numeric,
       (row #>> '{features,x}')::float8, (row #>> '{features,y}')::real, row #>> '{features,c}',
       (row #>> '{features,flag}')::boolean, (row #>> '{features,code}')::smallint
     from jsonb_array_elements($1) with ordinality as rows (row, place)
     order by place`,
    [JSON.stringify(rows)],
  );
}

let directory: string;
const opened: { readonly database: TestDatabase; readonly sources: Sources }[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-lake-'));
});
afterAll(async () => {
  for (const { database, sources } of opened) {
    await sources.close();
    await database.drop();
  }
  await rm(directory, { recursive: true });
});

async function arranged(): Promise<{ database: Database; sources: Sources }> {
  const test = await createTestDatabase();
  const sources = openSources({
    ownDatabase: test.url,
    databases: new Map(),
    stores: new Map(),
    directory,
  });
  opened.push({ database: test, sources });
  await openClient({ database: test.database }).recordActuals(model, actuals);
  return { database: test.database, sources };
}

/** All that a night does, and what is stored then. */
async function watched({ database, sources }: { database: Database; sources: Sources }): Promise<unknown> {
  const activities = activitiesOn(database, { sources });
  const request = { model, asOf };
  await activities.attachActuals(request);
  await activities.profileHours(request);
  await activities.calibrateDrift(request);
  await activities.detectDrift({ ...request, act: false });
  await activities.summarizeOutcomes(request);
  await activities.evaluatePerformance(request);
  await activities.estimatePerformance(request);
  await activities.comparePerformance(request);
  return numbersOf(database);
}

const derived = [
  'drift_results',
  'drift_runs',
  'model_references',
  'outcome_summaries',
  'outcomes',
  'performance_evaluations',
  'profiled_hours',
  'profiles',
] as const;
/** What differs because the monitor names a source, or is the time of the test. */
const notCompared = [
  'prediction_id',
  'checked_at',
  'compared_from',
  'recorded_at',
  'state_since',
  'told_at',
  'configuration_hash',
  'estimated_from',
  'features',
  'stored_at',
  'learned_at',
  'evaluated_at',
  'estimated_at',
];

async function numbersOf(database: Database): Promise<Record<string, unknown>> {
  const tables = await database.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
       and relname <> all($1)
     order by 1`,
    [
      [
        'schema_migrations',
        'monitors',
        'predictions',
        'actuals',
        'source_parts',
        'dirty_windows',
        'process_watermarks',
      ],
    ],
  );
  const found: Record<string, unknown> = {};
  for (const { name } of tables) {
    const stored = await database.query<{ row: unknown }>(
      `select to_jsonb(${name}) - $1::text[] as row from ${name} order by (to_jsonb(${name}) - $1::text[])::text`,
      [notCompared],
    );
    // A report names the configuration, of which the source is a part.
    found[name] = stored.map(({ row }) =>
      JSON.stringify(row, null, 1).replaceAll(/configuration [\da-f]{12}/g, 'configuration'),
    );
  }
  return found;
}

/**
 * Each way in a database of its own: what is drawn for drift of the features together, and the order of rows of one instant in it, hang on
 * hashes of `prediction_id`, which counts through a whole database. Two models of one database draw alike only where their ids are the same.
 */
describe('rows that stay where they are', () => {
  let copied: Record<string, unknown>;
  beforeAll(async () => {
    const world = await arranged();
    await watch(world.database, monitor);
    await openClient({ database: world.database }).logPredictions(model, rows);
    copied = (await watched(world)) as Record<string, unknown>;
  }, 240_000);

  it('are compared in every table that has numbers', () => {
    for (const table of derived) expect(copied[table], table).not.toEqual([]);
  });

  const places = {
    'a table that says when a row changed': { table: 'scoring.scores', changed: 'updated_at' },
    'a table that does not': { table: 'scoring.scores' },
    'a view': { table: 'scoring.seen' },
    'Parquet files': { parquet: 'scores' },
  } as const;
  it.each(Object.keys(places) as (keyof typeof places)[])(
    'give the same numbers as rows that were copied: %s',
    async (name) => {
      const world = await arranged();
      await world.database.execute(tableSql);
      await world.database.execute('create view scoring.seen as select * from scoring.scores');
      await fillTable(world.database, 'scoring.scores');
      if (name === 'Parquet files') await writeFiles(world.database);
      await watch(world.database, {
        ...monitor,
        source: { predictions: { ...places[name], columns, features: { y: 'Y' } } },
      });
      const found = (await watched(world)) as Record<string, unknown>;
      expect(Object.keys(found)).toEqual(Object.keys(copied));
      for (const [table, stored] of Object.entries(found)) expect(stored, table).toEqual(copied[table]);
      const [kept] = await world.database.query(
        'select distinct jsonb_object_keys(features) as kept from predictions',
      );
      expect(kept).toEqual({ kept: 'c' });
    },
    240_000,
  );
});

describe('a source that is not as it was', () => {
  const request = { model, asOf };
  const profiled = (database: Database): Promise<Record<string, unknown>[]> =>
    database.query('select hour, row_count as rows from profiled_hours where segment = $1 order by hour', [
      '',
    ]);

  it('that has gone, or whose columns have another type, stops the profile and leaves what is stored', async () => {
    const { database, sources } = await arranged();
    await database.execute(tableSql);
    await fillTable(database, 'scoring.scores');
    const settings = { table: 'scoring.scores', changed: 'updated_at', columns, features: { y: 'Y' } };
    await watch(database, { ...monitor, source: { predictions: settings } });
    const activities = activitiesOn(database, { sources });
    await activities.attachActuals(request);
    await activities.profileHours(request);
    const before = await profiled(database);
    expect(before.every(({ rows }) => rows === 2)).toBe(true);
    await database.execute(
      `update predictions set source_stamp = 0 where event_time >= '${at(13)}' and event_time < '${at(13, 3)}'`,
    );

    await database.execute('alter table scoring.scores rename to moved');
    await expect(activities.profileHours(request)).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringContaining('relation "scoring.scores" does not exist'),
    });
    await database.execute('alter table scoring.moved rename to scores');
    await database.execute('alter table scoring.scores alter x type text');
    await expect(activities.profileHours(request)).rejects.toThrow(
      '"x" is of type text, and a number is wanted',
    );
    await database.execute('alter table scoring.scores alter x type numeric using x::numeric');
    const away = openSources({
      ownDatabase: 'postgres://nobody@127.0.0.1:1/none',
      databases: new Map(),
      stores: new Map(),
      directory: undefined,
    });
    await expect(activitiesOn(database, { sources: away }).profileHours(request)).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
    });
    await away.close();

    await activities.profileHours(request);
    expect(await profiled(database)).toEqual(before);
  }, 240_000);

  it('counts the rows that are left, each once, and none that it was not told of', async () => {
    const { database, sources } = await arranged();
    await database.execute(tableSql);
    await fillTable(database, 'scoring.scores');
    const settings = { table: 'scoring.scores', changed: 'updated_at', columns, features: { y: 'Y' } };
    await watch(database, { ...monitor, source: { predictions: settings } });
    const activities = activitiesOn(database, { sources });
    await activities.attachActuals(request);
    await database.execute(`
      delete from scoring.scores where scored_at = '${at(13, 1)}' and who = 'station';
      insert into scoring.scores select * from scoring.scores where scored_at = '${at(13, 2)}';
      insert into scoring.scores (who, scored_at, model_version, guess, x)
      values ('stranger', '${at(13, 3)}', '1', 1, 1)`);
    await activities.profileHours(request);
    const rowsOf = new Map((await profiled(database)).map(({ hour, rows }) => [hour, rows]));
    expect([0, 1, 2, 3].map((hour) => rowsOf.get(Date.parse(at(13, hour))))).toEqual([2, 1, 2, 2]);
  }, 240_000);
});

/** A file a week, so that what is asked for is in some of them. */
async function writeFiles(database: Database): Promise<void> {
  const stored = await database.query<Record<string, unknown>>(
    'select who, scored_at::text as scored, model_version, guess, x, "Y", c, flag, code from scoring.scores order by ctid',
  );
  const text = (value: unknown): string =>
    value === null
      ? 'null'
      : typeof value === 'string'
        ? `'${value.replaceAll("'", "''")}'`
        : JSON.stringify(value);
  const perFile = Math.ceil(stored.length / 4);
  for (let file = 0; file < 4; file += 1) {
    const values = stored
      .slice(file * perFile, (file + 1) * perFile)
      .map((row) => `(${Object.values(row).map(text).join(', ')})`);
    await writeParquet(
      join(directory, 'scores', `${file}.parquet`),
      `select who, scored::timestamptz as scored_at, model_version, guess::double as guess, x::double as x, Y::double as "Y", c, flag,
         code::smallint as code
       from (values ${values.join(', ')}) as scores (who, scored, model_version, guess, x, Y, c, flag, code)`,
    );
  }
}
