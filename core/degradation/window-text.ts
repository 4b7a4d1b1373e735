/** Days and windows as messages name them. */

import { countText } from '../performance/metrics.ts';
import type { Window } from '../window.ts';
import { dayMs } from '../window.ts';

const months = ['Jan', 'Feb', 'March', 'April', 'May', 'June', 'July', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'];

/**
 * Which day is an instant of, in words? Without the year: it is about what is newest.
 *
 * @example dayText(parseInstant('2011-05-12T07:00:00Z')) // '12 May'
 */
export function dayText(instant: number): string {
  const date = new Date(instant);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
}

/**
 * Which days is a window about? Its last day is in it.
 *
 * @example
 * const end = parseInstant('2011-05-12T00:00:00Z');
 * [1, 7].map((days) => windowText({ start: end - days * dayMs, end })) // ['11 May', 'the 7 days to 11 May']
 */
export function windowText({ start, end }: Window): string {
  const days = Math.round((end - start) / dayMs);
  const last = dayText(end - dayMs);
  return days <= 1 ? last : `the ${countText(days, 'day')} to ${last}`;
}
