/** Stored profiles, read as few rows as will do: the sums of whole weeks and UTC days, and hours where a day has none. */

import type { RollUpLevel } from '../core/storage/roll-up.ts';
import {
  dayMs,
  floorToDay,
  floorToWeek,
  hourMs,
  hoursOf,
  weekMs,
  windowsOfHours,
  type Window,
} from '../core/window.ts';
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

/** Where the sums of a level are, and what a sum is of. */
const levels = {
  day: { table: 'profile_days', floor: floorToDay, length: dayMs },
  week: { table: 'profile_weeks', floor: floorToWeek, length: weekMs },
} as const;

/**
 * The stored profiles of a window in time order: whole days where they are summed, hours elsewhere. With `hours` only
 * hours, for what needs to see them one by one; with `weeks` also whole weeks that are rolled up, for what adds all of them up. By
 * default of every column.
 */
export async function readProfiles(
  connection: Queryable,
  model: string,
  referenceId: string,
  segment: string,
  window: Window,
  by: 'weeks' | 'days' | 'hours' = 'days',
  columns: readonly string[] | null = null,
): Promise<readonly StoredProfile[]> {
  const key = [model, referenceId, segment, columns];
  const ofKey = `model = $1 and reference_id = $2 and segment = $3 and ($4::text[] is null or column_name = any($4))`;
  const found: StoredProfile[] = [];
  for (const together of Object.values(summedTogether)) {
    const sums = (level: RollUpLevel): Promise<ContentRow[]> => {
      const { table, floor, length } = levels[level];
      return connection.query<ContentRow>(
        `select column_name as "column", ${level} as start, content
         from ${table}
         where ${ofKey} and ${together} and ${level} >= $5 and ${level} <= $6`,
        [...key, toTimestamp(floor(window.start + length - 1)), toTimestamp(floor(window.end) - length)],
      );
    };
    const weeks = by === 'weeks' ? await sums('week') : [];
    const summedWeeks = new Set(weeks.map(({ start }) => start));
    const summedDays = by === 'hours' ? [] : await sums('day');
    const days = summedDays.filter(({ start }) => !summedWeeks.has(floorToWeek(start)));
    const summed = new Set(days.map(({ start }) => start));
    const gaps = windowsOfHours(
      hoursOf(window).filter((hour) => !summed.has(floorToDay(hour)) && !summedWeeks.has(floorToWeek(hour))),
    );
    const hours = await connection.query<ContentRow>(
      `select column_name as "column", hour as start, content
       from unnest($5::timestamptz[], $6::timestamptz[]) as gap (start_time, end_time)
       join profiles on hour >= start_time and hour < end_time
       where ${ofKey} and ${together}`,
      [...key, gaps.map(({ start }) => toTimestamp(start)), gaps.map(({ end }) => toTimestamp(end))],
    );
    found.push(...weeks.map(lasting(weekMs)), ...days.map(lasting(dayMs)), ...hours.map(lasting(hourMs)));
  }
  return found.sort((a, b) => a.window.start - b.window.start);
}

/** The profiles of these hours, of the columns asked for, in time order. */
export async function readHours(
  connection: Queryable,
  model: string,
  referenceId: string,
  segment: string,
  hours: readonly number[],
  columns: readonly string[],
): Promise<readonly StoredProfile[]> {
  const rows = await connection.query<ContentRow>(
    `select column_name as "column", hour as start, content
     from profiles
     where model = $1 and reference_id = $2 and segment = $3 and hour = any($4) and column_name = any($5)
     order by hour`,
    [model, referenceId, segment, hours.map(toTimestamp), columns],
  );
  return rows.map(lasting(hourMs));
}

function lasting(length: number): (row: ContentRow) => StoredProfile {
  return ({ column, start, content }) => ({ column, window: { start, end: start + length }, content });
}

/** A UTC day whose hourly profiles are rolled up. */
export interface RolledUpDay extends Record<string, unknown> {
  readonly day: number;
  /** Is the sum that there is its own, or that of its week? */
  readonly summedBy: RollUpLevel;
}

/** Those of which a window has an hour; in order. */
export function listRolledUp(
  connection: Queryable,
  model: string,
  referenceId: string,
  window: Window,
): Promise<readonly RolledUpDay[]> {
  return connection.query<RolledUpDay>(
    `select day, summed_by as "summedBy" from rolled_up_days
     where model = $1 and reference_id = $2 and day >= $3 and day < $4 order by day`,
    [model, referenceId, toTimestamp(floorToDay(window.start)), toTimestamp(window.end)],
  );
}

/** The day or the week that its sum is of: no part of it is stored by itself. */
export function summedWindow({ day, summedBy }: RolledUpDay): Window {
  const { floor, length } = levels[summedBy];
  return { start: floor(day), end: floor(day) + length };
}
