/** Views and functions that take the place of others, each beside the one from before: they give the same. */

import { afterEach, beforeEach, expect, it } from 'vitest';

import type { Queryable } from '../../sql/database.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase } from '../setup/servers.ts';
import { migrateTo } from './migrate-to.ts';
import { migrateUpTo } from './newer-migrations.ts';

let test: TestDatabase;
beforeEach(async () => {
  test = await createTestDatabase('empty');
});
afterEach(() => test.drop());

/** What is answered by the schema after one migration and after another. */
async function answers(
  from: number,
  to: number,
  { rows, ask }: { readonly rows: string; readonly ask: (connection: Queryable) => Promise<unknown[]> },
): Promise<{ readonly before: unknown[]; readonly after: unknown[] }> {
  await migrateTo(test.database, from);
  await test.database.execute(rows);
  const before = await ask(test.database);
  await migrateUpTo(test.database, to);
  return { before, after: await ask(test.database) };
}

/** What is seen in a transaction that is taken back. */
async function takenBack(look: (connection: Queryable) => Promise<unknown[]>): Promise<unknown[]> {
  const end = new Error('taken back');
  let seen: unknown[] = [];
  const work = test.database.transaction(async (connection) => {
    seen = await look(connection);
    throw end;
  });
  await expect(work).rejects.toBe(end);
  return seen;
}

it('0046: model_aliases, of models in whatever stage with whatever retrainings', async () => {
  const { before, after } = await answers(44, 46, {
    rows: `
      insert into model_versions (model, version, stage, registered_at)
      select 'm' || m, version::text, stage, now()
      from generate_series(1, 400) as m, generate_series(1, 4) as version,
        lateral (select (array['champion', 'shadow', 'candidate', 'archived'])[1 + abs(hashint4(m * 7 + version)) % 4] as stage) as chosen
      on conflict do nothing;
      insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end, holdout_start, holdout_end,
        champion_version, challenger_version, traffic_share, promoted_as_of, finished_at, workflow_id, run_id)
      select 'm' || m, n, state, '', now(), now(), now(), now(), now(),
        nullif(1 + abs(hashint4(m * 11 + n)) % 5, 5), nullif(1 + abs(hashint4(m * 13 + n)) % 5, 5), n / 8.0,
        case when abs(hashint4(m * 17 + n)) % 3 > 0 then timestamptz '2024-01-01Z' + n * interval '1 day' end,
        case when state in ('kept', 'rolled-back', 'rejected') then now() end, '', ''
      from generate_series(1, 400) as m, generate_series(1, 5) as n,
        lateral (select (array['shadow', 'canary', 'verifying', 'promoting', 'kept', 'kept', 'rolled-back', 'rejected'])
          [1 + abs(hashint4(m * 19 + n)) % 8] as state) as chosen
      on conflict do nothing`,
    ask: (connection) =>
      connection.query('select * from model_aliases order by model, alias, version, traffic_share'),
  });
  const aliases = before as { alias: string; traffic_share: number }[];
  for (const alias of ['champion', 'challenger', 'previous'])
    expect(aliases.filter((one) => one.alias === alias).length).toBeGreaterThan(20);
  expect(aliases.some(({ traffic_share: share }) => share > 0 && share < 1)).toBe(true);
  expect(after).toEqual(before);
});

/** Days of which rows are removed for all models, for one of two, in part, or up to a row that came late. */
const removed = `
  select ensure_partitions('2024-01-01', '2024-05-31');
  insert into predictions (model, version, entity, event_time, issued_at, role, features, prediction, interval_low, interval_high)
  select model, '1', day || model, day, day, 'serving', '{"x": 1}', 2, low, low + 2
  from generate_series(timestamptz '2024-01-01Z', '2024-05-31Z', '5 days') as day, unnest(array['a', 'b']) as model,
    lateral (select case when model = 'a' then 1 end as low) as interval;
  insert into actuals (model, entity, event_time, value, recorded_at)
  select model, entity, event_time, 3, event_time from predictions where model = 'a';
  insert into rejected_rows (model, stream, reason, content) values ('a', 'actuals', 'late', '{}');
  delete from dirty_windows;
  insert into dirty_windows (model, stage, window_start, window_end) values ('b', 'outcomes', '2024-02-05Z', '2024-02-05T01:00Z');
  insert into removed_ranges (model, window_start, window_end) values
    ('a', '2023-12-01Z', '2024-03-01Z'), ('a', '2024-03-01Z', '2024-04-15Z'), ('b', '2023-12-01Z', '2024-03-20Z')`;

