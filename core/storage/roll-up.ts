/** Which profiles are read hour by hour, or day by day; all others can be rolled up to the sums of their days, or of their weeks. */

import type { Monitor } from '../monitor/schema.ts';
import { knownWindows } from '../quality/known-windows.ts';
import { windowsToProfile } from '../reference/windows.ts';
import {
  dayMs,
  durationMs,
  floorToDay,
  floorToWeek,
  hoursOf,
  isOfDays,
  parseInstant,
  weekMs,
  type Window,
} from '../window.ts';
import { keepForever, retentionOf, type RetentionDefaults } from './retention.ts';

/** A quarter: five weeks more than the eight of which drift runs read every hour. */
export const hourlyProfilesByDefault = '91d';

/** Two years: a seasonal reference of 52 weeks, whose grid is as old again, is what reads the longest. */
export const dailyProfilesByDefault = '730d';

/** What profiles are rolled up to: those of the hours of a UTC day to its sum, those of the days of a week, from Monday on, to its sum. */
export const rollUpLevels = ['day', 'week'] as const;
export type RollUpLevel = (typeof rollUpLevels)[number];

/**
 * How long can daily profiles not be kept beside hourly ones of such an age? In words; undefined where they can. What is kept for ever by
 * the hour is by the day.
 *
 * @example
 * [dailyProfilesProblem('91d', '730d'), dailyProfilesProblem('91d', '13w')]
 * // [undefined, 'weeks are of days that are rolled up: write more than the 91d of hourly profiles, or keep']
 */
export function dailyProfilesProblem(hourly: string, daily: string): string | undefined {
  if (daily === keepForever || (hourly !== keepForever && durationMs(daily) > durationMs(hourly)))
    return undefined;
  return hourly === keepForever
    ? 'weeks are of days that are rolled up, and hourly profiles are kept for ever: write keep'
    : `weeks are of days that are rolled up: write more than the ${hourly} of hourly profiles, or keep`;
}

/** What a drift run reads hour by hour before its current window: see core/quality/known-windows.ts. */
const usualMs = 8 * weekMs;

/** Midnight of a day far after every reference. */
const someMidnight = parseInstant('2100-01-01T00:00:00Z');

/**
 * Which hours does a drift run read one by one? Of a window of whole UTC days its own and those that tell what is usual; of any other
 * window every hour that it reads.
 *
 * @param firstHour The first hour with a row.
 * @param isRemoved Is the hour one whose rows were removed? What is usual is not asked of it.
 * @example
 * const week = (number) => ({ start: number * weekMs, end: (number + 1) * weekMs });
 * hoursReadSingly({ kind: 'rolling', length: '84d' }, week(12), week(0).start).length // 1_512
 */
export function hoursReadSingly(
  reference: Monitor['reference'],
  current: Window,
  firstHour: number,
  isRemoved: (hour: number) => boolean = () => false,
): readonly number[] {
  const windows = isOfDays(current)
    ? [current, ...knownWindows(reference, current, firstHour, isRemoved).usual]
    : windowsToProfile(reference, current, firstHour);
  return windows.flatMap(hoursOf);
}

/** Whose profiles of a model go. */
export interface RollUp {
  /** Of days, or weeks, that begin before it, whatever the reference. */
  readonly before: number;
  /** Of all days before it, where the reference is rolling and was superseded before it. */
  readonly supersededBefore: number;
  /** Days, or weeks, that have a part of these stay. */
  readonly kept: readonly Window[];
}

/** Runs of a fortnight ago are asked again now and then, where something is computed again. */
const afterSuperseded = 2 * weekMs;

