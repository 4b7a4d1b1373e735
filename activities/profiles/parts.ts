/** The parts in which a big window is profiled: some days each, by whichever worker is free. */

import { dayMs, floorToDay, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { FanOut } from '../dependencies.ts';

/** A run has some six events in its history for each: with these it stays far from the 50,000 that Temporal allows. */
const mostParts = 200;

/**
 * Whole days that hold all of the batches, at most 200 parts of as many days each; none where the batches are of one day, or have fewer rows
 * than are worth it. The same whatever number of workers there are.
 */
export async function partsOf(
  connection: Queryable,
  model: string,
  batches: readonly Window[],
  { rows }: Pick<FanOut, 'rows'>,
): Promise<readonly Window[]> {
  const days = [...new Set(batches.map(({ start }) => floorToDay(start)))].sort((a, b) => a - b);
  if (days.length < 2 || !(await hasRows(connection, model, batches, rows))) return [];
  const daysOfPart = Math.ceil(days.length / mostParts);
  const parts: Window[] = [];
  for (let first = 0; first < days.length; first += daysOfPart) {
    const last = Math.min(first + daysOfPart, days.length) - 1;
    parts.push({ start: days[first]!, end: days[last]! + dayMs });
  }
  return parts;
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
