/** Which hourly profiles are read hour by hour; all others can be rolled up to the sums of their days. */

import type { Monitor } from '../monitor/schema.ts';
import { knownWindows } from '../quality/known-windows.ts';
import { windowsToProfile } from '../reference/windows.ts';
import {
  dayMs,
  durationMs,
  floorToDay,
  hoursOf,
  isOfDays,
  parseInstant,
  weekMs,
  type Window,
} from '../window.ts';
import { keepForever, retentionOf, type RetentionDefaults } from './retention.ts';

/** A quarter: five weeks more than the eight of which drift runs read every hour. */
export const hourlyProfilesByDefault = '91d';

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

/** Whose hourly profiles of a model go. */
export interface RollUp {
  /** Of days that end before it, whatever the reference. */
  readonly before: number;
  /** Of all days, where the reference is rolling and was superseded before it. */
  readonly supersededBefore: number;
  /** Days of these stay. */
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
 * rollUpOf(monitor, { rows: 'keep', results: 'keep', hourlyProfiles: '30d' }, 100 * dayMs)
 * // { before: 37 * dayMs, supersededBefore: 79 * dayMs, kept: [] }
 */
export function rollUpOf(monitor: Monitor, defaults: RetentionDefaults, now: number): RollUp | undefined {
  if (defaults.hourlyProfiles === keepForever) return undefined;
  const { reference, current, schedules } = monitor;
  const lengths = [current, ...(schedules.hourlyDriftDetection.enabled ? ['24h'] : [])];
  const ages = lengths.map((length) => {
    if (/[dw]$/.test(length)) return durationMs(length) + usualMs;
    const window = { start: someMidnight - durationMs(length), end: someMidnight };
    const read = windowsToProfile(reference, window, 0).filter(
      // A fixed reference is kept apart.
      ({ start }) => reference.kind !== 'fixed' || start > someMidnight - 53 * weekMs,
    );
    // What is computed again of rows that are there reads as far back; what is read on the day before counts too.
    const rows = retentionOf(monitor, defaults).rows ?? 0;
    return window.end - Math.min(window.end, ...read.map(({ start }) => start)) + rows + dayMs;
  });
  const age = Math.max(durationMs(defaults.hourlyProfiles), ...ages);
  const readsAllHours = lengths.some((length) => !/[dw]$/.test(length));
  return {
    before: floorToDay(now - age),
    supersededBefore: readsAllHours
      ? floorToDay(now - age)
      : floorToDay(now - durationMs(current) - afterSuperseded),
    kept:
      readsAllHours && reference.kind === 'fixed'
        ? [
            {
              start: parseInstant(`${reference.start}T00:00:00Z`),
              end: parseInstant(`${reference.end}T00:00:00Z`),
            },
          ]
        : [],
  };
}
