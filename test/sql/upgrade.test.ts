/** A database with rows goes through the newest migrations: what is there already is derived anew. */

import { afterAll, beforeAll, expect, it } from 'vitest';

import { migrate } from '../../sql/migrator.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase } from '../setup/servers.ts';
import { migrateTo } from './migrate-to.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase('empty');
});
afterAll(() => test.drop());

it('0013 keeps what was promoted, without knowing whether it has helped', async () => {
  const old = await createTestDatabase('empty');
  await migrateTo(old.database, 9);
  await old.database.execute(`
    insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end,
      holdout_start, holdout_end, workflow_id, run_id, finished_at)
    select 'm', state, state, '', '2024-01-10', '2024-01-01', '2024-01-03', '2024-01-03', '2024-01-10', 'w', 'r',
      case when state <> 'validating' then now() end
    from unnest(array['promoted', 'rejected', 'validating']) as state`);
  await migrate(old.database);
  const runs = await old.database.query(
    `select retraining_id as id, state, helped, promoted_as_of is not null as promoted, ended_as_of = as_of as ended
     from retraining_runs order by 1`,
  );
  await old.drop();
  expect(runs).toEqual([
    { id: 'promoted', state: 'kept', helped: null, promoted: true, ended: true },
    { id: 'rejected', state: 'rejected', helped: null, promoted: false, ended: true },
    { id: 'validating', state: 'validating', helped: null, promoted: false, ended: null },
  ]);
});

it('0003 marks every hour with serving predictions or outcomes once, and attaches intervals that are there', async () => {
  await migrateTo(test.database, 2);
  await test.database.execute(`
    insert into predictions (model, version, entity, event_time, issued_at, role, features, prediction, interval_low, interval_high)
    values
      ('m', '1', 'a', '2024-01-01T00:10:00Z', '2024-01-01', 'serving', '{}', 1, null, null),
      ('m', '1', 'b', '2024-01-01T00:50:00Z', '2024-01-01', 'serving', '{}', 1, 0, 2),
      ('m', '2', 'a', '2024-01-01T05:00:00Z', '2024-01-01', 'shadow', '{}', 1, null, null);
    insert into outcomes (model, event_time, prediction_id, version, role, prediction, actual, recorded_at)
    values ('m', '2024-01-01T09:30:00Z', 7, '1', 'serving', 1, 1, now());
    insert into performance_evaluations (model, version, window_start, window_end, revision, as_of, state, verdict, reason,
      metrics, details, sample_size, prediction_count, content_hash, configuration_hash, code_version, workflow_id, run_id)
    values ('m', '1', '2024-01-01', '2024-01-02', 1, '2024-01-02', 'final', 'ok', '', '{"rmse": 1}', '{}', 24, 24, '', '', '', '', '');
    delete from dirty_windows;
    set timezone to 'Asia/Kolkata'`);
  await migrate(test.database);
  expect(
    await test.database.query(
      `select model, stage, to_char(window_start at time zone 'UTC', 'HH24:MI') as hour, window_end - window_start = '1 hour' as whole
       from dirty_windows order by stage, window_start`,
    ),
  ).toEqual([
    { model: 'm', stage: 'outcomes', hour: '00:00', whole: true },
    { model: 'm', stage: 'summaries', hour: '00:00', whole: true },
    { model: 'm', stage: 'summaries', hour: '09:00', whole: true },
  ]);
  expect(await test.database.query('select rmse, gate, intervals, state from model_performance')).toEqual([
    { rmse: 1, gate: null, intervals: {}, state: 'final' },
  ]);
});
