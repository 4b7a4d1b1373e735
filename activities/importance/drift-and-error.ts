/** Reads drift beside errors. */

import type { DriftAndError } from '../../core/importance/drift-and-error.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/** How far back, in windows: half a year of weeks. */
const mostWindows = 26;

/**
 * Drift and error of the windows before one, of its length, that have both, by feature: how far it was from the reference
 * by its deciding method (also where the other question spoke), and a performance metric (the mean over the versions that
 * served, by their outcomes).
 */
export async function readDriftAndError(
  connection: Queryable,
  model: string,
  metric: MetricName,
  current: Window,
): Promise<ReadonlyMap<string, readonly DriftAndError[]>> {
  const length = current.end - current.start;
  const rows = await connection.query<{
    feature: string;
    window_start: number;
    window_end: number;
    drift: number;
    error: number;
  }>(
    `with errors as (
       select window_start, window_end,
         sum((metrics ->> $2)::double precision * sample_size order by version) / sum(sample_size) as error
       from latest_performance_evaluations
       where model = $1 and segment = '' and metrics ? $2 and verdict <> 'insufficient-data'
         and window_end >= $3 and window_end < $4 and window_end - window_start = make_interval(secs => $5)
       group by window_start, window_end
     )
     select result.column_name as feature, run.window_start, run.window_end, result.effect as drift, errors.error
     from drift_runs run
     join errors using (window_start, window_end)
     join drift_results decided using (model, drift_run_id)
     join drift_results result using (model, drift_run_id, column_name, method)
     where run.model = $1 and run.segment = '' and decided.deciding and result.subject = 'feature'
       and result.question = 'reference' and result.effect is not null
     order by feature, run.window_start, run.window_end`,
    [model, metric, toTimestamp(current.end - mostWindows * length), toTimestamp(current.end), length / 1000],
  );
  const byFeature = new Map<string, DriftAndError[]>();
  for (const { feature, window_start: start, window_end: end, drift, error } of rows) {
    const point = { window: { start, end }, drift, error };
    const points = byFeature.get(feature);
    if (points === undefined) byFeature.set(feature, [point]);
    else points.push(point);
  }
  return byFeature;
}
