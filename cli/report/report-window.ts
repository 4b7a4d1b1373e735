/** Which window a report is asked for. */

import { TidewatchError } from '../../core/errors.ts';
import { dayMs, durationMs, floorToDay, parseInstant, parseWindow, type Window } from '../../core/window.ts';

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
 * @throws TidewatchError `INVALID_OPTION`; `REVERSED_WINDOW` or `UNALIGNED_WINDOW` for what is no window
 * @example reportWindow({ from: '2011-05-13', to: '2011-05-20' }, known)
 * // { start: (2011-05-13T00:00:00Z), end: (2011-05-20T00:00:00Z) }
 */
export function reportWindow(
  { from, to }: { readonly from?: string; readonly to?: string },
  { now, newestHour, length }: KnownTimes,
): Window {
  const last = Math.min(floorToDay(now), newestHour === null ? Infinity : floorToDay(newestHour) + dayMs);
  const end = to === undefined ? last : instantOf('--to', to);
  const start = from === undefined ? end - durationMs(length) : instantOf('--from', from);
  return parseWindow({ start: new Date(start).toISOString(), end: new Date(end).toISOString() });
}

function instantOf(option: string, text: string): number {
  try {
    return parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  } catch {
    const reason = `"${text}" is no day; write for example 2011-05-13, or an hour such as 2011-05-13T06:00:00Z`;
    throw new TidewatchError('INVALID_OPTION', { option, reason });
  }
}
