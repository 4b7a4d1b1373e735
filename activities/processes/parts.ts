/** The parts in which hours of a big window are looked at, by whichever worker is free: some days each, or some columns. */

import {
  dayMs,
  floorToDay,
  formatWindow,
  hourMs,
  windowsOfHours,
  type Window,
  type WindowText,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** A run has some six events in its history for each: with these it stays far from the 50,000 that Temporal allows. */
const mostParts = 200;

/** Some of the columns of a monitor: the first group of two is the first half. */
export interface ColumnGroup {
  /** From 1 on. */
  readonly group: number;
  readonly groups: number;
}

/** Whoever asks has the parts computed, and then asks for what is left. */
export interface Division {
  /** Whole UTC days each, apart from each other; or the same hours of one day, a group of columns each. */
  readonly parts: readonly Part[];
  /** So many of them at once. */
  readonly atOnce: number;
}

export interface Part extends WindowText {
  readonly columns?: ColumnGroup;
}

/**
 * Whole days that hold all of the hours, at most 200 parts of as many days each; hours of one day are divided into groups of columns, where there
 * are several. Undefined where neither can be, or the hours have fewer rows than are worth it. The same whatever number of workers
 * there are.
 */
export async function divideHours(
  { database, fanOut }: Pick<ActivityDependencies, 'database' | 'fanOut'>,
  model: string,
  hours: readonly number[],
  columnGroups = 1,
): Promise<Division | undefined> {
  const days = [...new Set(hours.map(floorToDay))].sort((a, b) => a - b);
  if (fanOut === undefined || days.length === 0 || (days.length === 1 && columnGroups < 2)) return undefined;
  if (!(await hasRows(database, model, windowsOfHours(hours), fanOut.rows))) return undefined;
  const { atOnce } = fanOut;
  if (days.length === 1) {
    const window = formatWindow({ start: Math.min(...hours), end: Math.max(...hours) + hourMs });
    const groups = Math.min(columnGroups, mostParts);
    const parts = Array.from({ length: groups }, (_, i) => ({
      ...window,
      columns: { group: i + 1, groups },
    }));
    return { parts, atOnce };
  }
  const daysOfPart = Math.ceil(days.length / mostParts);
  const parts: WindowText[] = [];
  for (let first = 0; first < days.length; first += daysOfPart) {
    const last = Math.min(first + daysOfPart, days.length) - 1;
    parts.push(formatWindow({ start: days[first]!, end: days[last]! + dayMs }));
  }
  return { parts, atOnce };
}

/** Do the windows hold as many serving predictions? Counts no further. */
async function hasRows(
  connection: Queryable,
  model: string,
  windows: readonly Window[],
  rows: number,
): Promise<boolean> {
  const [counted] = await connection.query<{ count: number }>(
    `select count(*) as count from (
       select from unnest($2::timestamptz[], $3::timestamptz[]) as span (start, until)
       join predictions on model = $1 and event_time >= span.start and event_time < span.until and role = 'serving'
       limit $4
     ) as counted`,
    [model, windows.map(({ start }) => toTimestamp(start)), windows.map(({ end }) => toTimestamp(end)), rows],
  );
  return counted!.count >= rows;
}
