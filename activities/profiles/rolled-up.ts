/** Days whose hourly profiles are rolled up: what was profiled of them is in their sums only. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { TidewatchError } from '../../core/errors.ts';
import { windowsToProfile } from '../../core/reference/windows.ts';
import { hoursReadSingly } from '../../core/storage/roll-up.ts';
import {
  floorToDay,
  floorToHour,
  formatDay,
  formatInstant,
  hoursOf,
  isOfDays,
  type Window,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { listRolledUp } from '../../sql/read-profiles.ts';
import { isWithin, listRemoved } from '../storage/removed-rows.ts';

/**
 * The rolled-up days of which a run for a window needs single hours. Where their rows are there, they are profiled again.
 *
 * @param hours What the run needs profiled, in order.
 */
export async function daysToRestore(
  connection: Queryable,
  { model, reference }: Monitor,
  {
    referenceId,
    current,
    first,
    hours,
  }: {
    readonly referenceId: string;
    readonly current: Window;
    /** When the first serving prediction is about. */
    readonly first: number;
    readonly hours: readonly number[];
  },
): Promise<readonly number[]> {
  const [start, last] = [hours[0], hours.at(-1)];
  if (start === undefined || last === undefined) return [];
  const rolled = await listRolledUp(connection, model, referenceId, { start, end: last + 1 });
  if (rolled.length === 0) return [];
  const removed = await listRemoved(connection, model, { start: Math.min(first, start), end: current.end });
  const singly = hoursReadSingly(reference, current, floorToHour(first), (hour) => isWithin(removed, hour));
  const days = new Set(singly.map(floorToDay));
  const wanted = new Set(hours.map(floorToDay));
  return rolled.filter((day) => days.has(day) && wanted.has(day) && !isWithin(removed, day));
}

/**
 * Makes the hours of rolled-up days profiled anew: forgets the sums, and with them that the hours are profiled. Call it under the
 * profile lock, where all hours of these days are profiled next.
 */
export async function forgetRolledUp(
  connection: Queryable,
  model: string,
  referenceId: string,
  days: readonly number[],
): Promise<void> {
  if (days.length === 0) return;
  await connection.execute(
    `delete from profile_days where model = $1 and reference_id = $2 and day in (
       select day from rolled_up_days where model = $1 and reference_id = $2 and day = any ($3::timestamptz[]))`,
    [model, referenceId, days.map(toTimestamp)],
  );
}

/** Removes hourly profiles that were stored of rolled-up days since, once these are summed. Call it under the profile lock. */
export async function dropRolledUpHours(
  connection: Queryable,
  model: string,
  referenceId: string,
  window: Window,
): Promise<void> {
  await connection.execute(
    `delete from profiles using rolled_up_days rolled
     where rolled.model = $1 and rolled.reference_id = $2 and rolled.day >= $3 and rolled.day < $4
       and profiles.model = $1 and profiles.reference_id = $2
       and profiles.hour >= rolled.day and profiles.hour < rolled.day + interval '24 hours'`,
    [model, referenceId, toTimestamp(floorToDay(window.start)), toTimestamp(window.end)],
  );
}

/**
 * Refuses a window that cuts days in two whose hours are not there any more, nor the rows to profile them again.
 *
 * @throws TidewatchError `HOURS_ROLLED_UP`
 */
export async function refuseRolledUp(
  connection: Queryable,
  { model, reference }: Monitor,
  referenceId: string,
  current: Window,
): Promise<void> {
  if (isOfDays(current)) return;
  const read = windowsToProfile(reference, current, 0);
  const start = Math.min(...read.map((window) => window.start));
  const end = Math.max(...read.map((window) => window.end));
  const rolled = await listRolledUp(connection, model, referenceId, { start, end });
  if (rolled.length === 0) return;
  const removed = await listRemoved(connection, model, { start, end });
  const days = new Set(read.flatMap(hoursOf).map(floorToDay));
  const day = rolled.find((one) => days.has(one) && isWithin(removed, one));
  if (day === undefined) return;
  throw new TidewatchError('HOURS_ROLLED_UP', {
    model,
    start: formatInstant(current.start),
    end: formatInstant(current.end),
    day: formatDay(day),
  });
}
