/** The parts in which hours of a big window are looked at: some days each, by whichever worker is free. */

import {
  dayMs,
  floorToDay,
  formatWindow,
  windowsOfHours,
  type Window,
  type WindowText,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** A run has some six events in its history for each: with these it stays far from the 50,000 that Temporal allows. */
const mostParts = 200;

/** Whoever asks has the parts computed, and then asks for what is left. */
export interface Division {
  /** Whole UTC days each, apart from each other. */
  readonly parts: readonly WindowText[];
  /** So many of them at once. */
  readonly atOnce: number;
}

/**
 * Whole days that hold all of the hours, at most 200 parts of as many days each; undefined where the hours are of one day, or have fewer rows
 * than are worth it. The same whatever number of workers there are.
 */
export async function divideHours(
  { database, fanOut }: Pick<ActivityDependencies, 'database' | 'fanOut'>,
  model: string,
  hours: readonly number[],
): Promise<Division | undefined> {
  const days = [...new Set(hours.map(floorToDay))].sort((a, b) => a - b);
  if (fanOut === undefined || days.length < 2) return undefined;
  if (!(await hasRows(database, model, windowsOfHours(hours), fanOut.rows))) return undefined;
  const daysOfPart = Math.ceil(days.length / mostParts);
  const parts: WindowText[] = [];
  for (let first = 0; first < days.length; first += daysOfPart) {
    const last = Math.min(first + daysOfPart, days.length) - 1;
    parts.push(formatWindow({ start: days[first]!, end: days[last]! + dayMs }));
  }
  return { parts, atOnce: fanOut.atOnce };
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
