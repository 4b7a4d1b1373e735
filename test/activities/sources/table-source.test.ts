import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { batchRows } from '../../../activities/sources/row-reader.ts';
import { openSources, type Sources } from '../../../activities/sources/sources.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { openDatabase } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { storedFeatures } from '../../setup/stored-features.ts';
import { watch } from '../../setup/synthetic.ts';

let test: TestDatabase;
let sources: Sources;

beforeAll(async () => {
  test = await createTestDatabase();
  sources = openSources({
    ownDatabase: 'postgres://nobody@127.0.0.1:1/none',
    databases: new Map([
      ['', test.url],
      ['WAREHOUSE', test.url],
      ['AWAY', 'postgres://reader:secret@127.0.0.1:1/away'],
    ]),
    stores: new Map(),
    directory: undefined,
  });
});
afterAll(async () => {
  await sources.close();
  await test.drop();
});

const model = 'houses';
const asOf = '2026-03-02T00:05:00Z';

const predictions = {
  table: 'scoring.scores',
  columns: {
    entity: 'house id',
    event_time: 'scored_at',
    version: 'model_tag',
    prediction: 'price_hat',
    interval_low: 'low',
    interval_high: 'high',
  },
  features: { rooms: 'n_rooms', garden: 'has_garden' },
  timeZone: 'Europe/Lisbon',
} as const;
const actuals = {
  table: 'scoring.scores',
  columns: { entity: 'house id', event_time: 'scored_at', actual: 'price', recorded_at: 'sold_at' },
  timeZone: 'Europe/Lisbon',
} as const;
const features = {
  rooms: { kind: 'continuous' },
  garden: { kind: 'categorical' },
  city: { kind: 'categorical' },
} as const;

beforeEach(async () => {
  await emptyTables(test.database);
  await test.database.execute(`
    drop schema if exists scoring cascade;
    create schema scoring;
    create type scoring.town as enum ('Porto', 'Faro');
    create table scoring.scores (
      "house id" bigint, scored_at timestamp, model_tag smallint not null default 7, price_hat numeric(12, 2),
      low real, high real, n_rooms integer, has_garden boolean, city scoring.town, price money, sold_at date,
      updated_at timestamptz not null default now());
    alter table scoring.scores alter price type numeric using null`);
});

async function score(rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  await test.database.execute(
    `insert into scoring.scores ("house id", scored_at, price_hat, low, high, n_rooms, has_garden, city, price, sold_at, updated_at)
     select "house id", scored_at, price_hat, low, high, n_rooms, has_garden, city, price, sold_at, coalesce(updated_at, now())
     from jsonb_populate_recordset(null::scoring.scores, $1)`,
    [JSON.stringify(rows)],
  );
}

const house = (part: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  'house id': 42,
  scored_at: '2026-03-01 09:30:00',
  price_hat: 310_000.5,
  n_rooms: 4,
  has_garden: true,
  city: 'Porto',
  ...part,
});

async function watched(source: MonitorInput['source']): Promise<void> {
  await watch(test.database, { model, features, source });
}
const attach = (given = sources) =>
  activitiesOn(test.database, { sources: given }).attachActuals({ model, asOf });

const stored = (): Promise<Record<string, unknown>[]> =>
  test.database.query(
    `select entity, event_time, version, prediction, interval_low as low, interval_high as high
     from predictions order by event_time, entity`,
  );
const seen = (): Promise<Readonly<Record<string, unknown>>[]> =>
  storedFeatures(test.database, sources, model);
const marks = (): Promise<Record<string, unknown>[]> =>
  test.database.query('select distinct stage, window_start from dirty_windows');

