/** How much do windows of a column usually differ, from the reference and from those before them, when nothing is wrong? */

import type { ReferenceGrid } from '../profile/grid.ts';
import { earlierWindows } from '../reference/windows.ts';
import type { MethodName } from '../statistics/registry.ts';
import { dayMs, type Window } from '../window.ts';
import { asOfFullWindow } from './difference.ts';
import { designEffect } from './effective-size.ts';
import { enoughIndependent, fitPastDifferences, limitOf, type PastDifferences } from './past-differences.ts';
import { comparePastWindows, lookbacks, type PastWindow, type PastWindows } from './past-windows.ts';
import type { ProfiledHour } from './window-sums.ts';

export interface CalibrationInput {
  readonly grid: ReferenceGrid;
  /** The deciding method of the column. */
  readonly method: MethodName;
  /** Milliseconds; a whole number of hours. */
  readonly windowLength: number;
  /** Past windows end a whole number of days before it: the end of the current window, or of any with the same phase. */
  readonly end: number;
  /** What the current window is compared with: stretches of `hours`, or for a seasonal reference the weeks before each window. */
  readonly reference: readonly Window[] | { readonly weeks: number };
  /** In time order: the reference, and production since whose windows raised no alert. Days will do where windows are whole days. */
  readonly hours: readonly ProfiledHour[];
}

/** What was learned, or why nothing was. */
export type Learned<T extends PastDifferences = PastDifferences> = T | { readonly unknown: string };

/** How many windows back the recent past reaches. */
export type RecentDifferences = PastDifferences & { readonly lookback: number };

/** JSON-safe, less than 1 kB. */
export interface ColumnCalibration {
  readonly version: 1;
  readonly method: MethodName;
  readonly windowLength: number;
  /** Of past windows against the rest of the reference. */
  readonly reference: Learned;
  /** Of past windows against those before them, at the same hours of the week. */
  readonly recent: Learned<RecentDifferences>;
  /** Windows that lie apart from each other. */
  readonly windows: number;
  /** Rows over the independent rows that tell as much; see `designEffect`. */
  readonly designEffect: number;
  /** Values of a window, the median of the past ones. */
  readonly usualRows: number;
}

/** Where the lookbacks are compared: a p-value that is needed among a few features. */
const limitPValue = 0.01;
/** A window with a smaller share of the usual rows is only a part of one. */
export const leastShareOfRows = 1 / 2;

/**
 * Learns from past windows how much a column usually differs.
 *
 * A window of the same length ends every day, at the hour of `end`. Question `reference`: each of them against the rest of
 * the reference. Question `recent`: each against the sum of the 1, 2, 4 or 8 windows before it, whole weeks apart. To the
 * differences of each question a law is fitted (see `pValueOf`) with the number of windows that independent ones would be;
 * below 12 it stays unknown. Windows with less than half of the usual rows are left out.
 *
 * Cost: 5 comparisons a day of history (a year, a column: 0.1 s).
 *
 * @example
 * const grid = buildContinuousGrid(Float64Array.from({ length: 2400 }, (_, i) => Math.sin(i)));
 * const values = (day) => Float64Array.from({ length: 24 }, (_, hour) => Math.sin(24 * day + hour));
 * const hours = Array.from({ length: 100 }, (_, day) => ({ start: day * dayMs, profile: buildProfile(grid, values(day)) }));
 * const span = { start: 0, end: 100 * dayMs };
 * calibrateColumn({ grid, method: 'wasserstein', windowLength: dayMs, end: span.end, reference: [span], hours })
 * // { reference: { windows: 100, median: 0.0628254 }, recent: { lookback: 4 }, designEffect: 1, usualRows: 24 }
 */
export function calibrateColumn({ reference, hours, ...input }: CalibrationInput): ColumnCalibration {
  const ofReference = within(reference, hours);
  return learnFromWindows({
    ...input,
    ...('weeks' in reference && { weeks: reference.weeks }),
    past: comparePastWindows({
      ...input,
      reference: 'weeks' in reference ? reference : { windows: reference, hours: ofReference },
      hours,
    }),
    designEffect: designEffect(input.grid, ofReference),
  });
}

