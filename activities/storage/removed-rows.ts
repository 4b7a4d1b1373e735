/** Which rows of a model are gone: what was computed of them stays as it is, and nothing is computed of what is left. */

import { TidewatchError } from '../../core/errors.ts';
import { formatDay, overlaps, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/** The ranges of event time within a window of which rows are removed, in order. */
export function listRemoved(connection: Queryable, model: string, window: Window): Promise<Window[]> {
  return connection.query<Window & Record<string, unknown>>(
    `select window_start as start, window_end as "end" from removed_ranges
     where model = $1 and window_start < $3 and window_end > $2
     order by window_start`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
}

/** Is an instant in any of these? */
export function isWithin(ranges: readonly Window[], instant: number): boolean {
  return ranges.some(({ start, end }) => start <= instant && instant < end);
}

/** The hours of which the rows are there. */
export async function hoursWithRows(
  connection: Queryable,
  model: string,
  hours: readonly number[],
): Promise<readonly number[]> {
  const removed = await removedAmong(connection, model, hours);
  return removed.length === 0 ? hours : hours.filter((hour) => !isWithin(removed, hour));
}

/** The removed ranges that hours in order are in. */
export async function removedAmong(
  connection: Queryable,
  model: string,
  hours: readonly number[],
): Promise<readonly Window[]> {
  const [first, last] = [hours[0], hours.at(-1)];
  return first === undefined || last === undefined
    ? []
    : listRemoved(connection, model, { start: first, end: last + 1 });
}

/** The windows of which all rows are there. */
export async function windowsWithRows<W extends Window>(
  connection: Queryable,
  model: string,
  windows: readonly W[],
): Promise<readonly W[]> {
  if (windows.length === 0) return windows;
  const removed = await listRemoved(connection, model, {
    start: Math.min(...windows.map(({ start }) => start)),
    end: Math.max(...windows.map(({ end }) => end)),
  });
  return windows.filter((window) => !removed.some((range) => overlaps(range, window)));
}

/**
 * Refuses to compute something again of which rows are gone.
 *
 * @param what 'Drift', for example: what cannot be computed
 * @throws TidewatchError `ROWS_REMOVED`
 */
export async function requireRows(
  connection: Queryable,
  model: string,
  window: Window,
  what: string,
): Promise<void> {
  const removed = await listRemoved(connection, model, window);
  const last = removed.at(-1);
  if (last === undefined) return;
  throw new TidewatchError('ROWS_REMOVED', {
    what,
    model,
    start: formatDay(removed[0]!.start),
    end: formatDay(last.end),
  });
}
