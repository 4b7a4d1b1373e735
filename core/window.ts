/**
 * The only place that does time arithmetic. Time is UTC; a window is half-open `[start, end)` and aligned to hours. The texts
 * of the errors thrown here, as everywhere, are in core/errors.ts.
 */

import { TidewatchError } from './errors.ts';

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
export const weekMs = 7 * dayMs;

/** A half-open interval `[start, end)` of event time, in milliseconds since 1970-01-01T00:00:00Z. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** A window as it crosses a Temporal boundary or is typed into the UI: two ISO 8601 instants. */
export interface WindowText {
  readonly start: string;
  readonly end: string;
}

/** `'30s'`, `'90m'`, `'24h'`, `'7d'` or `'2w'`. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd' | 'w'}`;

const unitMs = { s: secondMs, m: minuteMs, h: hourMs, d: dayMs, w: weekMs } as const;
const durationPattern = /^(\d+)([smhdw])$/;

/**
 * Is this text a duration such as `'7d'`, of a hundred years at most?
 *
 * @example [isDuration('7d'), isDuration('soon')] // [true, false]
 */
export function isDuration(text: string): text is Duration {
  const match = durationPattern.exec(text);
  return match !== null && lengthOf(match) <= longestDurationMs;
}

/** A hundred years: an instant so long before or after another one is still one. */
const longestDurationMs = 36_525 * dayMs;

function lengthOf([, count, unit]: RegExpExecArray): number {
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}

/**
 * How many milliseconds is a duration?
 *
 * @example durationMs('7d') // 604800000
 * @throws TidewatchError `INVALID_DURATION` for anything but digits and one of s, m, h, d, w, and beyond a hundred years.
 */
export function durationMs(duration: string): number {
  const match = durationPattern.exec(duration);
  if (match === null || !isDuration(duration)) throw new TidewatchError('INVALID_DURATION', { duration });
  return lengthOf(match);
}

/**
 * What instant does an ISO 8601 text name? The text must carry its offset (`Z` or `+01:00`), so that nothing depends on
 * the zone of the machine that reads it.
 *
 * @example parseInstant('2011-03-13T07:00:00Z') // 1299999600000
 * @throws TidewatchError `INVALID_INSTANT`
 */
export function parseInstant(text: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  const instant = match === null ? Number.NaN : Date.parse(text);
  // Date.parse reads 30 February as 2 March.
  const isCalendarDay = match !== null && formatDay(Date.parse(`${match[1]}T00:00:00Z`) || 0) === match[1];
  if (Number.isNaN(instant) || !isCalendarDay) throw new TidewatchError('INVALID_INSTANT', { instant: text });
  return instant;
}

/**
 * How is an instant written everywhere: in results, logs, messages and metrics?
 *
 * @example formatInstant(1299999600000) // '2011-03-13T07:00:00Z'
 */
export function formatInstant(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** @example formatMinute(1299999600000) // '2011-03-13 07:00' */
export function formatMinute(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16).replace('T', ' ');
}

