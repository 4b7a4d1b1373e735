/** Which windows are compared, and what is asked of each. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import { lookBackOf } from '../../core/comparison/look-back.ts';
import { distinctWindows, durationMs, trailingWindow } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { isClosed, newestInstant } from '../performance/evaluate-windows.ts';
import { listComparedWindows } from './store.ts';

/** What is asked of a window: the versions of one length, the slices of another. */
export interface Parts {
  readonly versions: boolean;
  readonly slices: boolean;
}

/**
 * The windows that end at asOf, and those compared before that may still be restated; of a given one, itself and those
 * compared before that lie in it.
 */
export async function windowsToCompare(
  connection: Queryable,
  monitor: Monitor,
  asOf: number,
  given: Window | undefined,
): Promise<Window[]> {
  const { comparisons, actualsHorizon } = monitor.performance;
  if (!comparisons.enabled) return [];
  if (given !== undefined) {
    const within = await listComparedWindows(connection, monitor.model, given);
    return distinctWindows([given, ...within.filter(({ start }) => start >= given.start)]);
  }
  const now = await newestInstant(connection, monitor.model, asOf);
  const due = [comparisons.window, comparisons.weakSlices.window]
    .map((duration) => trailingWindow(asOf, duration))
    .filter((window) => partsOf(monitor, window).versions || partsOf(monitor, window).slices);
  const known = await listComparedWindows(connection, monitor.model, {
    start: Math.min(asOf, now - durationMs(actualsHorizon)) - 1,
    end: asOf,
  });
  const isKnown = ({ start, end }: Window): boolean =>
    known.some((window) => window.start === start && window.end === end);
  const isFinal = (window: Window): boolean => isClosed({ monitor, now }, window) && isKnown(window);
  return distinctWindows([...due, ...known.filter((window) => isOfDue(window, due))]).filter(
    (window) => !isFinal(window),
  );
}

/** Those compared before that end in a range and start before an instant. */
export async function windowsToCompareAgain(
  connection: Queryable,
  { model, performance }: Monitor,
  { startingBefore, ...range }: Window & { readonly startingBefore: number },
): Promise<Window[]> {
  if (!performance.comparisons.enabled) return [];
  const known = await listComparedWindows(connection, model, range);
  return known.filter(({ start }) => start < startingBefore);
}

/** What was once compared by hand, or by another configuration, is not compared again by itself. */
function isOfDue({ start, end }: Window, due: readonly Window[]): boolean {
  return due.some((window) => window.end - window.start === end - start);
}

/** A window of another length was given by hand: everything is asked of it. */
export function partsOf(monitor: Monitor, { start, end }: Window): Parts {
  const { window, weakSlices } = monitor.performance.comparisons;
  const isOf = (duration: string): boolean => end - start === durationMs(duration);
  const isOther = !isOf(window) && !isOf(weakSlices.window);
  return {
    versions: isOther || isOf(window),
    slices: weakSlices.enabled && (isOther || isOf(weakSlices.window)),
  };
}

/** The time whose rows a comparison reads: that of the baselines is before the window. */
export function readFor({ start, end }: Window, { versions }: Parts): Window {
  return { start: versions ? start - lookBackOf(end - start) : start, end };
}
