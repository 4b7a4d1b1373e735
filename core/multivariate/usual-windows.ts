/** What is usual: the same number, found in earlier windows of the same length when nothing was wrong. */

import { studentSurvival } from '../statistics/distributions.ts';
import { overlaps, weekMs, type Window } from '../window.ts';

/** Fewer windows do not tell how much a number usually varies. */
export const fewestUsualWindows = 3;

/** A number held against what is usual. JSON-safe. */
export interface AgainstUsual {
  readonly windows: number;
  readonly mean: number;
  readonly standardDeviation: number;
  /** How probable is a number this far out in one more window? */
  readonly pValue: number;
}

/**
 * Is a number unusual, given the same number of earlier windows? The p-value is that of one more value from the normal
 * law that they come from: Student's law with n - 1 degrees of freedom for (value - mean) / (deviation sqrt(1 + 1 /
 * n)).
 *
 * Undefined below three windows. Where all of them are equal, any other value has p = 0.
 *
 * Source: Hahn and Meeker (1991), Statistical Intervals, section 4.7.
 *
 * @param side `above` where only a larger number is bad, `both` where a smaller one is as well
 * @example againstUsual(4, [1, 2, 3], 'above').pValue // 0.112702
 */
export function againstUsual(
  value: number,
  usual: readonly number[],
  side: 'above' | 'both',
): AgainstUsual | undefined {
  const windows = usual.length;
  if (windows < fewestUsualWindows) return undefined;
  const mean = usual.reduce((sum, each) => sum + each / windows, 0);
  const squares = usual.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const standardDeviation = Math.sqrt(squares / (windows - 1));
  const excess = side === 'above' ? value - mean : Math.abs(value - mean);
  const t = excess === 0 ? 0 : excess / (standardDeviation * Math.sqrt(1 + 1 / windows));
  const beyond = studentSurvival(t, windows - 1);
  return { windows, mean, standardDeviation, pValue: side === 'above' ? beyond : Math.min(1, 2 * beyond) };
}

/** So many usual windows are looked at: each costs as much as the current one. */
const mostUsualWindows = 8;

/**
 * Which windows show what is usual for a current one? Those of its length and of the same hours of the week that lie
 * in the given spans of time and do not overlap it, in the order of time; of more than eight, eight spread evenly.
 *
 * @example
 * const march = { start: parseInstant('2011-03-01T00:00:00Z'), end: parseInstant('2011-04-01T00:00:00Z') };
 * const week = { start: parseInstant('2011-07-04T00:00:00Z'), end: parseInstant('2011-07-11T00:00:00Z') };
 * usualWindows([march], week).map(({ start }) => formatDay(start)) // ['2011-03-07', '2011-03-14', '2011-03-21']
 */
export function usualWindows(spans: readonly Window[], current: Window): Window[] {
  const length = current.end - current.start;
  const step = Math.ceil(length / weekMs) * weekMs;
  const found = spans.flatMap((span) => {
    const steps = Math.ceil((span.start - current.start) / step);
    const windows: Window[] = [];
    for (let start = current.start + steps * step; start + length <= span.end; start += step) {
      windows.push({ start, end: start + length });
    }
    return windows.filter((window) => !overlaps(window, current));
  });
  found.sort((a, b) => a.start - b.start);
  if (found.length <= mostUsualWindows) return found;
  const stride = (found.length - 1) / (mostUsualWindows - 1);
  return Array.from({ length: mostUsualWindows }, (_, i) => found[Math.round(i * stride)]!);
}
