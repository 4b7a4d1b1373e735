/** Since when a model is not all right. */

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
