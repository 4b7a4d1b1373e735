/** Which windows a current window is compared with. */

import type { Monitor } from '../monitor/schema.ts';
import {
  durationMs,
  overlaps,
  parseInstant,
  weekMs,
  windowsOfHours,
  hoursOf,
  type Window,
} from '../window.ts';

/** How many earlier windows of the same hours of the week a sudden change is looked for in. */
export const earlierWindowCount = 8;
/** A reference that holds this many windows tells by itself how much they usually change. */
const enoughWindows = 20;
/** Where it holds fewer, the months before the current window help. */
const historyMs = 26 * weekMs;

/** A reference's windows, for one current window. */
export interface ReferenceWindows {
  /** Its rows freeze the grid; null for training statistics. */
  readonly grid: Window | null;
  /** Their rows are what the current window is compared with. */
  readonly compared: readonly Window[];
}

/**
 * Which rows is a current window compared with, and which freeze the grid?
 *
 * A fixed and a rolling reference are one window for both. A seasonal one is the same hours of the week in the weeks before;
 * its grid is frozen anew only when as many weeks have gone by, so that profiles last.
 *
 * @example
 * const current = { start: parseInstant('2011-05-13T00:00:00Z'), end: parseInstant('2011-05-20T00:00:00Z') };
 * referenceWindows({ kind: 'rolling', length: '30d' }, current).compared.map(formatWindow)
 * // [{ start: '2011-04-13T00:00:00Z', end: '2011-05-13T00:00:00Z' }]
 */
export function referenceWindows(reference: Monitor['reference'], current: Window): ReferenceWindows {
  switch (reference.kind) {
    case 'fixed': {
      const grid = {
        start: parseInstant(`${reference.start}T00:00:00Z`),
        end: parseInstant(`${reference.end}T00:00:00Z`),
      };
      return { grid, compared: [grid] };
    }
    case 'rolling': {
      const grid = { start: current.start - durationMs(reference.length), end: current.start };
      return { grid, compared: [grid] };
    }
    case 'seasonal': {
      const length = reference.weeks * weekMs;
      const end = Math.floor(current.start / length) * length;
      return { grid: { start: end - length, end }, compared: earlierWindows(current, reference.weeks) };
    }
    case 'training-statistics':
      return { grid: null, compared: [] };
  }
}

/**
 * The windows of the same hours of the week before a window, the newest first. A window longer than a week steps by as many
 * weeks as it needs not to overlap.
 *
 * @example
 * const lastDay = { start: parseInstant('2011-05-19T00:00:00Z'), end: parseInstant('2011-05-20T00:00:00Z') };
 * earlierWindows(lastDay, 2).map(({ start }) => formatDay(start)) // ['2011-05-12', '2011-05-05']
 */
export function earlierWindows(current: Window, count: number): readonly Window[] {
  const step = Math.ceil((current.end - current.start) / weekMs) * weekMs;
  return Array.from({ length: count }, (_, i) => ({
    start: current.start - (i + 1) * step,
    end: current.end - (i + 1) * step,
  }));
}

/** What is looked at to learn how much windows usually change. */
export interface CalibrationSpan {
  /** In time order, apart from each other. */
  readonly spans: readonly Window[];
  /** Nothing at or after it is looked at: as long as it stays, so does the calibration. */
  readonly before: number;
}

/**
 * Which time teaches how much windows of this length usually differ when nothing is wrong?
 *
 * The reference alone where it holds 20 of them, and for a rolling one, whose grid lasts a day; else also the 26 weeks
 * before the current window. Never the current window or anything after it, so that no run depends on a later one.
 *
 * @example
 * const current = { start: parseInstant('2011-05-13T00:00:00Z'), end: parseInstant('2011-05-20T00:00:00Z') };
 * calibrationSpan({ kind: 'fixed', start: '2011-01-01', end: '2011-03-01' }, current).spans.map(formatWindow)
 * // [{ start: '2010-11-12T00:00:00Z', end: '2011-05-13T00:00:00Z' }]
 */
export function calibrationSpan(reference: Monitor['reference'], current: Window): CalibrationSpan {
  const { grid } = referenceWindows(reference, current);
  if (grid === null) return { spans: [], before: current.start };
  const step = current.end - (earlierWindows(current, 1)[0]?.end ?? current.end);
  const isEnough = grid.end <= current.start && grid.end - grid.start >= enoughWindows * step;
  if (reference.kind === 'fixed' && isEnough) return { spans: [grid], before: grid.end };
  if (reference.kind === 'rolling') return { spans: [grid], before: current.start };
  const history = { start: current.start - historyMs, end: current.start };
  const spans = reference.kind === 'seasonal' ? [history] : [grid, history];
  return { spans: union(spans.filter((span) => span.start < current.start)), before: current.start };
}

/**
 * Everything that has to be profiled before a current window can be judged, from the first hour that there is on.
 *
 * @example
 * const current = { start: parseInstant('2011-05-13T00:00:00Z'), end: parseInstant('2011-05-20T00:00:00Z') };
 * windowsToProfile({ kind: 'rolling', length: '30d' }, current, 0).map(formatWindow)
 * // [{ start: '2011-04-13T00:00:00Z', end: '2011-05-20T00:00:00Z' }]
 */
export function windowsToProfile(
  reference: Monitor['reference'],
  current: Window,
  firstHour: number,
): readonly Window[] {
  const { grid, compared } = referenceWindows(reference, current);
  const { spans } = calibrationSpan(reference, current);
  const earlier = reference.kind === 'fixed' ? earlierWindows(current, earlierWindowCount) : [];
  return union([...(grid === null ? [] : [grid]), ...compared, ...spans, ...earlier, current]).flatMap(
    (window) =>
      window.end <= firstHour && !overlaps(window, current)
        ? []
        : [{ start: Math.max(window.start, Math.min(firstHour, current.start)), end: window.end }],
  );
}

function union(windows: readonly Window[]): Window[] {
  return windowsOfHours(windows.flatMap(hoursOf));
}
