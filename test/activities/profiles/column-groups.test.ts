/** Hours of one day of a model with very many columns are profiled in groups of columns: the same rows, bit for bit, as by one activity. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Activities } from '../../../activities/index.ts';
import type { Part } from '../../../activities/processes/parts.ts';
import { openSources, type Sources } from '../../../activities/sources/sources.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { Database } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { sortedRows } from '../../setup/checksums.ts';
import { writeParquet } from '../../setup/parquet.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { at, day, watch } from '../../setup/synthetic.ts';
import { startTestWorker } from '../../setup/worker.ts';

const model = 'wide';
/** The reference is the first day, and the hours of the second are divided. */
const asOf = at(3, 3);
const request = { model, asOf };
const fanOut = { rows: 100, columns: 2, atOnce: 3 };

const columns = {
  entity: 'who',
  event_time: 'scored_at',
  issued_at: 'issued_at',
  version: { value: '1' },
  prediction: 'guess',
} as const;

/**
 * Ten rows an hour, some of which are out of distribution on the second day, in several columns. The last of each hour says again what another said: of all
 * features, of all but `y`, which is in another group than x, or of all but what is missing.
 */
const rowsSql = `
  select 'entity-' || (case when i = 9 then 0 else i end) as who,
    timestamptz '2024-01-01T00:00:00Z' + hour * interval '1 hour' as scored_at,
    timestamptz '2024-01-01T00:00:00Z' + hour * interval '1 hour' + i * interval '1 minute' as issued_at,
    (hour * 7 + i) % 10 as guess,
    sqrt(hour * 10 + case when i = 9 then 0 else i end) / 7e0 + case when hour >= 24 and i in (2, 5) then 9 else 0 end as x,
    case when i = 9 and hour % 3 = 2 then null else ((hour * 3) % 8) / 8e0 + case when i = 9 and hour % 3 = 1 then 9 else 0 end end as y,
    case when hour % 5 = 0 then 'a' when hour = 30 then 'new' else 'b' end as c,
    (hour * 13) % 7 + case when hour >= 24 and i in (5, 7) then 99.5e0 else 0.5e0 end as z,
    (hour % 2 = 0) as flag
  from generate_series(0, 47) as hour, generate_series(0, 9) as i`;

let directory: string;
const opened: { readonly test: TestDatabase; readonly sources: Sources }[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-lake-'));
  const duckdbRows = rowsSql.replaceAll(
    /generate_series\((\d+), (\d+)\) as (\w+)/g,
    'generate_series($1, $2) as $3 ($3)',
  );
  await writeParquet(join(directory, 'scores', 'rows.parquet'), duckdbRows);
});
afterAll(async () => {
  for (const { test, sources } of opened) {
    await sources.close();
    await test.drop();
  }
  await rm(directory, { recursive: true });
});

const ways = {
  'a table': { table: 'scoring.scores' },
  'Parquet files': { parquet: 'scores' },
} as const;

interface World {
  readonly database: Database;
  readonly sources: Sources;
  readonly whole: Activities;
  readonly dividing: Activities;
}

async function attached(way: keyof typeof ways = 'a table', changes: readonly string[] = []): Promise<World> {
  const test = await createTestDatabase();
  const { database } = test;
  const sources = openSources({
    ownDatabase: test.url,
    databases: new Map(),
    stores: new Map(),
    directory,
  });
  opened.push({ test, sources });
  await database.execute('create schema scoring');
  await database.execute(`create table scoring.scores as ${rowsSql}`);
  for (const statement of changes) await database.execute(statement);
  await watch(database, {
    model,
    features: {
      x: { kind: 'continuous' },
      y: { kind: 'continuous' },
      c: { kind: 'categorical' },
      z: { kind: 'continuous' },
      flag: { kind: 'categorical' },
    },
    segments: ['c'],
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-02' },
    current: '1d',
    source: { predictions: { ...ways[way], columns } },
  });
  const world = {
    database,
    sources,
    whole: activitiesOn(database, { sources }),
    dividing: activitiesOn(database, { sources, fanOut }),
  };
  await world.whole.attachActuals(request);
  // The first day is the reference: what is left is of one day.
  await world.whole.profileHours({ model, asOf: at(2, 0), current: '1h' });
  return world;
}

async function stored({ database }: World): Promise<unknown> {
  const rows = sortedRows.bind(undefined, database);
  return {
    profiles: await rows('profiles', 'segment, hour, column_name, content'),
    hours: await rows('profiled_hours', 'segment, hour, row_count, out_of_distribution_count, repeat_count'),
    days: await rows('profile_days', 'segment, day, column_name, content'),
  };
}