it('0046: removed_partitions, with and without removed ranges', async () => {
  const asked = async (connection: Queryable): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const parent of ['predictions', 'actuals', 'outcomes'])
      found.push(await connection.query('select * from removed_partitions($1)', [parent]));
    return found;
  };
  const refused = (): Promise<unknown> =>
    test.database.query(`select * from removed_partitions('nothing')`).catch((error: Error) => error.message);
  const { before, after } = await answers(44, 46, {
    rows: removed,
    ask: async () => [
      ...(await asked(test.database)),
      await refused(),
      ...(await takenBack(async (connection) => {
        await connection.execute('delete from removed_ranges');
        return asked(connection);
      })),
    ],
  });
  expect(before).toMatchObject([
    [{ name: 'predictions_2024_01' }],
    [{ name: 'actuals_2024_01' }, { name: 'actuals_2024_02' }, { name: 'actuals_2024_03' }],
    // Without a row of any model.
    [{ name: 'outcomes_2024_01' }, { name: 'outcomes_2024_02' }, { name: 'outcomes_2024_03' }],
    'relation "nothing" does not exist',
    [],
    [],
    [],
  ]);
  expect(after).toEqual(before);
});

it('0046: is_removed_partition, of every partition', async () => {
  const { before, after } = await answers(44, 46, {
    rows: removed,
    ask: (connection) =>
      connection.query(
        `select name, is_removed_partition(name, from_time, to_time) as removed
         from unnest(array['predictions', 'actuals', 'outcomes']) as parent, partition_ranges(parent::regclass) order by name`,
      ),
  });
  expect(before).toHaveLength(15);
  expect(before.filter((one) => (one as { removed: boolean }).removed)).toHaveLength(7);
  expect(after).toEqual(before);
});

/** What is stored, after some calls that each give rows of numbers. */
const afterCalls =
  (calls: readonly string[]) =>
  async (connection: Queryable): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for (const call of calls)
      seen.push((await connection.query<{ rows: number }>(`select ${call} as rows`))[0]!.rows);
    seen.push(
      await connection.query(
        'select model, stream, reason, content from rejected_rows order by model, stream, content::text',
      ),
      await connection.query('select model, entity from predictions order by entity'),
      await connection.query('select model, entity from actuals order by entity'),
      await connection.query(
        'select model, stage, window_start from dirty_windows order by model, stage, window_start',
      ),
    );
    return seen;
  };

it('0046: set_aside_late_rows, and what it leaves', async () => {
  const ask = afterCalls(
    ['a', 'b', 'c'].map(
      (model) => `set_aside_late_rows('${model}', '2024-02-10Z', '2024-04-05Z', 'it came late')`,
    ),
  );
  const { before, after } = await answers(44, 46, { rows: removed, ask: () => takenBack(ask) });
  expect(before.slice(0, 3)).toEqual([22, 8, 0]);
  expect(after).toEqual(before);
});

it('0046: remove_rows, and what it leaves', async () => {
  const ask = afterCalls([
    `remove_rows('predictions', 'a', '2024-01-10Z', '2024-03-20Z', 9)`,
    `remove_rows('predictions', 'b', '2024-02-01Z', '2024-02-20Z', 100)`,
    `remove_rows('actuals', 'a', '2023-01-10Z', '2024-03-20Z', 100)`,
    `remove_rows('actuals', 'b', '2023-01-10Z', '2024-03-20Z', 100)`,
  ]);
  const { before, after } = await answers(44, 46, { rows: removed, ask: () => takenBack(ask) });
  // The row of a marked hour stays.
  expect(before.slice(0, 4)).toEqual([9, 2, 16, 0]);
  expect(after).toEqual(before);
});

it('0046: performance_trend and get_performance_trend, of several versions and metrics', async () => {
  const { before, after } = await answers(44, 46, {
    rows: `
      insert into performance_evaluations (segment, model, version, window_start, window_end, revision, as_of, state, verdict, reason,
        metrics, details, sample_size, prediction_count, content_hash, configuration_hash, code_version, workflow_id, run_id)
      select segment, model, (n % 3)::text, at - interval '1 day', at, revision, at, 'final',
        case when n % 11 = 0 then 'insufficient-data' else 'ok' end, '',
        case when n % 2 = 0 then jsonb_build_object('rmse', value, 'bias', value / 3) else jsonb_build_object('rmse', value) end,
        '{}', 24, 24, '', '', '', '', ''
      from generate_series(1, 40) as n, unnest(array['m', 'other']) as model, unnest(array['', 'c=a']) as segment,
        generate_series(1, 2) as revision,
        lateral (select timestamptz '2024-01-01Z' + n * interval '1 day' as at, n * n / 7.0 + revision as value) as day`,
    ask: async (connection) =>
      Promise.all(
        [
          `select * from performance_trend('m', 'rmse', 30, '2024-02-05Z') order by 1`,
          `select * from performance_trend('m', 'bias', 14, '2024-02-05Z') order by 1`,
          `select * from performance_trend('m', 'mae', 14, '2024-02-05Z')`,
          `select * from performance_trend('unknown', 'rmse', 14, '2024-02-05Z')`,
          `select * from get_performance_trend('m', until => '2024-02-05Z')`,
          `select * from get_performance_trend('m', 30, 'bias', '2024-02-05Z')`,
          `select * from get_performance_trend('m', 30, 'mae', '2024-02-05Z')`,
          `select * from get_performance_trend('m')`,
        ].map((text) => connection.query(text)),
      ),
  });
  expect(before.map((rows) => (rows as unknown[]).length)).toEqual([3, 3, 0, 0, 6, 3, 0, 0]);
  expect(after).toEqual(before);
});
