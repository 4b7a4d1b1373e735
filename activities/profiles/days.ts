/** Stored profiles, read as few rows as will do: the sums of whole UTC days, and hours where a day has none. */

import { encodeProfile, sumEncodedProfiles } from '../../core/profile/encode.ts';
import type { ReferenceGrid } from '../../core/profile/grid.ts';
import { dayMs, floorToDay, hourMs, hoursOf, windowsOfHours, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { StoredReference } from './reference-store.ts';

/** A profile of one column over some time. */
export interface StoredProfile {
  readonly column: string;
  readonly window: Window;
  readonly content: Uint8Array;
}

interface ContentRow extends Record<string, unknown> {
  readonly column: string;
  readonly start: number;
  readonly content: Buffer;
}

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
  const rows = await connection.query<ContentRow & { segment: string; day: number }>(
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

/** A day is summed for all columns at once, but for the actuals, which come later. */
const summedTogether = { predictions: `column_name <> 'actual'`, actuals: `column_name = 'actual'` } as const;

/**
 * The stored profiles of a window in time order: whole days where they are summed, hours elsewhere. With `hours` only
 * hours, for what needs to see them one by one. By default of every column.
 */
export async function readProfiles(
  connection: Queryable,
  model: string,
  referenceId: string,
  segment: string,
  window: Window,
  by: 'days' | 'hours' = 'days',
  columns: readonly string[] | null = null,
): Promise<readonly StoredProfile[]> {
  const key = [model, referenceId, segment, columns];
  const ofKey = `model = $1 and reference_id = $2 and segment = $3 and ($4::text[] is null or column_name = any($4))`;
  const found: StoredProfile[] = [];
  for (const together of Object.values(summedTogether)) {
    const days =
      by === 'hours'
        ? []
        : await connection.query<ContentRow>(
            `select column_name as "column", day as start, content
             from profile_days
             where ${ofKey} and ${together} and day >= $5 and day <= $6`,
            [
              ...key,
              toTimestamp(floorToDay(window.start + dayMs - 1)),
              toTimestamp(floorToDay(window.end) - dayMs),
            ],
          );
    const summed = new Set(days.map(({ start }) => start));
    const gaps = windowsOfHours(hoursOf(window).filter((hour) => !summed.has(floorToDay(hour))));
    const hours = await connection.query<ContentRow>(
      `select column_name as "column", hour as start, content
       from unnest($5::timestamptz[], $6::timestamptz[]) as gap (start_time, end_time)
       join profiles on hour >= start_time and hour < end_time
       where ${ofKey} and ${together}`,
      [...key, gaps.map(({ start }) => toTimestamp(start)), gaps.map(({ end }) => toTimestamp(end))],
    );
    found.push(...days.map(lasting(dayMs)), ...hours.map(lasting(hourMs)));
  }
  return found.sort((a, b) => a.window.start - b.window.start);
}

function lasting(length: number): (row: ContentRow) => StoredProfile {
  return ({ column, start, content }) => ({ column, window: { start, end: start + length }, content });
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
