/** How each past window of a column differed: from the rest of its reference, and from the windows before it. */

import type { ReferenceGrid } from '../profile/grid.ts';
import { mergeProfiles } from '../profile/merge.ts';
import { earlierWindowCount, earlierWindows } from '../reference/windows.ts';
import type { MethodName } from '../statistics/registry.ts';
import { dayMs, type Window } from '../window.ts';
import { differenceBetween } from './difference.ts';
import { restOf, sumHistory, type ProfiledHour, type WindowSums } from './window-sums.ts';

/** How many of the windows before are averaged: the number that lets the smallest change be seen is chosen. */
export const lookbacks = [1, 2, 4, earlierWindowCount] as const;

/** What one past window tells: always the same, as long as its hours and those of the windows before it stay. JSON-safe. */
export interface PastWindow {
  readonly end: number;
  /** Values, neither missing nor invalid. */
  readonly count: number;
  /** How it differs from the rest of the reference, or of a seasonal one from the weeks before it; null where that is not known. */
  readonly fromReference: number | null;
  /** How it differs from the sum of the 1, 2, 4 and 8 windows before it; null where that is not known. */
  readonly fromRecent: readonly (number | null)[];
}

export interface PastWindows {
  /** Of windows that begin before it not all is known: they only stand before others. */
  readonly since: number;
  /** In time order, a whole number of days apart; those between that are not there tell nothing. */
  readonly windows: readonly PastWindow[];
}

export interface PastWindowsInput {
  readonly grid: ReferenceGrid;
  /** The deciding method of the column. */
  readonly method: MethodName;
  /** Milliseconds; a whole number of hours. */
  readonly windowLength: number;
  /** Past windows end a whole number of days before it: the end of the current window, or of any with the same phase. */
  readonly end: number;
  /** Stretches of time and all that is profiled in them, or for a seasonal reference how many weeks before each window. */
  readonly reference:
    | { readonly windows: readonly Window[]; readonly hours: readonly ProfiledHour[] }
    | { readonly weeks: number };
  /** In time order: those of the windows, and of the windows before them. Days will do where windows are whole days. */
  readonly hours: readonly ProfiledHour[];
}

/**
 * Compares past windows, those that end at these instants, or else all that have an hour.
 *
 * Cost: 5 comparisons a window.
 *
 * @example
 * const grid = buildContinuousGrid(Float64Array.of(0, 2, 4, 6));
 * const hours = [[0, 2, 4, 6], [1, 3, 5, 7]].map((values, day) => ({ start: day * dayMs, profile: buildProfile(grid, values) }));
 * const reference = { windows: [{ start: 0, end: dayMs }], hours: hours.slice(0, 1) };
 * comparePastWindows({ grid, method: 'wasserstein', windowLength: dayMs, end: 2 * dayMs, reference, hours }, [2 * dayMs])
 * // { since: 0, windows: [{ end: 2 * dayMs, count: 4, fromReference: null, fromRecent: [null, null, null, null] }] }
 */
export function comparePastWindows(input: PastWindowsInput, ends?: readonly number[]): PastWindows {
  const { grid, method, windowLength, end, reference, hours } = input;
  const history = sumHistory(grid, hours, { length: windowLength, end });
  const counts = new Map<number, number>();
  const countOf = (window: Window): number => {
    const known = counts.get(window.end) ?? history.countIn(window);
    counts.set(window.end, known);
    return known;
  };
  const whole =
    'hours' in reference
      ? mergeProfiles(
          grid,
          reference.hours.map(({ profile }) => profile),
        )
      : undefined;
  const windows = (ends ?? pastEnds(history, end)).map((end): PastWindow => {
    const window = { start: end - windowLength, end };
    const count = countOf(window);
    if (count === 0) return { end, count, fromReference: null, fromRecent: lookbacks.map(() => null) };
    const sum = history.sumOf([window]);
    const differenceFrom = (windows: readonly Window[]): number | null =>
      windows.every((earlier) => countOf(earlier) > 0)
        ? (differenceBetween(method, grid, history.sumOf(windows), sum) ?? null)
        : null;
    const ofReference = (): number | null => {
      if ('weeks' in reference) return differenceFrom(earlierWindows(window, reference.weeks));
      if (!reference.windows.some(({ start, end }) => start <= window.start && window.end <= end))
        return null;
      return differenceBetween(method, grid, restOf(grid, whole!, sum), sum) ?? null;
    };
    return {
      end,
      count,
      fromReference: ofReference(),
      fromRecent: lookbacks.map((lookback) => differenceFrom(earlierWindows(window, lookback))),
    };
  });
  return { since: history.first, windows };
}

/** Of all windows that reach into the history. */
function pastEnds({ first, last }: WindowSums, end: number): number[] {
  const ends: number[] = [];
  for (let step = Math.ceil((end - first) / dayMs) - 1; step >= 0; step -= 1) {
    const past = end - step * dayMs;
    if (past <= last) ends.push(past);
  }
  return ends;
}
