import type { Window } from '../window.ts';
import { isInstant, parseInstant } from '../window.ts';

/** A time that people name in a monitor, with the reason for it. */
export interface Period {
  /** A day, which is its midnight in UTC, or an instant. */
  readonly from: string;
  /** Not part of it. */
  readonly to: string;
  readonly reason: string;
}

/**
 * Which window is a period?
 *
 * @example formatWindow(periodWindow({ from: '2011-12-24', to: '2011-12-27T06:00:00Z', reason: 'holidays' }))
 * // { start: '2011-12-24T00:00:00Z', end: '2011-12-27T06:00:00Z' }
 * @throws TidewatchError `INVALID_INSTANT`
 */
export function periodWindow({ from, to }: Pick<Period, 'from' | 'to'>): Window {
  const instant = (text: string): number => parseInstant(isInstant(text) ? text : `${text}T00:00:00Z`);
  return { start: instant(from), end: instant(to) };
}
