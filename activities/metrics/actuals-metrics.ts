import { dayMs } from '../../core/window.ts';
import type { Window } from '../../core/window.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Queryable } from '../../sql/database.ts';
import { sampleOf } from './catalog.ts';
import type { Sample } from './catalog.ts';
import { readWatermark } from './watermark-metrics.ts';

/** Coverage and freshness of what the actuals backfill has seen; nothing before its first run. */
export async function actualsSamples(connection: Queryable, model: string): Promise<Sample[]> {
  const watermark = await readWatermark(connection, { model, process: 'actuals-backfill' });
  if (watermark === null) return [];
  const week = { start: watermark.windowEnd - 7 * dayMs, end: watermark.windowEnd };
  const { outcomes, predictions } = await countOutcomes(connection, model, week);
  const newest = await readNewestArrivals(connection, model, week.start);
  return [
    ...sampleOf('model_actuals_coverage_ratio', predictions === 0 ? null : outcomes / predictions),
    ...sampleOf('data_freshness_timestamp_seconds', seconds(newest.predictions), { stream: 'predictions' }),
    ...sampleOf('data_freshness_timestamp_seconds', seconds(newest.actuals), { stream: 'actuals' }),
  ];
}

function seconds(instant: number | null): number | null {
  return instant === null ? null : instant / 1000;
}

async function countOutcomes(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<{ readonly outcomes: number; readonly predictions: number }> {
  const [row] = await connection.query<{ outcomes: number; predictions: number }>(
    `select
       (select count(*) from outcomes
        where model = $1 and role = 'serving' and event_time >= $2 and event_time < $3) as outcomes,
       (select count(*) from predictions
        where model = $1 and role = 'serving' and event_time >= $2 and event_time < $3) as predictions`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return row ?? { outcomes: 0, predictions: 0 };
}

/**
 * When did the newest prediction and the newest actual arrive? Looks at event times from `since` on, so that its cost
 * does not grow with the history; a stream that has been silent for longer is dated by its newest event.
 */
async function readNewestArrivals(
  connection: Queryable,
  model: string,
  since: number,
): Promise<{ readonly predictions: number | null; readonly actuals: number | null }> {
  const [row] = await connection.query<{ predictions: number | null; actuals: number | null }>(
    `select
       coalesce(
         (select max(issued_at) from predictions where model = $1 and role = 'serving' and event_time >= $2),
         (select issued_at from predictions where model = $1 and role = 'serving' order by event_time desc limit 1)
       ) as predictions,
       coalesce(
         (select max(recorded_at) from actuals where model = $1 and event_time >= $2),
         (select recorded_at from actuals where model = $1 order by event_time desc limit 1)
       ) as actuals`,
    [model, toTimestamp(since)],
  );
  return row ?? { predictions: null, actuals: null };
}
