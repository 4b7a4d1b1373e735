/** Since when a model is not all right. */

import type { Window } from '../core/window.ts';
import { toTimestamp, type Queryable } from './database.ts';

/** The first day of the trouble that a check of this day is in. */
export async function findTroubleSince(
  connection: Queryable,
  model: string,
  day: number,
): Promise<number | undefined> {
  const [row] = await connection.query<{ since: number | null }>(
    `select min(window_end) as since
     from degradation_checks
     where model = $1 and window_end <= $2 and verdict in ('warning', 'critical')
       and window_end > coalesce(
         (select max(window_end) from degradation_checks where model = $1 and window_end <= $2 and verdict = 'ok'),
         '-infinity')`,
    [model, toTimestamp(day)],
  );
  return row?.since ?? undefined;
}

/** The first day of the trouble that the data of a window are in: of the windows of its length since the last one whose checks all passed. */
export async function findQualityTroubleSince(
  connection: Queryable,
  model: string,
  { start, end }: Window,
): Promise<number | undefined> {
  const [row] = await connection.query<{ since: number | null }>(
    `with runs as (
       select window_end, quality_verdict from drift_runs
       where model = $1 and segment = '' and window_end - window_start = $3::timestamptz - $2::timestamptz and window_end <= $3
     )
     select min(window_end) as since
     from runs
     where quality_verdict in ('warning', 'critical')
       and window_end > coalesce((select max(window_end) from runs where quality_verdict = 'ok'), '-infinity')`,
    [model, toTimestamp(start), toTimestamp(end)],
  );
  return row?.since ?? undefined;
}
