import { afterEach, beforeEach, expect, it } from 'vitest';

import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase } from '../setup/servers.ts';

let test: TestDatabase;
beforeEach(async () => {
  test = await createTestDatabase();
});
afterEach(() => test.drop());

const ensure = (from: string, to: string): Promise<unknown> =>
  test.database.query('select ensure_partitions($1, $2)', [from, to]);

async function partitions(): Promise<unknown[]> {
  const rows = await test.database.query(`
    select inhrelid::regclass::text as name from pg_inherits
    where inhparent in ('predictions'::regclass, 'actuals'::regclass, 'outcomes'::regclass) order by 1`);
  return rows.map(({ name }) => name).filter((name) => !String(name).endsWith('_default'));
}

const insertActual = (eventTime: string): Promise<number> =>
  test.database.execute(
    `insert into actuals (model, entity, event_time, value, recorded_at) values ('m', $1::text, $1::timestamptz, 1, $1::timestamptz)`,
    [eventTime],
  );

async function partitionOf(eventTime: string): Promise<unknown> {
  const rows = await test.database.query(
    'select tableoid::regclass::text as name from actuals where event_time = $1',
    [eventTime],
  );
  return rows.map(({ name }) => name).join();
}

const ofMonths = (...months: string[]): string[] =>
  ['actuals', 'outcomes', 'predictions'].flatMap((table) => months.map((month) => `${table}_${month}`));

it('makes a partition of predictions, actuals and outcomes for the month of an instant', async () => {
  await ensure('2011-03-15T12:00:00Z', '2011-03-15T12:00:00Z');
  expect(await partitions()).toEqual(ofMonths('2011_03'));
});

it('makes every month that a range touches, its last instant included', async () => {
  await ensure('2010-11-30T23:59:59Z', '2011-02-01T00:00:00Z');
  expect(await partitions()).toEqual(ofMonths('2010_11', '2010_12', '2011_01', '2011_02'));
});

it('bounds a month by UTC midnights, the last one excluded', async () => {
  await ensure('2011-03-15T12:00:00Z', '2011-03-15T12:00:00Z');
  const instants = [
    '2011-02-28T23:59:59.999999Z',
    '2011-03-01T00:00:00Z',
    '2011-03-31T23:59:59.999999Z',
    '2011-04-01T00:00:00Z',
  ];
  for (const instant of instants) await insertActual(instant);
  expect(await Promise.all(instants.map(partitionOf))).toEqual([
    'actuals_default',
    'actuals_2011_03',
    'actuals_2011_03',
    'actuals_default',
  ]);
});

it('bounds months by UTC whatever the time zone of the session', async () => {
  await test.database.transaction(async (connection) => {
    await connection.execute(`set local timezone to 'Pacific/Auckland'`);
    await connection.query(`select ensure_partitions('2011-03-31T23:00:00Z', '2011-03-31T23:00:00Z')`);
  });
  expect(await partitions()).toEqual(ofMonths('2011_03'));
  await insertActual('2011-03-31T23:00:00Z');
  expect(await partitionOf('2011-03-31T23:00:00Z')).toBe('actuals_2011_03');
});

it('changes nothing the second time', async () => {
  await ensure('2011-03-01', '2011-04-01');
  await insertActual('2011-03-05T00:00:00Z');
  await ensure('2011-03-01', '2011-04-01');
  expect(await partitions()).toEqual(ofMonths('2011_03', '2011_04'));
  expect(await partitionOf('2011-03-05T00:00:00Z')).toBe('actuals_2011_03');
});

it('takes ten callers at once for the same months', async () => {
  await Promise.all(Array.from({ length: 10 }, () => ensure('2011-01-01', '2011-03-01')));
  expect(await partitions()).toEqual(ofMonths('2011_01', '2011_02', '2011_03'));
});

it('takes callers at once whose months overlap', async () => {
  const months = ['01', '02', '03', '04', '05', '06'];
  await Promise.all(
    months.flatMap((month) => [
      ensure(`2011-${month}-01`, '2011-06-01'),
      ensure(`2011-${month}-01`, `2011-${month}-01`),
    ]),
  );
  expect(await partitions()).toEqual(ofMonths(...months.map((month) => `2011_${month}`)));
});

it('leaves a month in the default partition when that already holds rows of it, and later rows join them', async () => {
  await insertActual('2011-03-05T00:00:00Z');
  await ensure('2011-03-01', '2011-04-01');
  expect(await partitions()).toEqual(
    ofMonths('2011_03', '2011_04').filter((name) => name !== 'actuals_2011_03'),
  );
  await insertActual('2011-03-06T00:00:00Z');
  await insertActual('2011-04-06T00:00:00Z');
  expect(await Promise.all(['2011-03-05Z', '2011-03-06Z', '2011-04-06Z'].map(partitionOf))).toEqual([
    'actuals_default',
    'actuals_default',
    'actuals_2011_04',
  ]);
});