describe('a table as the source', () => {
  it('is read with its own names and types, its times in the zone that is named', async () => {
    await score([house({ low: 1.5, high: 2.5, price: 298_000.25, sold_at: '2026-07-02' })]);
    await watched({ predictions, actuals });
    const { source, attached } = await attach();
    expect(source).toEqual({
      predictions: { read: 1, changed: 1, rejected: 0 },
      actuals: { read: 1, changed: 1, rejected: 0 },
    });
    expect(attached).toBe(1);
    expect(await stored()).toEqual([
      {
        entity: '42',
        event_time: Date.parse('2026-03-01T09:30:00Z'),
        version: '7',
        prediction: 310_000.5,
        low: 1.5,
        high: 2.5,
      },
    ]);
    expect(await seen()).toEqual([{ rooms: 4, garden: true, city: 'Porto' }]);
    const [outcome] = await test.database.query('select actual, recorded_at from outcomes');
    // Summer time in Lisbon: midnight there is 23:00 UTC of the day before.
    expect(outcome).toEqual({ actual: 298_000.25, recorded_at: Date.parse('2026-07-01T23:00:00Z') });
  });

  it('of the same rows again nothing is new', async () => {
    await score([house(), house({ scored_at: '2026-03-01 11:00:00' })]);
    await watched({ predictions });
    await attach();
    await test.database.execute('delete from dirty_windows');
    expect((await attach()).source).toEqual({ predictions: { read: 0, changed: 0, rejected: 0 } });
    expect(await marks()).toEqual([]);
  });

  it('a corrected row changes its own hour and no other', async () => {
    await score([house(), house({ scored_at: '2026-03-01 11:00:00' })]);
    await watched({ predictions });
    await attach();
    await test.database.execute(`
      delete from dirty_windows;
      update scoring.scores set n_rooms = 5 where scored_at < '2026-03-01 11:00:00'`);
    expect((await attach()).source).toEqual({ predictions: { read: 1, changed: 1, rejected: 0 } });
    expect((await seen())[0]).toMatchObject({ rooms: 5 });
    const hours = new Set((await marks()).map(({ window_start }) => window_start));
    expect([...hours]).toEqual([Date.parse('2026-03-01T09:00:00Z')]);
  });

  it('missing features are missing, and rows that cannot be stored are kept with their reason', async () => {
    await score([
      house({ n_rooms: null, has_garden: null, city: null }),
      house({ 'house id': null }),
      house({ 'house id': 43, price_hat: 'NaN' }),
    ]);
    await watched({ predictions });
    expect((await attach()).source).toEqual({ predictions: { read: 3, changed: 1, rejected: 2 } });
    expect(await seen()).toEqual([{ rooms: null, garden: null, city: null }]);
    const rejected = await test.database.query<{ reason: string }>(
      'select reason from rejected_rows order by 1',
    );
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'entity is missing; send a text such as "42"',
      'prediction is null; the model is a regression: send a number',
    ]);
  });

  it('a view with a join is a table', async () => {
    await test.database.execute(`
      create table scoring.sales (house bigint, at timestamptz, price numeric);
      create view scoring.sold as
      select sales.house::text as entity, scores.scored_at, sales.price, sales.at as recorded_at
      from scoring.sales join scoring.scores on scores."house id" = sales.house;
      insert into scoring.sales values (42, '2026-03-05T12:00:00Z', 300000)`);
    await score([house()]);
    await watched({
      predictions,
      actuals: {
        table: 'scoring.sold',
        columns: { entity: 'entity', event_time: 'scored_at', actual: 'price', recorded_at: 'recorded_at' },
        timeZone: 'Europe/Lisbon',
      },
    });
    expect((await attach()).attached).toBe(1);
  });

  it('of rows with one key the last one counts', async () => {
    await score([house({ price_hat: 1 }), house({ price_hat: 1 })]);
    await watched({ predictions });
    expect((await attach()).source).toEqual({ predictions: { read: 2, changed: 1, rejected: 0 } });
  });

  it('an actual without a time of its own became known when it was first read', async () => {
    await score([house({ price: 5 })]);
    const { recorded_at: _, ...columns } = actuals.columns;
    await watched({ predictions, actuals: { ...actuals, columns } });
    await attach();
    await test.database.execute('delete from source_parts');
    const later = '2026-03-03T00:05:00Z';
    const activities = activitiesOn(test.database, { sources });
    const { source } = await activities.attachActuals({ model, asOf: later });
    expect(source?.actuals).toEqual({ read: 1, changed: 0, rejected: 0 });
    const [actual] = await test.database.query('select value, recorded_at from actuals');
    expect(actual).toEqual({ value: 5, recorded_at: Date.parse(asOf) });
  });

  it('rows before `since` are not read', async () => {
    await score([house(), house({ scored_at: '2026-02-20 09:00:00' })]);
    await watched({ predictions: { ...predictions, since: '2026-03-01' } });
    expect((await attach()).source?.predictions?.read).toBe(1);
  });

  it('an old hour is read again when a window asks for it', async () => {
    await score([house({ scored_at: '2026-01-10 09:00:00' })]);
    await watched({ predictions });
    await attach();
    await test.database.execute('update scoring.scores set n_rooms = 9');
    expect((await attach()).source?.predictions?.read).toBe(0);
    const window = { start: '2026-01-10T00:00:00Z', end: '2026-01-11T00:00:00Z' };
    const { source } = await activitiesOn(test.database, { sources }).attachActuals({ model, asOf, window });
    expect(source?.predictions).toEqual({ read: 1, changed: 1, rejected: 0 });
  });

  it('another mapping is another way of reading: everything is read again', async () => {
    await score([house()]);
    await watched({ predictions });
    await attach();
    await watched({ predictions: { ...predictions, features: { ...predictions.features, rooms: 'low' } } });
    expect((await attach()).source?.predictions).toEqual({ read: 1, changed: 1, rejected: 0 });
    const [row] = await test.database.query('select count(distinct source) as ways from source_parts');
    expect(row).toEqual({ ways: 1 });
  });
});