/**
 * Whose hourly profiles can go, as of an instant? Those of days that are as old as the installation says, and no younger than what the
 * schedules of the model read by the hour. Those of a rolling reference a fortnight after the next took its place: it lasts a day.
 * Undefined: none.
 *
 * @example
 * const monitor = monitorSchema.parse({
 *   model: 'bike-demand', task: 'regression', features: { hum: { kind: 'continuous' } }, reference: { kind: 'rolling', length: '60d' },
 * });
 * rollUpOf(monitor, { rows: 'keep', results: 'keep', hourlyProfiles: '30d', dailyProfiles: 'keep' }, 100 * dayMs)
 * // { before: 37 * dayMs, supersededBefore: 79 * dayMs, kept: [] }
 */
export function rollUpOf(monitor: Monitor, defaults: RetentionDefaults, now: number): RollUp | undefined {
  if (defaults.hourlyProfiles === keepForever) return undefined;
  const { current } = monitor;
  const lengths = lengthsOf(monitor);
  const ages = lengths.map((length) =>
    isOfWholeDays(length) ? durationMs(length) + usualMs : readBackMs(monitor, defaults, length),
  );
  const age = Math.max(durationMs(defaults.hourlyProfiles), ...ages);
  const readsAllHours = !lengths.every(isOfWholeDays);
  return {
    before: floorToDay(now - age),
    supersededBefore: readsAllHours
      ? floorToDay(now - age)
      : floorToDay(now - durationMs(current) - afterSuperseded),
    kept: readsAllHours ? fixedWindows(monitor) : [],
  };
}

/**
 * Which sums of days can go, as of an instant? Those of weeks that are as old as the installation says, and no younger than anything that the
 * schedules of the model read: of what is read to learn what is usual, each day counts. Undefined: none.
 *
 * @example
 * const monitor = monitorSchema.parse({
 *   model: 'bike-demand', task: 'regression', features: { hum: { kind: 'continuous' } }, reference: { kind: 'rolling', length: '60d' },
 * });
 * weeklyRollUpOf(monitor, { rows: 'keep', results: 'keep', hourlyProfiles: '30d', dailyProfiles: '40d' }, 100 * dayMs)
 * // { before: 32 * dayMs, supersededBefore: 32 * dayMs, kept: [] }
 */
export function weeklyRollUpOf(
  monitor: Monitor,
  defaults: RetentionDefaults,
  now: number,
): RollUp | undefined {
  const days = rollUpOf(monitor, defaults, now);
  if (days === undefined || defaults.dailyProfiles === keepForever) return undefined;
  const ages = lengthsOf(monitor).map((length) => readBackMs(monitor, defaults, length));
  const age = Math.max(durationMs(defaults.dailyProfiles), ...ages);
  const before = floorToWeek(Math.min(days.before, now - age));
  return { before, supersededBefore: before, kept: fixedWindows(monitor) };
}

/** Of the windows that schedules judge. */
function lengthsOf({ current, schedules }: Monitor): readonly string[] {
  return [current, ...(schedules.hourlyDriftDetection.enabled ? ['24h'] : [])];
}

function isOfWholeDays(length: string): boolean {
  return /[dw]$/.test(length);
}

/** How far back a run of a schedule reads profiles, a fixed reference left out, which is kept apart. */
function readBackMs(monitor: Monitor, defaults: RetentionDefaults, length: string): number {
  const { reference } = monitor;
  const window = { start: someMidnight - durationMs(length), end: someMidnight };
  const read = windowsToProfile(reference, window, 0).filter(
    ({ start }) => reference.kind !== 'fixed' || start > someMidnight - 53 * weekMs,
  );
  // What is computed again of rows that are there reads as far back; what is read on the day before counts too.
  const rows = retentionOf(monitor, defaults).rows ?? 0;
  return window.end - Math.min(window.end, ...read.map(({ start }) => start)) + rows + dayMs;
}

function fixedWindows({ reference }: Monitor): readonly Window[] {
  if (reference.kind !== 'fixed') return [];
  return [
    {
      start: parseInstant(`${reference.start}T00:00:00Z`),
      end: parseInstant(`${reference.end}T00:00:00Z`),
    },
  ];
}
