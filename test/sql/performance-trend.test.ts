import { expect, it } from 'vitest';

import { useDatabase } from '../setup/world.ts';

const test = useDatabase('shared by all tests');

/** A stored evaluation of one day (or of `days` before its end), without what the trend does not read. */
const evaluate = (
  end: string,
  revision: number,
  rmse: number | null,
  { days = 1, segment = '', verdict = 'ok' } = {},
) =>
  test.database.execute(
    `insert into performance_evaluations (segment, model, version, window_start, window_end, revision, as_of, state, verdict, reason,
       metrics, details, sample_size, prediction_count, content_hash, configuration_hash, code_version, workflow_id, run_id)
     values ($5, 'm', '1', $1::timestamptz - make_interval(days => $4), $1, $2, $1, 'final', $6, '',
       case when $3::float8 is null then '{}' else jsonb_build_object('rmse', $3::float8) end, '{}', 24, 24, '', '', '', '', '')`,
    [end, revision, rmse, days, segment, verdict],
  );

it('gives the slope of the daily numbers of the last days, by their newest revisions', async () => {
  await evaluate('2024-01-01T00:00:00Z', 1, 1000);
  await evaluate('2024-01-10T00:00:00Z', 1, 99);
  await evaluate('2024-01-10T00:00:00Z', 2, 10);
  await evaluate('2024-01-11T00:00:00Z', 1, null);
  await evaluate('2024-01-12T00:00:00Z', 1, 14);
  await evaluate('2024-01-12T00:00:00Z', 1, 50, { days: 7 });
  await evaluate('2024-01-12T00:00:00Z', 1, 77, { segment: 'c=a' });
  await evaluate('2024-01-09T00:00:00Z', 1, 88, { verdict: 'insufficient-data' });
  await evaluate('2024-01-13T00:00:00Z', 1, 500);
  expect(
    await test.database.query(`select * from performance_trend('m', 'rmse', 7, '2024-01-12T03:00:00Z')`),
  ).toEqual([{ model_version: '1', day_count: 2, first_value: 10, last_value: 14, change_per_day: 2 }]);
});

it('is there for all metrics at once, by the name that people look for', async () => {
  await test.database.execute(
    `update performance_evaluations set metrics = metrics || jsonb_build_object('mae', (metrics ->> 'rmse')::float8 / 2)
     where metrics ? 'rmse'`,
  );
  const trend = (more = '') =>
    test.database.query(
      `select metric, day_count, change_per_day from get_performance_trend('m', 7${more}, until => '2024-01-12T03:00:00Z')`,
    );
  const mae = { metric: 'mae', day_count: 2, change_per_day: 1 };
  expect(await trend()).toEqual([mae, { metric: 'rmse', day_count: 2, change_per_day: 2 }]);
  expect(await trend(", of_metric => 'mae'")).toEqual([mae]);
});