async function left({ database }: World): Promise<number> {
  return (await database.query('select from column_groups')).length;
}

async function divided(world: World): Promise<readonly Part[]> {
  const { parts, ...rest } = await world.dividing.profileHours({ ...request, parts: 'wanted' });
  expect(rest).toEqual({ hoursProfiled: 0, atOnce: 3 });
  return parts!;
}

async function wholeOf(way?: keyof typeof ways): Promise<World> {
  const world = await attached(way);
  expect(await world.whole.profileHours({ ...request, parts: 'wanted' })).toEqual({ hoursProfiled: 24 });
  return world;
}

describe.each(Object.keys(ways) as (keyof typeof ways)[])('hours whose rows are in %s', (way) => {
  it('are profiled by group as by one activity', async () => {
    const world = await attached(way);
    const parts = await divided(world);
    // Five features and the prediction.
    expect(parts).toEqual(
      [1, 2, 3].map((group) => ({ start: at(2), end: at(3), columns: { group, groups: 3 } })),
    );
    const before = await stored(world);
    // The last first, two at once, and each twice: a worker that was lost may still be at it.
    const all = [...parts.toReversed(), ...parts];
    while (all.length > 0)
      await Promise.all(
        all
          .splice(0, 2)
          .map(async (part) =>
            expect(await world.dividing.profilePart({ ...request, part })).toEqual({ hoursProfiled: 0 }),
          ),
      );
    expect(await stored(world), 'nobody sees an hour of which some columns are missing').toEqual(before);
    expect(await left(world)).toBeGreaterThan(3 * 24);

    expect(await world.dividing.profileHours(request)).toEqual({ hoursProfiled: 24 });
    expect(await stored(world)).toEqual(await stored(await wholeOf(way)));
    expect(await left(world)).toBe(0);
    await world.dividing.profilePart({ ...request, part: parts[0]! });
    expect(await left(world), 'of an hour that is profiled no group is kept').toBe(0);
    const [sums] = await world.database.query(
      `select sum(repeat_count) as repeats, sum(out_of_distribution_count) as out from profiled_hours
       where segment = '' and hour >= $1`,
      [at(2)],
    );
    // Eight of 24 hours repeat a row in all features.
    expect(sums).toEqual({ repeats: 8, out: expect.any(Number) });
    expect(Number(sums!['out'])).toBeGreaterThan(0);
  });
});

describe('what changes between the groups', () => {
  const changes = [
    `update scoring.scores set y = 77 where scored_at = '${at(2, 5)}' and who = 'entity-3'`,
    `insert into scoring.scores (who, scored_at, issued_at, guess, x, c)
     values ('late', '${at(2, 7)}', '${at(2, 7)}', 1, 2, 'a')`,
  ];

  it('is counted once they are put together, in whatever group it is', async () => {
    const world = await attached();
    const [first, ...others] = await divided(world);
    await world.dividing.profilePart({ ...request, part: first! });
    for (const statement of changes) await world.database.execute(statement);
    await world.whole.attachActuals(request);
    for (const part of others) await world.dividing.profilePart({ ...request, part });
    expect(await world.dividing.profileHours(request)).toEqual({ hoursProfiled: 24 });

    const expected = await attached('a table', changes);
    await expected.whole.profileHours(request);
    expect(await stored(world)).toEqual(await stored(expected));
  });

  it('may be the order in which a table gives its rows', async () => {
    const world = await attached();
    for (const part of await divided(world)) {
      await world.dividing.profilePart({ ...request, part });
      await world.database.execute(
        `update scoring.scores set guess = guess where who = 'entity-${part.columns!.group}'`,
      );
    }
    // No row is read any more.
    await world.database.execute('alter table scoring.scores rename to moved');
    expect(await world.dividing.profileHours(request)).toEqual({ hoursProfiled: 24 });
    const counted = async ({ database }: World): Promise<unknown> =>
      sortedRows(
        database,
        'profiled_hours',
        'segment, hour, row_count, out_of_distribution_count, repeat_count',
      );
    expect(await counted(world)).toEqual(await counted(await wholeOf()));
  });

  it('leaves hours to be profiled as a whole where groups have seen other rows, other columns, or are not all there', async () => {
    const world = await attached();
    const parts = await divided(world);
    for (const part of parts) await world.dividing.profilePart({ ...request, part });
    const spoiled = [
      `delete from column_groups where group_number = 2 and hour = '${at(2, 1)}'`,
      `update column_groups set rows_hash = '\\x00', out_of_distribution = '\\xffff'
       where group_number = 2 and hour = '${at(2, 2)}'`,
      `update column_groups set profiles = '{}' where group_number = 3 and hour = '${at(2, 3)}'`,
      `update column_groups set group_count = 4 where group_number = 1 and hour = '${at(2, 4)}'`,
      `delete from column_groups where segment <> '' and group_number = 1 and hour = '${at(2, 6)}'`,
    ];
    for (const statement of spoiled)
      expect(await world.database.execute(statement), statement).toBeGreaterThan(0);
    expect(await world.dividing.profileHours(request)).toEqual({ hoursProfiled: 24 });
    expect(await stored(world)).toEqual(await stored(await wholeOf()));
    expect(await left(world)).toBe(0);
  });
});

