import { afterEach, beforeEach, expect, it } from 'vitest';

import { createMakePartitions } from '../../../activities/storage/make-partitions.ts';
import { readPreparedUntil } from '../../../activities/storage/storage-metrics.ts';
import type { PartitionWidth } from '../../../core/storage/settings.ts';
import { dayMs } from '../../../core/window.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { createTestDatabase } from '../../setup/servers.ts';

let test: TestDatabase;
beforeEach(async () => {
  test = await createTestDatabase();
});
afterEach(() => test.drop());

const makePartitions = (partitionWidth: PartitionWidth = 'month'): ReturnType<typeof createMakePartitions> =>
  createMakePartitions({
    database: test.database,
    partitionWidth,
    context: () => ({
      workflowId: 'w',
      runId: 'r',
      heartbeat: () => {},
      resumePoint: undefined,
      cancelled: new AbortController().signal,
    }),
  });

const insertActuals = (from: string, count: number, step: string): Promise<number> =>
  test.database.execute(
    `insert into actuals (model, entity, event_time, value, recorded_at)
     select 'm', i::text, $1::timestamptz + i * $3::interval, 1, now() from generate_series(0, $2 - 1) as i`,
    [from, count, step],
  );

async function placed(): Promise<unknown> {
  return test.database.query(
    `select replace(tableoid::regclass::text, 'actuals_', '') as name, count(*) as rows from actuals group by 1 order by 1`,
  );
}

it('makes the partitions of the next two months, and nothing the second time', async () => {
  const asOf = '2024-03-15T02:30:00Z';
  expect(await makePartitions()({ asOf })).toEqual({
    width: 'month',
    preparedUntil: '2024-05-16T02:30:00Z',
    made: 3,
    moved: [],
  });
  expect(await makePartitions()({ asOf })).toMatchObject({ made: 0 });
});

it('goes over to weeks where months are made already', async () => {
  await makePartitions()({ asOf: '2024-03-15T02:30:00Z' });
  expect(await makePartitions('week')({ asOf: '2024-05-10T02:30:00Z' })).toMatchObject({
    width: 'week',
    made: 2,
  });
  expect(
    await test.database.query(`select name from partition_ranges('actuals') order by from_time desc limit 2`),
  ).toEqual([{ name: 'actuals_2024_06_03_to_2024_06_10' }, { name: 'actuals_2024_06_01_to_2024_06_03' }]);
});

it('moves strays of every month home, and changes nothing of them', async () => {
  await insertActuals('2023-01-20T00:00:00Z', 100, '12 hours');
  await insertActuals('2023-06-01T00:00:00Z', 5, '1 hour');
  const planned = await makePartitions()({ asOf: '2024-03-15T02:30:00Z', plan: true });
  expect(planned.moved.map(({ rows }) => rows)).toEqual([24, 56, 20, 5]);
  expect(await placed()).toEqual([{ name: 'default', rows: 105 }]);

  const done = await makePartitions()({ asOf: '2024-03-15T02:30:00Z' });
  expect(done).toEqual(planned);
  expect(done.moved[0]).toEqual({
    table: 'actuals',
    rows: 24,
    range: { start: '2023-01-01T00:00:00Z', end: '2023-02-01T00:00:00Z' },
  });
  expect(await placed()).toEqual([
    { name: '2023_01', rows: 24 },
    { name: '2023_02', rows: 56 },
    { name: '2023_03', rows: 20 },
    { name: '2023_06', rows: 5 },
  ]);
  expect(await makePartitions()({ asOf: '2024-03-15T02:30:00Z' })).toMatchObject({ moved: [] });
});

it('says so where somebody holds the tables for long', async () => {
  await insertActuals('2023-01-20T00:00:00Z', 1, '1 hour');
  await test.database.transaction(async (writer) => {
    await writer.query('select count(*) from actuals_default');
    await expect(makePartitions()({ asOf: '2024-03-15T02:30:00Z' })).rejects.toMatchObject({
      code: 'STORAGE_BUSY',
    });
  });
}, 60_000);

it('loses no row of four writers while it moves them', async () => {
  const stop = new AbortController();
  let written = 0;
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let i = 0; !stop.signal.aborted; i += 1) {
      await test.database.execute(
        `insert into actuals (model, entity, event_time, value, recorded_at)
         values ($1, $2, timestamptz '2023-01-01Z' + $3 * interval '1 hour', 1, now())`,
        [`m${writer}`, String(i), i % 2000],
      );
      written += 1;
    }
  });
  const moves = [];
  for (let i = 0; i < 3; i += 1) moves.push(await makePartitions('day')({ asOf: '2024-03-15T02:30:00Z' }));
  stop.abort();
  await Promise.all(writers);
  expect(await test.database.query('select count(*) as rows from actuals')).toEqual([{ rows: written }]);
  expect(moves.flatMap(({ moved }) => moved).length).toBeGreaterThan(0);
}, 120_000);

it('tells until when all tables have partitions', async () => {
  expect(await readPreparedUntil(test.database)).toBeUndefined();
  const now = Date.now();
  await makePartitions()({ asOf: new Date(now).toISOString() });
  expect(await readPreparedUntil(test.database)).toBeGreaterThan(now + 60 * dayMs);
  await test.database.execute(
    `drop table ${(await test.database.query<{ name: string }>(`select name from partition_ranges('outcomes') order by from_time limit 1`))[0]!.name}`,
  );
  expect(await readPreparedUntil(test.database)).toBeUndefined();
});