describe('a table that says when its rows changed', () => {
  const changing = { ...predictions, changed: 'updated_at', overlap: '10m' } as const;

  it('is read from a little before the newest change on', async () => {
    await score([
      house({ updated_at: '2026-03-01T10:00:00Z' }),
      house({ 'house id': 43, updated_at: '2026-03-01T11:00:00Z' }),
    ]);
    await watched({ predictions: changing });
    expect((await attach()).source?.predictions).toEqual({ read: 2, changed: 2, rejected: 0 });
    await score([
      // Its transaction began before the newest change was committed.
      house({ 'house id': 44, updated_at: '2026-03-01T10:55:00Z' }),
      house({ 'house id': 45, scored_at: '2024-05-01 00:00:00', updated_at: '2026-03-01T12:00:00Z' }),
    ]);
    expect((await attach()).source?.predictions).toEqual({ read: 3, changed: 2, rejected: 0 });
    expect((await attach()).source?.predictions).toEqual({ read: 1, changed: 0, rejected: 0 });
  });

  it('a change in the future keeps no later row from being read', async () => {
    await score([house({ updated_at: '2099-01-01T00:00:00Z' })]);
    await watched({ predictions: changing });
    await attach();
    await score([house({ 'house id': 43 })]);
    expect((await attach()).source?.predictions?.changed).toBe(1);
    const [part] = await test.database.query('select fingerprint < now()::text as past from source_parts');
    expect(part).toEqual({ past: true });
  });

  it('rows that do not say it are read as well', async () => {
    await test.database.execute('alter table scoring.scores alter updated_at drop not null');
    await score([house()]);
    await test.database.execute('update scoring.scores set updated_at = null');
    await watched({ predictions: changing });
    expect((await attach()).source?.predictions).toEqual({ read: 1, changed: 1, rejected: 0 });
    expect((await attach()).source?.predictions).toEqual({ read: 1, changed: 0, rejected: 0 });
  });
});