it('counts rows that were logged as well, and rows that repeat one another among them', async () => {
  const logged = [0, 1, 2].map((i) => ({
    version: '1',
    entity: 'logged',
    eventTime: day(2) + 5 * 3_600_000,
    issuedAt: new Date(day(2) + i),
    features: { x: 1, y: i === 2 ? 8 : 5, c: 'b', z: 2, flag: true },
    prediction: 3,
  }));
  const results = [];
  for (const divides of [true, false]) {
    const world = await attached();
    await openClient({ database: world.database }).logPredictions(model, logged);
    if (divides)
      for (const part of await divided(world)) await world.dividing.profilePart({ ...request, part });
    await world.dividing.profileHours(request);
    results.push(await stored(world));
    const [hour] = await world.database.query(
      `select row_count as rows, repeat_count as repeats from profiled_hours where segment = '' and hour = $1`,
      [at(2, 5)],
    );
    expect(hour).toEqual({ rows: 13, repeats: 1 });
  }
  expect(results[0]).toEqual(results[1]);
});

it('is not done of few columns or rows, of logged rows, and where several days are divided already', async () => {
  const world = await attached();
  for (const few of [
    { ...fanOut, columns: 4 },
    { ...fanOut, rows: 1_000 },
    { rows: 100, atOnce: 3 },
  ]) {
    const activities = activitiesOn(world.database, { sources: world.sources, fanOut: few });
    const { parts } = await activities.profileHours({
      ...request,
      window: { start: at(2), end: at(2, 12) },
      parts: 'wanted',
    });
    expect(parts, JSON.stringify(few)).toBeUndefined();
    await world.database.execute('delete from profiled_hours where hour >= $1', [at(2)]);
  }
  await world.database.execute('delete from profiled_hours');
  const { parts = [] } = await world.dividing.profileHours({ ...request, parts: 'wanted' });
  expect(parts).toEqual([
    { start: at(1), end: at(2) },
    { start: at(2), end: at(3) },
  ]);
});

it('is of the hours that are needed, and of those that no earlier attempt has counted', async () => {
  const world = await attached();
  const window = { start: at(2, 4), end: at(2, 9) };
  const few = activitiesOn(world.database, { sources: world.sources, fanOut: { ...fanOut, rows: 50 } });
  const { parts = [] } = await few.profileHours({ ...request, window, parts: 'wanted' });
  // The hours before it tell what is usual; those after it are left.
  const needed = { start: at(2), end: window.end };
  expect(parts).toEqual([1, 2, 3].map((group) => ({ ...needed, columns: { group, groups: 3 } })));
  const count = async (part: Part | undefined): Promise<unknown> =>
    few.profilePart({ ...request, window, part: part! });
  for (const part of parts) await count(part);

  await world.database.execute('alter table scoring.scores rename to moved');
  for (const part of parts) await count(part);
  await world.database.execute('delete from column_groups where group_number = 2 and hour = $1', [at(2, 6)]);
  await count(parts[0]);
  await expect(count(parts[1])).rejects.toThrow(/scoring\.scores/);
});

it('is done by the workflow, by two workers', async () => {
  const world = await attached();
  const worker = await startTestWorker(world.database, { fanOut, sources: world.sources });
  const other = await startTestWorker(world.database, { fanOut, sources: world.sources }, worker.taskQueue);
  try {
    const result = await worker.run<{ hoursProfiled: number }>('driftDetection', request, 'wide-drift');
    expect(result.hoursProfiled).toBe(24);
    const { events } = await worker.client.workflow.getHandle('wide-drift').fetchHistory();
    const begun = (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
    );
    expect(begun.filter((name) => name === 'profilePart')).toHaveLength(3);
  } finally {
    await other.stop();
    await worker.stop();
  }
  expect(await stored(world)).toEqual(await stored(await wholeOf()));
  expect(await left(world)).toBe(0);
}, 120_000);
