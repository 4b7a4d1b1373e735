import { expect, it } from 'vitest';

import { advanceWatermark } from '../../../activities/processes/watermarks.ts';
import { hourMs } from '../../../core/window.ts';
import { toTimestamp } from '../../../sql/database.ts';
import { day, inSeconds, watchedModel } from './watched-model.ts';

const watched = watchedModel('actuals-metrics');

const insertPrediction = async (at: number, issuedAt: number, role = 'serving') => {
  const [row] = await watched.database.query<{ id: number }>(
    `insert into predictions (model, version, entity, event_time, issued_at, role, features, prediction)
       values ($1, '1', 'e', $2, $3, $4, '{}', 1) returning prediction_id as id`,
    [watched.model, toTimestamp(at), toTimestamp(issuedAt), role],
  );
  return row!.id;
};
const insertOutcome = (at: number, predictionId: number, role = 'serving') =>
  watched.database.execute(
    `insert into outcomes (model, event_time, prediction_id, version, role, prediction, actual, recorded_at)
       values ($1, $2, $3, '1', $4, 1, 1, $2)`,
    [watched.model, toTimestamp(at), predictionId, role],
  );
const insertActual = (at: number, recordedAt: number) =>
  watched.database.execute(
    `insert into actuals (model, entity, event_time, value, recorded_at) values ($1, 'e', $2, 1, $3)`,
    [watched.model, toTimestamp(at), toTimestamp(recordedAt)],
  );
const ran = () =>
  advanceWatermark(watched.database, {
    model: watched.model,
    process: 'actuals-backfill',
    asOf: day(20),
    windowEnd: day(20),
  });

it('shows the coverage of the serving predictions of the last 7 days, the end not included', async () => {
  await ran();
  for (const at of [day(13), day(15), day(18), day(20) - hourMs]) await insertPrediction(at, at);
  await insertOutcome(day(13), await insertPrediction(day(13), day(13) + 1));
  await insertOutcome(day(12), await insertPrediction(day(12), day(12)));
  await insertOutcome(day(20), await insertPrediction(day(20), day(20)));
  await insertOutcome(day(15), await insertPrediction(day(15), day(15) + 1, 'shadow'), 'shadow');
  expect((await watched.pushed('actuals-backfill'))['model_actuals_coverage_ratio']).toBe(0.2);
});

it('shows no coverage where there are no predictions', async () => {
  await ran();
  expect(await watched.pushed('actuals-backfill')).not.toHaveProperty('model_actuals_coverage_ratio');
});

it('dates each stream by its newest arrival, not by its newest event', async () => {
  await ran();
  await insertPrediction(day(19), day(18));
  await insertPrediction(day(18), day(19) + hourMs);
  await insertPrediction(day(19) + hourMs, day(25), 'shadow');
  await insertActual(day(19), day(19) + 2 * hourMs);
  await insertActual(day(14), day(19) + 5 * hourMs);
  expect(await watched.pushed('actuals-backfill')).toMatchObject({
    'data_freshness_timestamp_seconds{stream="predictions"}': inSeconds(day(19) + hourMs),
    'data_freshness_timestamp_seconds{stream="actuals"}': inSeconds(day(19) + 5 * hourMs),
  });
});

it('still dates a stream that has been silent for longer than a week', async () => {
  await ran();
  await insertPrediction(day(1), day(2));
  await insertActual(day(1), day(3));
  expect(await watched.pushed('actuals-backfill')).toMatchObject({
    'data_freshness_timestamp_seconds{stream="predictions"}': inSeconds(day(2)),
    'data_freshness_timestamp_seconds{stream="actuals"}': inSeconds(day(3)),
  });
});
