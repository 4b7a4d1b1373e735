/** Reads bounded samples of a version's rows, as what estimates are made of. */

import type { EstimationRows } from '../../core/estimation/estimator.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { sampleOf } from '../../core/multivariate/sample.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { fillFeatures, type Drawn } from '../feature-rows/fill-features.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';

/** A sample of so many tells a mean error to a hundredth of its spread. */
export const mostRows = 10_000;

export interface ServedRow extends Record<string, unknown> {
  readonly event_time: number;
  readonly features: Readonly<Record<string, unknown>>;
  readonly prediction: number | null;
  readonly predicted_class: string | null;
  readonly probabilities: Readonly<Record<string, number>> | null;
}

export interface ServedWindow {
  readonly model: string;
  readonly version: string;
  readonly window: Window;
}

const drawn = `
  with drawn as materialized (
    select event_time, prediction_id
    from predictions
    where model = $1 and version = $2 and role = 'serving' and event_time >= $3 and event_time < $4
    order by hashint8(prediction_id), prediction_id
    limit $5
  )`;

const parametersOf = ({ model, version, window }: ServedWindow): unknown[] => [
  model,
  version,
  toTimestamp(window.start),
  toTimestamp(window.end),
  mostRows,
];

/** Serving rows of a version in a window, in the order of time: of many those with the smallest hashes of their ids. */
export async function readServedSample(
  connection: RowConnection,
  monitor: Monitor,
  served: ServedWindow,
): Promise<ServedRow[]> {
  const rows = await connection.query<ServedRow & Drawn>(
    `${drawn}
     select event_time, entity, source_key, features, prediction, predicted_class, probabilities
     from drawn
     join predictions using (event_time, prediction_id)
     where model = $1
     order by event_time, entity, issued_at`,
    parametersOf(served),
  );
  return fillFeatures<ServedRow>(connection, monitor, rows);
}

/** A hash of what `readServedSample` reads. */
export async function hashServedSample(connection: Queryable, served: ServedWindow): Promise<string> {
  const [row] = await connection.query<{ hash: string }>(
    `${drawn}
     select md5(concat_ws(':', count(*), sum(hashint8extended(prediction_id, 0)::numeric),
       sum(timestamp_hash_extended(event_time at time zone 'UTC', prediction_id)::numeric),
       sum(jsonb_hash_extended(features, prediction_id)::numeric),
       sum(hashint8extended(source_stamp, prediction_id)::numeric),
       sum(hashfloat8extended(coalesce(prediction, 'NaN'), prediction_id)::numeric),
       sum(hashtextextended(coalesce(predicted_class, ''), prediction_id)::numeric),
       sum(jsonb_hash_extended(coalesce(probabilities, 'null'), prediction_id)::numeric))) as hash
     from drawn
     join predictions using (event_time, prediction_id)
     where model = $1`,
    parametersOf(served),
  );
  return row!.hash;
}

/** Rows in the order of time, as the estimator takes them. */
export function estimationRows(monitor: Monitor, rows: readonly ServedRow[]): EstimationRows {
  const features = Object.entries(monitor.features).map(([name, { kind }]) => ({ name, kind }));
  const sample = sampleOf(
    features,
    rows.map((row) => ({
      time: row.event_time,
      values: features.map(({ name }) => row.features[name]),
    })),
  );
  const { classes = [], positiveClass } = monitor;
  if (monitor.task === 'regression') {
    const predictions = Float64Array.from(rows, ({ prediction }) => prediction ?? NaN);
    return { task: 'regression', sample, predictions };
  }
  return {
    task: 'classification',
    sample,
    predictedClasses: rows.map((row) => row.predicted_class ?? ''),
    probabilities: rows.map(({ probabilities }) => probabilities),
    classes,
    ...(positiveClass !== undefined && classes.length === 2 && { positiveClass }),
  };
}
