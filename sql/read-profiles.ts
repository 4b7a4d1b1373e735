/** Stored profiles, read as few rows as will do: the sums of whole UTC days, and hours where a day has none. */

import { dayMs, floorToDay, hourMs, hoursOf, windowsOfHours, type Window } from '../core/window.ts';
import { toTimestamp, type Queryable } from './database.ts';

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

/** The days whose hourly profiles are rolled up, of which a window has an hour; in order. */
export async function listRolledUp(
  connection: Queryable,
  model: string,
  referenceId: string,
  window: Window,
): Promise<readonly number[]> {
  const rows = await connection.query<{ day: number }>(
    `select day from rolled_up_days where model = $1 and reference_id = $2 and day >= $3 and day < $4 order by day`,
    [model, referenceId, toTimestamp(floorToDay(window.start)), toTimestamp(window.end)],
  );
  return rows.map(({ day }) => day);
}
