/** Reads a bounded sample of the outcomes of a version, with their features. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import { toTimestamp } from '../../sql/database.ts';
import { fillFeatures, type Drawn } from '../feature-rows/fill-features.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';

export interface SampledOutcome extends Record<string, unknown> {
  readonly event_time: number;
  readonly features: Readonly<Record<string, unknown>>;
  readonly prediction: number | null;
  readonly predicted_class: string | null;
  readonly probabilities: Readonly<Record<string, number>> | null;
  readonly actual: number | null;
  readonly actual_class: string | null;
}

/**
 * At most so many outcomes of a version in a window, served or in the shadow, in the order of time: those with the smallest
 * hashes of their ids, so the same in every run until rows are added.
 *
 * Only the drawn rows are looked up in the wide table of predictions.
 */
export async function readSampledOutcomes(
  connection: RowConnection,
  monitor: Monitor,
  version: string,
  window: Window,
  rows: number,
): Promise<SampledOutcome[]> {
  const drawn = await connection.query<SampledOutcome & Drawn>(
    `with drawn as materialized (
       select event_time, prediction_id, prediction, predicted_class, probabilities, actual, actual_class
       from outcomes
       where model = $1 and version = $2 and event_time >= $3 and event_time < $4
       order by hashint8(prediction_id), prediction_id
       limit $5
     )
     select event_time, entity, source_key, logged.features, drawn.prediction, drawn.predicted_class, drawn.probabilities, actual, actual_class
     from drawn
     join predictions logged using (event_time, prediction_id)
     where model = $1
     order by event_time, entity, issued_at`,
    [monitor.model, version, toTimestamp(window.start), toTimestamp(window.end), rows],
  );
  return fillFeatures<SampledOutcome>(connection, monitor, drawn);
}
