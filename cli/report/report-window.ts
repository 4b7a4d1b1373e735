/** Which window a report is asked for. */

import { dayMs, durationMs, floorToDay, type Window } from '../../core/window.ts';
import { rangeOf, readInstant } from '../time-range.ts';

/** What is known beside the options. */
export interface KnownTimes {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Start of the newest hour with predictions; null where there are none. */
  readonly newestHour: number | null;
  /** Of the monitor's report, such as `7d`. */
  readonly length: string;
}

/**
 * A day means the midnight that it begins with. Without `to`, the window ends at the last midnight that is neither in the future
 * nor after the day of the newest predictions; without `from`, it is as long as the monitor's report.
 *
 * @throws TidewatchError `INVALID_OPTION`
 * @example reportWindow({ from: '2011-05-13', to: '2011-05-20' }, known)
 * // { start: (2011-05-13T00:00:00Z), end: (2011-05-20T00:00:00Z) }
 */
export function reportWindow(
  { from, to }: { readonly from?: string; readonly to?: string },
  { now, newestHour, length }: KnownTimes,
): Window {
  const last = Math.min(floorToDay(now), newestHour === null ? Infinity : floorToDay(newestHour) + dayMs);
  const end = to === undefined ? last : readInstant('--to', to, 'hour');
  const start = from === undefined ? end - durationMs(length) : readInstant('--from', from, 'hour');
  return rangeOf(start, end);
}
