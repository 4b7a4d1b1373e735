/** Partitions of several widths beside each other, and rows that come home from a default partition. */

import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { dayMs, formatInstant } from '../../core/window.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase } from '../setup/servers.ts';

let test: TestDatabase;
beforeEach(async () => {
  test = await createTestDatabase();
});
afterEach(() => test.drop());

const wide = (width: string): Promise<unknown> =>
  test.database.execute(
    `insert into installation_settings (name, configuration, configuration_hash)
     values ('storage', jsonb_build_object('partitionWidth', $1::text), $1)
     on conflict (name) do update set configuration = excluded.configuration`,
    [width],
  );
const ensure = (from: string, to = from): Promise<unknown> =>
  test.database.query('select ensure_partitions($1, $2)', [from, to]);

async function ranges(table = 'actuals'): Promise<unknown[]> {
  const rows = await test.database.query<{ name: string; from: number; to: number }>(
    'select name, from_time as from, to_time as to from partition_ranges($1::regclass) order by from_time',
    [table],
  );
  return rows.map(({ name, from, to }) => [
    name,
    formatInstant(from).slice(0, 10),
    formatInstant(to).slice(0, 10),
  ]);
}

it('makes partitions of a week from Monday on, and of a day', async () => {
  await wide('week');
  await ensure('2024-03-06');
  await wide('day');
  await ensure('2024-03-14');
  expect(await ranges()).toEqual([
    ['actuals_2024_03_04_to_2024_03_11', '2024-03-04', '2024-03-11'],
    ['actuals_2024_03_14', '2024-03-14', '2024-03-15'],
  ]);
});

it('fills what a partition of another width has left of a range', async () => {
  await ensure('2024-03-31');
  await wide('week');
  // March holds all of the week from 2024-03-25 on.
  await ensure('2024-03-28', '2024-04-02');
  await wide('day');
  await ensure('2024-04-10');
  await wide('month');
  await ensure('2024-04-20');
  expect(await ranges()).toEqual([
    ['actuals_2024_03', '2024-03-01', '2024-04-01'],
    ['actuals_2024_04_01_to_2024_04_08', '2024-04-01', '2024-04-08'],
    ['actuals_2024_04_08_to_2024_04_10', '2024-04-08', '2024-04-10'],
    ['actuals_2024_04_10', '2024-04-10', '2024-04-11'],
    ['actuals_2024_04_11_to_2024_05_01', '2024-04-11', '2024-05-01'],
  ]);
});

it('covers what was asked for once and without a gap, whatever widths there were before', async () => {
  const first = Date.parse('2024-01-01T00:00:00Z');
  const asked = fc.tuple(fc.constantFrom('month', 'week', 'day'), fc.nat({ max: 200 }), fc.nat({ max: 20 }));
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 6 }), async (calls) => {
      await test.database.execute(`
        do $$ declare name text; begin
          for name in select range.name from unnest(array['predictions', 'actuals', 'outcomes']) as parent, partition_ranges(parent::regclass) as range
          loop execute 'drop table ' || name; end loop; end $$`);
      for (const [width, day, length] of calls) {
        await wide(width);
        const from = first + day * dayMs + 5 * 3_600_000;
        await ensure(formatInstant(from), formatInstant(from + length * dayMs));
        for (const table of ['predictions', 'actuals', 'outcomes']) {
          expect(
            await test.database.query('select * from partition_gaps($1::regclass, $2, $3)', [
              table,
              formatInstant(from),
              formatInstant(from + length * dayMs + 1),
            ]),
          ).toEqual([]);
        }
      }
    }),
    { numRuns: 12 },
  );
});

it('moves the strays of a range into a partition of their own, marks no hour, and leaves the others', async () => {
  await test.database.execute(`
    insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
    select 'm', '1', 'e' || i, timestamptz '2024-03-01Z' + i * interval '1 hour', now(), '{}', i from generate_series(0, 999) as i;
    delete from dirty_windows`);
  const before = await test.database.query('select * from predictions order by prediction_id');
  const [row] = await test.database.query(
    `select move_strays('predictions', '2024-03-01', '2024-04-01') as moved`,
  );
  expect(row).toEqual({ moved: 744 });
  expect(await test.database.query('select * from predictions order by prediction_id')).toEqual(before);
  expect(
    await test.database.query(
      'select tableoid::regclass::text as name, count(*) as rows from predictions group by 1 order by 1',
    ),
  ).toEqual([
    { name: 'predictions_2024_03', rows: 744 },
    { name: 'predictions_default', rows: 256 },
  ]);
  expect(await test.database.query('select count(*) as marks from dirty_windows')).toEqual([{ marks: 0 }]);
  // Its keys are those of all: the same row again is refused there, too.
  await expect(
    test.database.execute(
      `insert into predictions select * from predictions where event_time = '2024-03-01Z'`,
    ),
  ).rejects.toThrow(/duplicate key/);
});

it('gives up the move where somebody writes, and loses nothing of both', async () => {
  const insert = `insert into actuals (model, entity, event_time, value, recorded_at) values ('m', $1, '2024-03-05Z', 1, now())`;
  await test.database.execute(insert, ['before']);
  await test.database.transaction(async (writer) => {
    await writer.execute(insert, ['meanwhile']);
    await expect(
      test.database.transaction(async (mover) => {
        await mover.execute(`set local lock_timeout = '200ms'`);
        await mover.query(`select move_strays('actuals', '2024-03-01', '2024-04-01')`);
      }),
    ).rejects.toThrow(/lock timeout/);
  });
  expect(
    await test.database.query(`select move_strays('actuals', '2024-03-01', '2024-04-01') as moved`),
  ).toEqual([{ moved: 2 }]);
});
