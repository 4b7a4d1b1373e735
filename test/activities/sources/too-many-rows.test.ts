/** A source with more rows of one hour than can be watched: refused within seconds, with nothing of it stored, and in little memory. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { findMonitor } from '../../../activities/monitors/store.ts';
import { importSource } from '../../../activities/sources/import-source.ts';
import { openSources, type Sources } from '../../../activities/sources/sources.ts';
import type { TidewatchError } from '../../../core/errors.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { openDatabase } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { writeParquet } from '../../setup/parquet.ts';
import { watch } from '../../setup/synthetic.ts';
import { startTestWorker } from '../../setup/worker.ts';
import { useDatabase } from '../../setup/world.ts';
import { failureOf } from '../../workflows/failures.ts';

const world = useDatabase('empty for each test');
let directory: string;
let sources: Sources;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-lake-'));
  sources = openSources({ ownDatabase: world.url, databases: new Map(), stores: new Map(), directory });
});
afterAll(async () => {
  await sources.close();
  await rm(directory, { recursive: true });
});

const model = 'houses';
const asOf = '2026-03-02T00:05:00Z';
const columns = {
  entity: 'house',
  event_time: 'scored',
  version: { value: '1' },
  prediction: 'guess',
} as const;

const watched = (source: Omit<NonNullable<NonNullable<MonitorInput['source']>['predictions']>, 'columns'>) =>
  watch(world.database, {
    model,
    features: { rooms: { kind: 'continuous' } },
    source: { predictions: { ...source, columns } },
  });

/** What a run says, how long it took and how much memory of this process beyond what it had. */
async function attach(given = sources): Promise<{ said: unknown; seconds: number; megabytes: number }> {
  const [started, before] = [performance.now(), process.memoryUsage.rss()];
  let most = before;
  const looking = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 10);
  const said = await activitiesOn(world.database, { sources: given })
    .attachActuals({ model, asOf })
    .catch((error: unknown) => error)
    .finally(() => clearInterval(looking));
  return { said, seconds: (performance.now() - started) / 1_000, megabytes: (most - before) / 1e6 };
}

/** How many rows are stored of a source, whatever has become of them. */
const stored = async (): Promise<unknown> =>
  (
    await world.database.query(
      `select (select count(*) from predictions) + (select count(*) from rejected_rows) + (select count(*) from source_parts)
         + (select count(*) from dirty_windows) as rows`,
    )
  )[0]!['rows'];

const tooMany = (hour: string): string =>
  `the hour from ${hour} has more than 5,000,000 rows; name a view that gives a sample of them, or each of them once where a join repeats it`;
const refused = (source: string, ...problems: readonly string[]) => ({
  code: 'SOURCE_UNREADABLE',
  retryable: false,
  details: {
    model,
    source: `${source} (predictions)`,
    problems: problems.map((problem) => `  ${problem}`).join('\n'),
  },
});

/** Rows of a join in which each of some rows meets each of others; nothing of it is stored. */
const joined = (rows: string): Promise<unknown> =>
  world.database.execute(`create schema if not exists scoring; drop view if exists scoring.joined;
    create view scoring.joined as
    select house, scored, 1.5::float8 as guess, 3 as rooms, timestamptz '2026-03-01T12:00:00Z' as updated from ${rows}`);

describe.each([undefined, 'updated'])('a table of Postgres (changed: %s)', (changed) => {
  beforeEach(() => watched({ table: 'scoring.joined', changed }));

  it('of 100,000,000 rows of one hour is refused before most of them are looked at', async () => {
    await joined(`(select house, timestamptz '2026-03-01T09:00:00Z' + second * interval '300 milliseconds' as scored
      from generate_series(1, 10000) house, generate_series(1, 10000) second) each`);
    const { said, seconds, megabytes } = await attach();
    expect(said).toMatchObject(refused('scoring.joined', tooMany('2026-03-01T09:00:00Z')));
    expect(await stored()).toBe(0);
    expect(seconds).toBeLessThan(60);
    expect(megabytes).toBeLessThan(100);
  });

  it('with such an hour after all others is refused before one of those is stored', async () => {
    await joined(`(
      select house, timestamptz '2026-02-01T00:00:00Z' + hour * interval '1 hour' as scored
      from generate_series(0, 99) hour, generate_series(1, 50000) house
      union all
      select house, timestamptz '2026-03-01T09:00:00Z' from generate_series(1, 5000001) house) each`);
    const { said, megabytes } = await attach();
    expect(said).toMatchObject(refused('scoring.joined', tooMany('2026-03-01T09:00:00Z')));
    expect(await stored()).toBe(0);
    expect(megabytes).toBeLessThan(100);
  });

  it('of which Postgres expects few rows is refused before one of them is stored', async () => {
    // Of a number that a query gives, it expects 1,000.
    await joined(`(
      select house, timestamptz '2026-03-01T08:00:00Z' as scored from generate_series(1, 20000) house
      union all
      select house, timestamptz '2026-03-01T09:00:00Z' from generate_series(1, (select 5000001)) house) each`);
    const { said } = await attach();
    expect(said).toMatchObject(refused('scoring.joined', tooMany('2026-03-01T09:00:00Z')));
    expect(await stored()).toBe(0);
  });

  it('of 1,000,000,000 rows over many hours takes longer than a statement may, and says why', async () => {
    await joined(`(select house, timestamptz '2026-03-01T09:00:00Z' - house * interval '1 hour' as scored
      from generate_series(1, 100000) house, generate_series(1, 10000) other) each`);
    const database = openDatabase({ url: world.url, settings: { statement_timeout: '1s' } });
    const { said, megabytes } = await attach({ ...sources, database: () => database });
    await database.close();
    expect(said).toMatchObject(
      refused(
        'scoring.joined',
        'a query of it took too long; give it an index on the column of `changed`, or without one on that of event_time, or narrow it by `since`',
        'Postgres expects about 1,000,000,000 rows of it: where a join repeats rows, name a view that gives each of them once',
      ),
    );
    expect(await stored()).toBe(0);
    expect(megabytes).toBeLessThan(100);
  });
});

