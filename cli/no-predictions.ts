import type { Window } from '../core/window.ts';
import { formatDay } from '../core/window.ts';
import type { Queryable } from '../sql/database.ts';
import { toTimestamp } from '../sql/database.ts';
import { dayOrInstant } from './time-range.ts';

/**
 * That a range has no serving predictions, and where the model has some; undefined where it has.
 *
 * @example 'bike-demand has no predictions from 2012-01-01 to 2012-01-08; its first are of 2011-03-01, its last of 2011-06-20'
 */
export async function noPredictionsNote(
  connection: Queryable,
  model: string,
  { start, end }: Window,
): Promise<string | undefined> {
  const [row] = await connection.query<{
    readonly within: boolean;
    readonly first: number | null;
    readonly last: number | null;
  }>(
    `select exists (
         select from predictions
         where model = $1 and role = 'serving' and event_time >= $2 and event_time < $3
       ) as within,
       (select min(event_time) from predictions where model = $1 and role = 'serving') as first,
       (select max(event_time) from predictions where model = $1 and role = 'serving') as last`,
    [model, toTimestamp(start), toTimestamp(end)],
  );
  if (row === undefined || row.within) return undefined;
  const there =
    row.first === null || row.last === null
      ? 'none is stored yet'
      : `its first are of ${formatDay(row.first)}, its last of ${formatDay(row.last)}`;
  return `${model} has no predictions from ${dayOrInstant(start)} to ${dayOrInstant(end)}; ${there}`;
}
