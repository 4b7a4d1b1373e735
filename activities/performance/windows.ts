/** Which windows a monitor wants evaluated. */

import { referenceSpan } from '../../core/degradation/baseline.ts';
import { neededWindows } from '../../core/degradation/needed-windows.ts';
import { rulesOf } from '../../core/degradation/rules.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import { dayMs, distinctWindows, durationMs, trailingWindow } from '../../core/window.ts';

/** The windows of a monitor that end at an instant. */
export function ownWindows({ performance }: Monitor, asOf: number): Window[] {
  return performance.windows.map((length) => trailingWindow(asOf, length));
}

/** The windows that a monitor wants evaluated at an instant: its own, and those its degradation rules look at. */
export function dueWindows(monitor: Monitor, asOf: number): Window[] {
  return distinctWindows([
    ...ownWindows(monitor, asOf),
    ...['1d', '7d'].map((length) => trailingWindow(asOf, length)),
    ...neededWindows(rulesOf(monitor), asOf, referenceSpan(monitor.reference)),
  ]);
}

/** The first hour of all windows that end about asOf and may still be restated. */
export function firstDueHour(monitor: Monitor, asOf: number): number {
  const starts = dueWindows(monitor, asOf).map(({ start }) => start);
  return Math.min(...starts) - durationMs(monitor.performance.actualsHorizon);
}

/** The summaries of a longer span are not held at once, unless a single window is longer. */
const mostSpanMs = 62 * dayMs;

/** Windows in order of their start, grouped so that overlapping ones are read from the database once. */
export function overlappingGroups(windows: readonly Window[]): { span: Window; windows: Window[] }[] {
  const groups: { span: { start: number; end: number }; windows: Window[] }[] = [];
  for (const window of windows.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = groups.at(-1);
    const fits = last !== undefined && Math.max(last.span.end, window.end) - last.span.start <= mostSpanMs;
    if (fits && window.start < last.span.end) {
      last.span.end = Math.max(last.span.end, window.end);
      last.windows.push(window);
    } else {
      groups.push({ span: { ...window }, windows: [window] });
    }
  }
  return groups;
}

/** Is it as long as one of the monitor's windows? Segments are evaluated in these. */
export function isMonitored({ performance }: Monitor, { start, end }: Window): boolean {
  return performance.windows.some((length) => durationMs(length) === end - start);
}
