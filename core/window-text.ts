import type { WindowText } from './window.ts';
import { formatDay, isOfDays, parseInstant } from './window.ts';

/**
 * A window as people say it: whole days with the last one itself, else its two instants.
 *
 * @example
 * const days = { start: '2011-03-16T00:00:00Z', end: '2011-04-13T00:00:00Z' };
 * windowText(days) // '2011-03-16 to 2011-04-12'
 * @example windowText({ start: '2011-03-16T00:00:00Z', end: '2011-03-16T06:00:00Z' }) // '2011-03-16T00:00:00Z to 2011-03-16T06:00:00Z'
 * @example windowText({ start: '2011-03-16T00:00:00Z', end: '2011-03-17T00:00:00Z' }) // '2011-03-16'
 * @throws TidewatchError `INVALID_INSTANT`
 */
export function windowText(window: WindowText): string {
  const [start, end] = [parseInstant(window.start), parseInstant(window.end)];
  if (!isOfDays({ start, end })) return `${window.start} to ${window.end}`;
  const [first, last] = [formatDay(start), formatDay(end - 1)];
  return first === last ? first : `${first} to ${last}`;
}
