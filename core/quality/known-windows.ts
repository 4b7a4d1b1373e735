/** Which time tells what is usual for a window: the reference, and what was before the window. */

import type { Monitor } from '../monitor/schema.ts';
import {
  earlierWindowCount,
  earlierWindows,
  referenceWindows,
  windowsToProfile,
} from '../reference/windows.ts';
import { hourMs, hoursOf, weekMs, windowsOfHours, type Window } from '../window.ts';

/** Without the current window itself, and only what a drift run has profiled. */
export interface KnownWindows {
  /** What shares are held against. */
  readonly reference: readonly Window[];
  /** All that is known besides. */
  readonly others: readonly Window[];
  /** The latest 8 weeks of both, which are read hour by hour. */
  readonly usual: readonly Window[];
  /** The windows of the same hours of the week before, the newest first. */
  readonly earlier: readonly Window[];
}

const usualHours = (8 * weekMs) / hourMs;

/**
 * What can a window be held against? The same windows whatever other runs have profiled, so that no result depends on
 * them. Hours before the window count first; those of a reference that lies after it only where there are less than a week of them.
 *
 * @param firstHour The first hour with a row: nothing is known of the time before.
 * @param isRemoved Of hours whose rows were removed nothing is known either.
 * @example
 * const week = (number) => ({ start: number * weekMs, end: (number + 1) * weekMs });
 * const { earlier, usual } = knownWindows({ kind: 'rolling', length: '28d' }, week(10), week(6).start);
 * [earlier.length, usual.length] // [4, 1]
 */
export function knownWindows(
  reference: Monitor['reference'],
  current: Window,
  firstHour: number,
  isRemoved: (hour: number) => boolean = () => false,
): KnownWindows {
  const hours = windowsToProfile(reference, current, firstHour)
    .flatMap(hoursOf)
    .filter((hour) => hour >= firstHour && (hour < current.start || hour >= current.end) && !isRemoved(hour));
  const compared = new Set(referenceWindows(reference, current).compared.flatMap(hoursOf));
  const before = hours.filter((hour) => hour < current.start);
  const usual = before.length >= weekMs / hourMs ? before.slice(-usualHours) : hours.slice(0, usualHours);
  const known = new Set(before);
  const earlier = earlierWindows(current, earlierWindowCount).filter((window) =>
    // A part of a window is no window.
    hoursOf(window).every((hour) => known.has(hour)),
  );
  return {
    reference: windowsOfHours(hours.filter((hour) => compared.has(hour))),
    others: windowsOfHours(hours.filter((hour) => !compared.has(hour))),
    usual: windowsOfHours(usual),
    earlier,
  };
}