describe('a table that is not as the monitor says', () => {
  const problemsAfter = async (change: string): Promise<string> => {
    await score([house()]);
    await watched({ predictions });
    await attach();
    await test.database.execute(change);
    const before = await stored();
    const failure = await attach().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'SOURCE_UNREADABLE', retryable: false });
    expect(await stored()).toEqual(before);
    return (failure as { details: { problems: string } }).details.problems.trim();
  };

  it.each([
    ['drop schema scoring cascade', 'relation "scoring.scores" does not exist'],
    [
      'alter table scoring.scores drop n_rooms',
      'the feature "rooms": there is no column "n_rooms"; it has house id, scored_at, model_tag, price_hat, low, high, has_garden, city, price, sold_at, updated_at',
    ],
    [
      'alter table scoring.scores alter n_rooms type text',
      'the feature "rooms": "n_rooms" is of type text, and a number is wanted; name another column, or a view that casts it',
    ],
    [
      'alter table scoring.scores alter scored_at type text',
      'event_time: "scored_at" is of type text, and a time is wanted; name another column, or a view that casts it',
    ],
  ])('%s', async (change, problem) => {
    expect(await problemsAfter(change)).toBe(problem);
  });

  it('has to say its zone where its times have none', async () => {
    const { timeZone: _, ...zoneless } = predictions;
    await watched({ predictions: zoneless });
    await expect(attach()).rejects.toThrow('has no time zone; write timeZone: UTC');
  });

  it('whose first rows cannot be stored is not stored at all', async () => {
    await score([house({ price_hat: null }), house({ price_hat: 'NaN' })]);
    await watched({ predictions });
    await expect(attach()).rejects.toThrow('not one of its first 2 row(s) can be stored');
    const [count] = await test.database.query(
      'select (select count(*) from rejected_rows) + (select count(*) from source_parts) as n',
    );
    expect(count).toEqual({ n: 0 });
  });

  it('is not written to, whatever a view does', async () => {
    await test.database.execute(`
      create function scoring.write() returns bigint language sql as $$
        insert into scoring.scores default values returning 1::bigint $$;
      create view scoring.evil as select scoring.write() as "house id", now()::timestamp as scored_at, 1 as model_tag,
        1.0 as price_hat, 1.0 as low, 1.0 as high, 1 as n_rooms, true as has_garden, 'a' as city`);
    await watched({ predictions: { ...predictions, table: 'scoring.evil' } });
    await expect(attach()).rejects.toThrow('cannot execute INSERT in a read-only transaction');
  });

  it('with a hostile name is still only a name', async () => {
    await watched({ predictions: { ...predictions, table: 'scores"; drop table predictions; --' } });
    await expect(attach()).rejects.toThrow('does not exist');
    expect(await stored()).toEqual([]);
  });

  it('that only its owner may read says so', async () => {
    const url = new URL(test.url);
    [url.username, url.password] = [`reader_of_${url.pathname.slice(1)}`, 'reads'];
    await test.database.execute(`create role ${url.username} login password 'reads'`);
    const asReader = openSources({
      ownDatabase: url.href,
      databases: new Map(),
      stores: new Map(),
      directory: undefined,
    });
    try {
      await watched({ predictions });
      await expect(attach(asReader)).rejects.toThrow('permission denied for schema scoring');
    } finally {
      await asReader.close();
      await test.database.execute(`drop role ${url.username}`);
    }
  });
});

