/** Of which outcomes are importances learned? */

import { weekMs, type Window } from '../window.ts';

/** Windows that end this far apart share no outcome. */
export const learnedFromMs = 4 * weekMs;

/**
 * The last four weeks, as of an instant, whose actuals are known: those that end before the actuals horizon. They move on
 * once a week (weeks since 1970), so that importances are learned once a week.
 *
 * @example outcomesWindow(parseInstant('2011-05-20T00:00:00Z'), 7 * dayMs)
 * // { start: parseInstant('2011-04-14T00:00:00Z'), end: parseInstant('2011-05-12T00:00:00Z') }
 */
export function outcomesWindow(asOf: number, actualsHorizonMs: number): Window {
  const end = Math.floor((asOf - actualsHorizonMs) / weekMs) * weekMs;
  return { start: end - learnedFromMs, end };
}