/** @example formatDay(1299999600000) // '2011-03-13' */
export function formatDay(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/**
 * The last full hour at or before an instant.
 *
 * @example formatInstant(floorToHour(parseInstant('2011-05-20T03:15:00Z'))) // '2011-05-20T03:00:00Z'
 */
export function floorToHour(instant: number): number {
  return Math.floor(instant / hourMs) * hourMs;
}

/**
 * The UTC midnight at or before an instant.
 *
 * @example formatInstant(floorToDay(parseInstant('2011-05-20T03:15:00Z'))) // '2011-05-20T00:00:00Z'
 */
export function floorToDay(instant: number): number {
  return Math.floor(instant / dayMs) * dayMs;
}

/** When a Monday began: 1970-01-05T00:00:00Z. */
const someMonday = 4 * dayMs;

/**
 * The UTC midnight at or before an instant at which a Monday begins.
 *
 * @example formatInstant(floorToWeek(parseInstant('2011-05-20T03:15:00Z'))) // '2011-05-16T00:00:00Z'
 */
export function floorToWeek(instant: number): number {
  return Math.floor((instant - someMonday) / weekMs) * weekMs + someMonday;
}

/**
 * Which window is meant by two ISO instants?
 *
 * @throws TidewatchError `REVERSED_WINDOW` when it does not end after it starts, `UNALIGNED_WINDOW` when an end is not on
 * a full UTC hour, `INVALID_INSTANT` when an end is no instant.
 * @example parseWindow({ start: '1970-01-01T00:00:00Z', end: '1970-01-01T02:00:00Z' }) // { start: 0, end: 7_200_000 }
 */
export function parseWindow(text: WindowText): Window {
  const window = { start: parseInstant(text.start), end: parseInstant(text.end) };
  if (window.end <= window.start) throw new TidewatchError('REVERSED_WINDOW', { ...text });
  if (window.start % hourMs !== 0 || window.end % hourMs !== 0) {
    throw new TidewatchError('UNALIGNED_WINDOW', {
      ...text,
      suggestion: JSON.stringify(
        formatWindow({ start: floorToHour(window.start), end: floorToHour(window.end + hourMs - 1) }),
      ),
    });
  }
  return window;
}

/**
 * A window as two ISO instants.
 *
 * @example formatWindow({ start: 0, end: 7_200_000 }) // { start: '1970-01-01T00:00:00Z', end: '1970-01-01T02:00:00Z' }
 */
export function formatWindow(window: Window): WindowText {
  return { start: formatInstant(window.start), end: formatInstant(window.end) };
}

/**
 * Which window is "the last 7 days" at an instant? Days and weeks end at the last UTC midnight, hours at the last full
 * hour: the last 24 hours move on every hour, the last day does not.
 *
 * @example formatWindow(trailingWindow(parseInstant('2011-05-20T03:15:00Z'), '7d'))
 * // { start: '2011-05-13T00:00:00Z', end: '2011-05-20T00:00:00Z' }
 * @example formatWindow(trailingWindow(parseInstant('2011-05-20T03:15:00Z'), '24h'))
 * // { start: '2011-05-19T03:00:00Z', end: '2011-05-20T03:00:00Z' }
 */
export function trailingWindow(asOf: number, duration: string): Window {
  const length = durationMs(duration);
  const end = /[dw]$/.test(duration) ? floorToDay(asOf) : floorToHour(asOf);
  return { start: end - length, end };
}

/**
 * The hours of a window, in order, each named by its start.
 *
 * @example hoursOf({ start: 0, end: 2 * hourMs }) // [0, 3_600_000]
 */
export function hoursOf(window: Window): number[] {
  const hours: number[] = [];
  for (let hour = floorToHour(window.start); hour < window.end; hour += hourMs) hours.push(hour);
  return hours;
}

/**
 * Consecutive hours joined into as few windows as possible; the hours may come in any order and twice.
 *
 * @example windowsOfHours([2 * hourMs, 0, hourMs, 5 * hourMs])
 * // [{ start: 0, end: 3 * hourMs }, { start: 5 * hourMs, end: 6 * hourMs }]
 */
export function windowsOfHours(hours: Iterable<number>): Window[] {
  const windows: { start: number; end: number }[] = [];
  for (const hour of [...new Set(hours)].sort((a, b) => a - b)) {
    const last = windows.at(-1);
    if (last !== undefined && last.end === hour) last.end = hour + hourMs;
    else windows.push({ start: hour, end: hour + hourMs });
  }
  return windows;
}

/**
 * Does a window begin and end at midnight UTC?
 *
 * @example isOfDays({ start: 0, end: 7 * dayMs }) // true
 */
export function isOfDays({ start, end }: Window): boolean {
  return start % dayMs === 0 && end % dayMs === 0;
}

/**
 * Do two windows share an instant?
 *
 * @example overlaps({ start: 0, end: 2 }, { start: 2, end: 3 }) // false
 */
export function overlaps(a: Window, b: Window): boolean {
  return a.start < b.end && b.start < a.end;
}

/**
 * What is left of a window without other ones, which may overlap each other and reach beyond it.
 *
 * @example windowWithout({ start: 0, end: 10 }, [{ start: 8, end: 12 }, { start: 2, end: 4 }, { start: 3, end: 5 }])
 * // [{ start: 0, end: 2 }, { start: 5, end: 8 }]
 */
export function windowWithout(window: Window, holes: readonly Window[]): Window[] {
  const left: Window[] = [];
  let { start } = window;
  for (const hole of [...holes].sort((a, b) => a.start - b.start)) {
    if (!overlaps(hole, { start, end: window.end })) continue;
    if (hole.start > start) left.push({ start, end: hole.start });
    start = hole.end;
  }
  return start < window.end ? [...left, { start, end: window.end }] : left;
}

/**
 * The month of the calendar, in UTC, that an instant is in.
 *
 * @example formatWindow(monthOf(parseInstant('2011-02-20T03:15:00Z')))
 * // { start: '2011-02-01T00:00:00Z', end: '2011-03-01T00:00:00Z' }
 */
export function monthOf(instant: number): Window {
  const firstDay = (at: number): number => parseInstant(`${formatDay(at).slice(0, 7)}-01T00:00:00Z`);
  const start = firstDay(instant);
  return { start, end: firstDay(start + 32 * dayMs) };
}

/**
 * What tells a window from every other one, as the key of a map.
 *
 * @example windowKey({ start: 0, end: 3_600_000 }) // '0/3600000'
 */
export function windowKey({ start, end }: Window): string {
  return `${start}/${end}`;
}

/**
 * Each window once, where it stands first.
 *
 * @example distinctWindows([{ start: 2, end: 3 }, { start: 0, end: 1 }, { start: 2, end: 3 }])
 * // [{ start: 2, end: 3 }, { start: 0, end: 1 }]
 */
export function distinctWindows(windows: readonly Window[]): Window[] {
  return [...new Map(windows.map((window) => [windowKey(window), window])).values()];
}

const localHourFormats = new Map<string, Intl.DateTimeFormat>();

/**
 * What hour of the day (0 to 23) do clocks in a time zone show at an instant? Right across clock changes: the hour that a
 * change skips never occurs, the one it repeats occurs twice.
 *
 * @example localHour(parseInstant('2011-03-13T07:00:00Z'), 'America/New_York') // 3
 * @throws RangeError for a time zone that the runtime does not know (monitors are validated against it)
 */
export function localHour(instant: number, timeZone: string): number {
  if (timeZone === 'UTC') return Math.floor(instant / hourMs) % 24;
  let format = localHourFormats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', hourCycle: 'h23' });
    localHourFormats.set(timeZone, format);
  }
  return Number(format.format(instant)) % 24;
}