describe('a large table', () => {
  const many = 50_000;

  beforeEach(() =>
    test.database.execute(`
      insert into scoring.scores ("house id", scored_at, price_hat, updated_at)
      select i, '2026-03-01 00:00:00'::timestamp + i * interval '1 second', i, '2026-03-01T00:00:00Z'
      from generate_series(1, ${many}) i`),
  );

  /** Ends as a worker does that is shut down after so many batches. */
  const interrupted = async (batches: number): Promise<void> => {
    const shutdown = new AbortController();
    let left = batches;
    const activities = activitiesOn(test.database, {
      sources,
      context: () => ({
        workflowId: 'w',
        runId: 'r',
        resumePoint: undefined,
        cancelled: shutdown.signal,
        heartbeat: () => {
          left -= 1;
          if (left === 0) shutdown.abort();
        },
      }),
    });
    await expect(activities.attachActuals({ model, asOf })).rejects.toThrow('aborted');
  };

  it.each(['updated_at', undefined])(
    'that was read in part is read from there on (changed: %s)',
    async (changed) => {
      await watched({ predictions: { ...predictions, changed } });
      await interrupted(40_000 / batchRows);
      const [half] = await test.database.query('select count(*) as stored from predictions');
      expect(half).toEqual({ stored: 40_000 });
      const { source } = await attach();
      // Rows that all changed at once are one change; of hours, those that were read to their end are done.
      const done = changed === undefined ? 11 * 3600 - 1 : 0;
      expect(source?.predictions).toEqual({ read: many - done, changed: many - 40_000, rejected: 0 });
      const [whole] = await test.database.query(
        'select count(*) as stored, sum(prediction) as sum from predictions',
      );
      expect(whole).toEqual({ stored: many, sum: (many * (many + 1)) / 2 });
      expect((await attach()).source?.predictions?.changed).toBe(0);
    },
  );
});

describe('a slow table', () => {
  afterEach(() => vi.useRealTimers());

  beforeEach(async () => {
    await test.database.execute(`
      create view scoring.slow as select scores.* from scoring.scores, (select pg_sleep(1)) as slept`);
    await score([house()]);
    await watched({ predictions: { ...predictions, table: 'scoring.slow' } });
  });

  it('is waited for, and the run says that it is alive', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    let beats = 0;
    const attaching = activitiesOn(test.database, {
      sources,
      context: () => ({
        workflowId: 'w',
        runId: 'r',
        resumePoint: undefined,
        cancelled: new AbortController().signal,
        heartbeat: () => {
          beats += 1;
        },
      }),
    }).attachActuals({ model, asOf });
    const isSleeping = async (): Promise<boolean> =>
      (
        await test.database.query(
          `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
        )
      ).length > 0;
    await expect.poll(isSleeping).toBe(true);
    const before = beats;
    vi.advanceTimersByTime(90_000);
    expect(beats - before).toBe(3);
    await attaching;
  });

  it('that takes longer than a statement may says what to do', async () => {
    const database = openDatabase({ url: test.url, settings: { statement_timeout: '100ms' } });
    await expect(attach({ ...sources, database: () => database })).rejects.toThrow(
      'a query of it took too long; give it an index on the column of `changed`',
    );
    await database.close();
  });
});

describe('where a source is', () => {
  it('is what the environment says of its name', async () => {
    await score([house()]);
    await watched({ predictions: { ...predictions, database: 'warehouse' } });
    expect((await attach()).source?.predictions?.changed).toBe(1);
  });

  it('an unknown name is the variable to set', async () => {
    await watched({ predictions: { ...predictions, database: 'data-lake' } });
    await expect(attach()).rejects.toMatchObject({
      code: 'SOURCE_NOT_CONFIGURED',
      message: expect.stringContaining('SOURCE_DATABASE_URL_DATA_LAKE') as unknown,
    });
  });

  it('a database that is away is tried again, and its password is in no message', async () => {
    await watched({ predictions: { ...predictions, database: 'away' } });
    const failure = await attach().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SOURCE_UNREACHABLE', retryable: true });
    expect(String(failure)).not.toContain('secret');
  });

  it('is read by one run at a time', async () => {
    await watched({ predictions });
    await test.database.withClient(async (client) => {
      await client.query(`select pg_advisory_lock(hashtextextended('tidewatch:source:${model}', 0))`);
      await expect(attach()).rejects.toMatchObject({ code: 'SOURCE_BUSY', retryable: true });
      await client.query('select pg_advisory_unlock_all()');
    });
  });
});
