/** Hours of the week in which people are told. */

import { localTime, minuteOfDay, nextLocalTime, weekdays } from '../window.ts';
import type { Weekday } from '../window.ts';
import type { Hours } from './route-settings.ts';

/**
 * Is an instant within these hours? `from` is, `to` is not any more. Hours with `to` at or before `from` go past midnight and
 * belong to the day on which they begin.
 *
 * @example
 * const hours = { days: ['fri'], from: '22:00', to: '06:00', timeZone: 'UTC', otherwise: 'hold' };
 * isWithin(hours, parseInstant('2026-11-28T05:59:00Z')) // true
 * @throws RangeError for a time zone that the runtime does not know (routes are validated against it)
 */
export function isWithin({ days, from, to, timeZone }: Hours, instant: number): boolean {
  const { weekday, minute } = localTime(instant, timeZone);
  const [start, end] = [minuteOfDay(from), minuteOfDay(to)];
  if (start < end) return days.includes(weekday) && minute >= start && minute < end;
  return minute >= start ? days.includes(weekday) : minute < end && days.includes(dayBefore(weekday));
}

/**
 * The first instant at or after another one that is within these hours: the same one when it is.
 *
 * @example
 * const hours = { days: ['mon', 'tue'], from: '09:00', to: '17:00', timeZone: 'Europe/Berlin', otherwise: 'hold' };
 * formatInstant(firstWithin(hours, parseInstant('2026-11-27T18:00:00Z'))) // '2026-11-30T08:00:00Z'
 * @throws RangeError for a time zone that the runtime does not know
 */
export function firstWithin(hours: Hours, instant: number): number {
  let candidate = instant;
  while (!isWithin(hours, candidate)) {
    candidate = nextLocalTime(candidate === instant ? candidate : candidate + 1, hours.from, hours.timeZone);
  }
  return candidate;
}

function dayBefore(day: Weekday): Weekday {
  return weekdays[(weekdays.indexOf(day) + 6) % 7] ?? day;
}
