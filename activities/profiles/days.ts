/** Sums of the profiles of whole UTC days, so that a window is read as few rows (see sql/read-profiles.ts). */

import { encodeProfile, sumEncodedProfiles } from '../../core/profile/encode.ts';
import type { ReferenceGrid } from '../../core/profile/grid.ts';
import { dayMs, floorToDay, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { StoredReference } from './reference-store.ts';

/**
 * Adds up the hours of those days that a window touches and that are complete: 24 profiled hours, and for the actuals 24
 * profiles of them. Call it under the profile lock.
 */
export async function sumDays(
  connection: Queryable,
  model: string,
  reference: Pick<StoredReference, 'id' | 'grids'>,
  window: Window,
): Promise<void> {
  const span = [toTimestamp(floorToDay(window.start)), toTimestamp(floorToDay(window.end + dayMs - 1))];
  const rows = await connection.query<{ segment: string; day: number; column: string; content: Buffer }>(
    `with complete as (
       select date_trunc('day', hour, 'UTC') as day
       from profiled_hours
       where model = $1 and reference_id = $2 and segment = '' and hour >= $3 and hour < $4
       group by 1 having count(*) = 24
     )
     select profiles.segment, complete.day, column_name as "column", content
     from complete
     join profiles on model = $1 and reference_id = $2 and hour >= complete.day and hour < complete.day + interval '24 hours'
     where column_name <> 'actual' or 24 = (
       select count(*) from profiles actuals
       where actuals.model = $1 and actuals.reference_id = $2 and actuals.segment = '' and actuals.column_name = 'actual'
         and actuals.hour >= complete.day and actuals.hour < complete.day + interval '24 hours')
     order by profiles.segment, complete.day, column_name, hour`,
    [model, reference.id, ...span],
  );
  const days = new Map<string, { segment: string; day: number; column: string; contents: Buffer[] }>();
  for (const { segment, day, column, content } of rows) {
    const key = JSON.stringify([segment, day, column]);
    const sum = days.get(key);
    if (sum === undefined) days.set(key, { segment, day, column, contents: [content] });
    else sum.contents.push(content);
  }
  const sums = [...days.values()].map(({ contents, ...key }) => ({
    ...key,
    content: sumOf(reference.grids.get(key.column)!, contents),
  }));
  await connection.execute(
    `insert into profile_days (model, reference_id, segment, day, column_name, content)
     select $1, $2, segment, day, column_name, content
     from unnest($3::text[], $4::timestamptz[], $5::text[], $6::bytea[]) as sum (segment, day, column_name, content)
     on conflict (model, reference_id, segment, day, column_name) do update set content = excluded.content`,
    [
      model,
      reference.id,
      sums.map(({ segment }) => segment),
      sums.map(({ day }) => toTimestamp(day)),
      sums.map(({ column }) => column),
      sums.map(({ content }) => Buffer.from(content)),
    ],
  );
}

function sumOf(grid: ReferenceGrid, contents: readonly Uint8Array[]): Uint8Array {
  return encodeProfile(sumEncodedProfiles(grid, contents), grid);
}

/** Column -> its rows, in the order given. */
export function groupByColumn<T extends { readonly column: string }>(
  rows: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.column);
    if (group === undefined) groups.set(row.column, [row]);
    else group.push(row);
  }
  return groups;
}