export interface LearningInput extends Pick<CalibrationInput, 'method' | 'windowLength'> {
  readonly past: PastWindows;
  /** How many weeks before each window are its reference, of a seasonal one. */
  readonly weeks?: number;
  /** Of the reference. */
  readonly designEffect: number;
}

/**
 * The same, where it is known how past windows differed.
 *
 * @example
 * const windows = Array.from({ length: 40 }, (_, day) => ({
 *   end: (day + 1) * dayMs, count: 24, fromReference: 0.1 + (day % 5) / 50, fromRecent: [null, null, null, null],
 * }));
 * learnFromWindows({ method: 'wasserstein', windowLength: dayMs, past: { since: 0, windows }, designEffect: 1 })
 * // { reference: { windows: 40, median: 0.14 }, windows: 40, usualRows: 24 }
 */
export function learnFromWindows({
  method,
  windowLength,
  past,
  weeks,
  designEffect,
}: LearningInput): ColumnCalibration {
  const countOf = new Map(past.windows.map(({ end, count }) => [end, count]));
  const windows = past.windows.filter(({ end }) => end - windowLength >= past.since);
  const counts = windows.map(({ count }) => count).filter((count) => count > 0);
  const usualRows = medianOf(counts);
  const isFull = (end: number): boolean =>
    (countOf.get(end) ?? 0) >= Math.max(1, usualRows * leastShareOfRows);
  const learn = (
    base: number | undefined,
    differenceOf: (window: PastWindow) => number | null,
  ): PastDifferences | undefined => {
    const differences = windows.map((window) => {
      const difference = differenceOf(window);
      const itself = { start: window.end - windowLength, end: window.end };
      const before = base === undefined ? [] : earlierWindows(itself, base);
      return difference !== null && [itself, ...before].every(({ end }) => isFull(end))
        ? asOfFullWindow(difference, window.count, usualRows)
        : undefined;
    });
    return fitPastDifferences(
      method,
      trimmed(everyDay(windows, differences)),
      Math.max(1, windowLength / dayMs),
    );
  };
  const againstRecent = lookbacks.flatMap((lookback, at) => {
    const past = learn(lookback, ({ fromRecent }) => fromRecent[at] ?? null);
    return past === undefined || past.independent < enoughIndependent ? [] : [{ ...past, lookback }];
  });
  return {
    version: 1,
    method,
    windowLength,
    reference: enoughOf(learn(weeks, ({ fromReference }) => fromReference)),
    recent: leastLimit(method, againstRecent),
    windows: counts.length * Math.min(1, dayMs / windowLength),
    designEffect,
    usualRows,
  };
}

/** What there is of each day, from the first to the last. */
function everyDay<T>(windows: readonly PastWindow[], found: readonly T[]): (T | undefined)[] {
  const first = windows[0]?.end ?? 0;
  const days: (T | undefined)[] = [];
  for (const [at, { end }] of windows.entries()) days[(end - first) / dayMs] = found[at];
  return Array.from(days);
}

function within(
  reference: CalibrationInput['reference'],
  hours: readonly ProfiledHour[],
): readonly ProfiledHour[] {
  if ('weeks' in reference) return hours;
  return hours.filter(({ start: hour }) => reference.some(({ start, end }) => start <= hour && hour < end));
}

function enoughOf(past: PastDifferences | undefined): Learned {
  if (past === undefined) return { unknown: 'there are too few past windows' };
  return past.independent >= enoughIndependent ? past : { unknown: unlike(past) };
}

function unlike({ independent, windows }: PastDifferences): string {
  return `the ${windows} past windows tell no more than ${Math.floor(independent)} independent ones, ${enoughIndependent} are needed`;
}

function leastLimit(method: MethodName, learned: readonly RecentDifferences[]): Learned<RecentDifferences> {
  const limits = learned.map((past) => ({ past, limit: limitOf(method, limitPValue, past) }));
  const [best] = limits.sort((a, b) => a.limit - b.limit);
  return best?.past ?? { unknown: 'there are too few past windows' };
}

/** Without the unknown ones at both ends, which tell nothing of the distance between the others. */
function trimmed(differences: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const first = differences.findIndex((difference) => difference !== undefined);
  return first < 0 ? [] : differences.slice(first, differences.findLastIndex((d) => d !== undefined) + 1);
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