/** The days of the week as people write them, Monday first. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** What a clock on the wall shows. */
export interface LocalTime {
  readonly weekday: Weekday;
  /** Since midnight, 0 to 1439. */
  readonly minute: number;
}

const localTimeFormats = new Map<string, Intl.DateTimeFormat>();

/**
 * What do the clocks of a time zone show at an instant? Right across clock changes, as `localHour`.
 *
 * @example localTime(parseInstant('2011-03-13T07:30:00Z'), 'America/New_York') // { weekday: 'sun', minute: 210 }
 * @throws RangeError for a time zone that the runtime does not know
 */
export function localTime(instant: number, timeZone: string): LocalTime {
  let format = localTimeFormats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    localTimeFormats.set(timeZone, format);
  }
  const [, day = '', hours, minutes] = /^(\w+)\W+(\d+):(\d+)/.exec(format.format(instant)) ?? [];
  const weekday = weekdays.find((name) => name === day.toLowerCase()) ?? 'mon';
  return { weekday, minute: Number(hours) * 60 + Number(minutes) };
}

const localFormats = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of a time zone are ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  let format = localFormats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    localFormats.set(timeZone, format);
  }
  const second = Math.floor(instant / secondMs) * secondMs;
  return Date.parse(`${format.format(second).replace(' ', 'T')}Z`) - second;
}