it('a table with more rows without a time than an hour may have is refused', async () => {
  await joined('(select house, null::timestamptz as scored from generate_series(1, 5000001) house) each');
  await watched({ table: 'scoring.joined' });
  const { said } = await attach();
  expect(said).toMatchObject(
    refused(
      'scoring.joined',
      'more than 5,000,000 rows have no event time, or one that is of no hour; name a view that leaves them out',
    ),
  );
  expect(await stored()).toBe(0);
});

it('a Parquet file of 100,000,000 rows of one hour is refused before most of them are read', async () => {
  await writeParquet(
    join(directory, 'joined', 'scores.parquet'),
    `select house.range as house, timestamptz '2026-03-01 09:00:00Z' + to_milliseconds(second.range * 300) as scored,
       1.5::double as guess, 3 as rooms
     from range(10000) house, range(10000) second`,
  );
  await watched({ parquet: 'joined' });
  const { said, seconds, megabytes } = await attach();
  expect(said).toMatchObject(refused('joined', `scores.parquet: ${tooMany('2026-03-01T09:00:00Z')}`));
  expect(await stored()).toBe(0);
  expect(seconds).toBeLessThan(60);
  expect(megabytes).toBeLessThan(200);
});

describe('an hour that grows with each run', () => {
  /** A run for which 100 rows an hour are too many by one. */
  const importOnce = async (): Promise<string> => {
    const { monitor } = await findMonitor(world.database, model);
    const context = () => ({
      workflowId: 'workflow',
      runId: 'run',
      heartbeat: () => undefined,
      resumePoint: undefined,
      cancelled: new AbortController().signal,
    });
    return importSource(
      { database: world.database, context, sources },
      { monitor, asOf: Date.parse(asOf), mostAnHour: 100 },
    ).then(
      () => 'done',
      ({ code }: TidewatchError) => code,
    );
  };
  const rows = async (): Promise<unknown> =>
    (await world.database.query('select count(*) as rows from predictions'))[0]!['rows'];

  it('by files is refused once as many are stored', async () => {
    for (let file = 0; file < 8; file += 1)
      await writeParquet(
        join(directory, 'many', `part-${file}.parquet`),
        `select ${file} * 30 + range as house, timestamptz '2026-03-01 09:00:00Z' as scored, 1.5::double as guess, 3 as rooms
         from range(30)`,
      );
    await watched({ parquet: 'many' });
    expect([await importOnce(), await rows()]).toEqual(['SOURCE_UNREADABLE', 90]);
    expect([await importOnce(), await rows()]).toEqual(['SOURCE_UNREADABLE', 120]);
    expect([await importOnce(), await rows()]).toEqual(['SOURCE_UNREADABLE', 120]);
  });

  it('by rows that change is refused once as many are stored', async () => {
    await joined('(select 1 as house, now() as scored) each');
    await watched({ table: 'scoring.joined', changed: 'updated' });
    const grow = (part: number): Promise<unknown> =>
      world.database.execute(`create or replace view scoring.joined as
        select house, timestamptz '2026-03-01T09:00:00Z' as scored, 1.5::float8 as guess, 3 as rooms,
          timestamptz '2026-03-01T12:00:00Z' + ${part} * interval '1 day' as updated
        from generate_series(${part} * 60, ${part} * 60 + 59) house`);
    for (const [part, ends] of [
      [0, ['done', 60]],
      [1, ['done', 120]],
      [2, ['SOURCE_UNREADABLE', 120]],
    ] as const) {
      await grow(part);
      expect([await importOnce(), await rows()]).toEqual(ends);
    }
  });
});

it('ends a run of its workflow in these words, and at once', async () => {
  await joined(`(select house, timestamptz '2026-03-01T09:00:00Z' as scored
    from generate_series(1, 10000) house, generate_series(1, 10000) second) each`);
  await watched({ table: 'scoring.joined' });
  const worker = await startTestWorker(world.database, { sources });
  try {
    expect(await failureOf(worker.run('actualsBackfill', { model, asOf }))).toEqual({
      type: 'SOURCE_UNREADABLE',
      nonRetryable: true,
      message: expect.stringContaining(tooMany('2026-03-01T09:00:00Z')) as unknown,
    });
    expect(await stored()).toBe(0);
  } finally {
    await worker.stop();
  }
});
