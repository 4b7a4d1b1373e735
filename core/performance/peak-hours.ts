import { localHour, minuteMs } from '../window.ts';

/** Zones differ from UTC by multiples of 15 minutes (Nepal: 5:45), so the local hour is constant within a quarter. */
const quarterMs = 15 * minuteMs;

/** The hours of the day (0 to 23) that count as peak, as clocks in a time zone show them. */
export interface PeakHours {
  readonly timeZone: string;
  readonly hours: readonly number[];
}

/**
 * Which events lie in a peak hour of local time? 1 where one does, 0 elsewhere; right across clock changes. `eventTimes`
 * are milliseconds since 1970-01-01T00:00:00Z in any order. One time zone conversion per distinct quarter of an hour.
 *
 * @example
 * const eight = Date.parse('2011-03-14T12:00:00Z');
 * peakFlags(Float64Array.of(eight), { timeZone: 'America/New_York', hours: [8] }) // [1]
 * @throws RangeError for a time zone that the runtime does not know, and for an event time that is no instant.
 */
export function peakFlags(eventTimes: Float64Array, peakHours: PeakHours): Uint8Array {
  const hours = new Set(peakHours.hours);
  const flagOfQuarter = new Map<number, 0 | 1>();
  const flags = new Uint8Array(eventTimes.length);
  for (let row = 0; row < eventTimes.length; row += 1) {
    const quarter = Math.floor(eventTimes[row]! / quarterMs);
    let flag = flagOfQuarter.get(quarter);
    if (flag === undefined) {
      flag = hours.has(localHour(quarter * quarterMs, peakHours.timeZone)) ? 1 : 0;
      flagOfQuarter.set(quarter, flag);
    }
    flags[row] = flag;
  }
  return flags;
}