/**
 * At which instant do the clocks of a time zone show this? Of the two where a clock change repeats an hour, the first; in
 * the hour that a change skips, as if the clocks had not been changed yet.
 *
 * @param shown what the clocks show, written as if it were UTC
 * @example formatInstant(instantOfLocal(parseInstant('2026-07-01T08:00:00Z'), 'Europe/Berlin')) // '2026-07-01T06:00:00Z'
 * @throws RangeError for a time zone that the runtime does not know
 */
export function instantOfLocal(shown: number, timeZone: string): number {
  if (timeZone === 'UTC') return shown;
  const before = shown - offsetAt(shown - dayMs, timeZone);
  const after = shown - offsetAt(shown + dayMs, timeZone);
  return (
    [Math.min(before, after), Math.max(before, after)].find((at) => at + offsetAt(at, timeZone) === shown) ??
    before
  );
}

/**
 * How many minutes after midnight is a time of day?
 *
 * @example minuteOfDay('08:30') // 510
 */
export function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

const dayMinutes = 24 * 60;
/** Every clock change of a zone happens at a full quarter of an hour of UTC, and so does none inside of one. */
const quarterMs = 15 * minuteMs;

/**
 * When do the clocks of a time zone next show a time of day, at or after an instant? A time that a clock change skips
 * is taken as the moment of the change; one that it repeats counts each time.
 *
 * @param time from `00:00` to `23:59`
 * @example formatInstant(nextLocalTime(parseInstant('2026-03-28T12:00:00Z'), '08:00', 'Europe/Berlin')) // '2026-03-29T06:00:00Z'
 * @throws RangeError for a time zone that the runtime does not know
 */
export function nextLocalTime(instant: number, time: string, timeZone: string): number {
  const wanted = minuteOfDay(time);
  const sinceMidnight = (at: number): number => localTime(at, timeZone).minute;
  // How far `wanted` is ahead of what the clocks show, always forwards.
  const ahead = (shown: number): number => (wanted - shown + dayMinutes) % dayMinutes;
  for (let quarter = Math.floor(instant / quarterMs) * quarterMs; ; quarter += quarterMs) {
    const shown = sinceMidnight(quarter);
    const found = quarter + ahead(shown) * minuteMs;
    if (found < quarter + quarterMs) {
      if (found >= instant) return found;
      continue;
    }
    const jump = (sinceMidnight(quarter + quarterMs) - shown + dayMinutes) % dayMinutes;
    // Clocks that go back show a jump of most of a day: nothing is skipped then.
    if (jump < dayMinutes / 2 && ahead(shown) < jump) return quarter + quarterMs;
  }
}

/**
 * Is this an instant, as `parseInstant` takes it?
 *
 * @example [isInstant('2011-05-20T00:00:00Z'), isInstant('2011-05-20')] // [true, false]
 */
export function isInstant(text: string): boolean {
  try {
    parseInstant(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Is this a time zone that the runtime knows, such as `America/New_York`?
 *
 * @example [isTimeZone('America/New_York'), isTimeZone('EST5')] // [true, false]
 */
export function isTimeZone(timeZone: string): boolean {
  // Intl also takes offsets and any case, which Temporal does not.
  if (!/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/.test(timeZone)) return false;
  try {
    Intl.DateTimeFormat('en-US', { timeZone });
    return true;
  } catch {
    return false;
  }
}
