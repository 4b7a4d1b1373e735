/** Sums of the profiles of whole UTC days, so that a window is read as few rows (see sql/read-profiles.ts). */

import { encodeProfile, sumEncodedProfiles } from '../../core/profile/encode.ts';
import { dayMs, floorToDay, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { StoredReference } from './reference-store.ts';
import { storeProfiles, type ProfileRow } from './store.ts';

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
  const rows = await connection.query<ProfileRow & Record<string, unknown>>(
    `with complete as (
       select date_trunc('day', hour, 'UTC') as day
       from profiled_hours
       where model = $1 and reference_id = $2 and segment = '' and hour >= $3 and hour < $4
       group by 1 having count(*) = 24
     )
     select profiles.segment, complete.day as since, column_name as "column", content
     from complete
     join profiles on model = $1 and reference_id = $2 and hour >= complete.day and hour < complete.day + interval '24 hours'
     where column_name <> 'actual' or 24 = (
       select count(*) from profiles actuals
       where actuals.model = $1 and actuals.reference_id = $2 and actuals.segment = '' and actuals.column_name = 'actual'
         and actuals.hour >= complete.day and actuals.hour < complete.day + interval '24 hours')
     order by profiles.segment, complete.day, column_name, hour`,
    [model, reference.id, ...span],
  );
  await storeProfiles(connection, 'day', model, reference.id, sumRows(reference.grids, rows));
}

/** Adds up what is of the same column, segment and instant, in the order given. */
export function sumRows(grids: StoredReference['grids'], rows: readonly ProfileRow[]): readonly ProfileRow[] {
  const groups = new Map<string, { of: Omit<ProfileRow, 'content'>; contents: Uint8Array[] }>();
  for (const { segment, since, column, content } of rows) {
    const key = JSON.stringify([segment, since, column]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { of: { segment, since, column }, contents: [content] });
    else group.contents.push(content);
  }
  return [...groups.values()].map(({ of, contents }) => {
    const grid = grids.get(of.column)!;
    return { ...of, content: encodeProfile(sumEncodedProfiles(grid, contents), grid) };
  });
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
