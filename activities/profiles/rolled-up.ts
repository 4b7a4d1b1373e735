/** Days whose hourly profiles are rolled up: what was profiled of them is in their sums only, or in those of their weeks. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { TidewatchError } from '../../core/errors.ts';
import { windowsToProfile } from '../../core/reference/windows.ts';
import { hoursReadSingly, type RollUpLevel } from '../../core/storage/roll-up.ts';
import {
  dayMs,
  floorToDay,
  floorToHour,
  floorToWeek,
  formatDay,
  formatInstant,
  hoursOf,
  isOfDays,
  overlaps,
  weekMs,
  type Window,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { listRolledUp, summedWindow } from '../../sql/read-profiles.ts';
import { isWithin, listRemoved } from '../storage/removed-rows.ts';

/**
 * The rolled-up days of which a run for a window needs single hours, or which it needs apart from their week. Where their rows are there,
 * they are profiled again; of a week all days, also those that the run does not need: its sum goes.
 *
 * @param hours What the run needs profiled, in order.
 * @param of Of a part of the work only days that it has: the other days of the week are in other parts.
 */
export async function daysToRestore(
  connection: Queryable,
  { model, reference }: Monitor,
  {
    referenceId,
    current,
    first,
    hours,
    of = 'all',
  }: {
    readonly referenceId: string;
    readonly current: Window;
    /** When the first serving prediction is about. */
    readonly first: number;
    readonly hours: readonly number[];
    readonly of?: 'all' | 'a part';
  },
): Promise<readonly number[]> {
  const [start, last] = [hours[0], hours.at(-1)];
  if (start === undefined || last === undefined) return [];
  const rolled = await listRolledUp(connection, model, referenceId, { start, end: last + 1 });
  if (rolled.length === 0) return [];
  const removed = await listRemoved(connection, model, {
    start: floorToWeek(Math.min(first, start)),
    end: Math.max(current.end, floorToWeek(last) + weekMs),
  });
  const singly = hoursReadSingly(reference, current, floorToHour(first), (hour) => isWithin(removed, hour));
  const days = new Set(singly.map(floorToDay));
  const wanted = new Set(hours.map(floorToDay));
  const restored = rolled
    .filter(({ day, summedBy }) => wanted.has(day) && (summedBy === 'week' || days.has(day)))
    .map(summedWindow)
    .filter((window) => !removed.some((range) => overlaps(range, window)))
    .flatMap((window) => daysOf(window).filter((day) => of === 'all' || wanted.has(day)));
  return [...new Set(restored)];
}

function daysOf({ start, end }: Window): number[] {
  return Array.from({ length: (end - start) / dayMs }, (_, n) => start + n * dayMs);
}

/**
 * Makes the hours of a rolled-up day profiled anew: forgets the sums, and with them that the hours are profiled; where the sum is that of
 * its week, of all days of it. Call it under the profile lock, where all hours of the day are profiled next.
 */
export async function forgetRolledUp(
  connection: Queryable,
  model: string,
  referenceId: string,
  day: number,
): Promise<void> {
  const week = floorToWeek(day);
  // In one order whoever does it: parts of a window may have days of the same week.
  const marked = await connection.query<{ day: number; summedBy: RollUpLevel }>(
    `select day, summed_by as "summedBy" from rolled_up_days
     where model = $1 and reference_id = $2 and day >= $3 and day < $4 order by day for update`,
    [model, referenceId, toTimestamp(week), toTimestamp(week + weekMs)],
  );
  switch (marked.find((one) => one.day === day)?.summedBy) {
    case undefined:
      return;
    case 'day':
      await connection.execute(
        'delete from profile_days where model = $1 and reference_id = $2 and day = $3',
        [model, referenceId, toTimestamp(day)],
      );
      return;
    case 'week':
      await connection.execute(
        'delete from profile_weeks where model = $1 and reference_id = $2 and week = $3',
        [model, referenceId, toTimestamp(week)],
      );
  }
}

/** Removes hourly profiles that were stored of rolled-up days since, once these are summed. Call it under the profile lock. */
export async function dropRolledUpHours(
  connection: Queryable,
  model: string,
  referenceId: string,
  window: Window,
): Promise<void> {
  await connection.execute(
    `delete from profiles where model = $1 and ctid = any (array(
       select stored.ctid from rolled_up_days rolled
       join profiles stored on stored.model = $1 and stored.reference_id = $2
         and stored.hour >= rolled.day and stored.hour < rolled.day + interval '24 hours'
       where rolled.model = $1 and rolled.reference_id = $2 and rolled.day >= $3 and rolled.day < $4))`,
    [model, referenceId, toTimestamp(floorToDay(window.start)), toTimestamp(window.end)],
  );
}

/**
 * Refuses a window that cuts days in two whose hours are not there any more, or weeks whose days are not, nor the rows to profile them
 * again.
 *
 * @throws TidewatchError `HOURS_ROLLED_UP`
 */
export async function refuseRolledUp(
  connection: Queryable,
  { model, reference }: Monitor,
  referenceId: string,
  current: Window,
): Promise<void> {
  const read = windowsToProfile(reference, current, 0);
  const start = Math.min(...read.map((window) => window.start));
  const end = Math.max(...read.map((window) => window.end));
  const rolled = await listRolledUp(connection, model, referenceId, { start, end });
  if (rolled.length === 0) return;
  const removed = await listRemoved(connection, model, {
    start: floorToWeek(start),
    end: floorToWeek(end) + weekMs,
  });
  const days = new Set(read.flatMap(hoursOf).map(floorToDay));
  const refused = rolled.find(
    (one) =>
      days.has(one.day) &&
      // Of whole days a day is enough; of a week, which tells nothing of what is usual for a day, none.
      (one.summedBy === 'week' || !isOfDays(current)) &&
      removed.some((range) => overlaps(range, summedWindow(one))),
  );
  if (refused === undefined) return;
  throw new TidewatchError('HOURS_ROLLED_UP', {
    model,
    start: formatInstant(current.start),
    end: formatInstant(current.end),
    ...(refused.summedBy === 'week'
      ? {
          needed: `single days of the week from ${formatDay(floorToWeek(refused.day))}, whose sums are rolled up to the week and of which rows are removed`,
          that: 'that is newer, or have the monitor look back less far',
        }
      : {
          needed: `single hours of ${formatDay(refused.day)}, whose hourly profiles are rolled up to the day and whose rows are removed`,
          that: 'of whole UTC days',
        }),
  });
}
