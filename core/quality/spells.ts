/** Spells: hours on end outside a range, and how they were entered and left. */

import { hourMs } from '../window.ts';
import type { ColumnSpan, Extent } from './column-span.ts';

export type Side = 'low' | 'high';

export interface Spell {
  readonly hours: readonly ColumnSpan[];
  /** The hour with values before the first and after the last; absent at either end of what is known. */
  readonly before?: ColumnSpan;
  readonly after?: ColumnSpan;
}

/** The spells of some hours on one side of a range; the hour `previous` comes before the first of them. */
export function spellsOf(
  side: Side,
  range: Extent,
  hours: readonly ColumnSpan[],
  previous?: ColumnSpan,
): readonly Spell[] {
  const spells: { hours: ColumnSpan[]; before?: ColumnSpan; after?: ColumnSpan }[] = [];
  let last = previous;
  let isOpen = false;
  for (const hour of hours) {
    if (hour.extent === undefined) continue;
    const isOutside = distanceOutside(side, range, hour) > 0;
    if (isOutside && isOpen) spells.at(-1)!.hours.push(hour);
    else if (isOutside) spells.push({ hours: [hour], ...(last !== undefined && { before: last }) });
    else if (isOpen) spells.at(-1)!.after = hour;
    isOpen = isOutside;
    last = hour;
  }
  return spells;
}

/** How far the lowest (or highest) value of an hour lies outside a range; 0 or less where it does not. */
export function distanceOutside(side: Side, range: Extent, { extent }: ColumnSpan): number {
  if (extent === undefined) return 0;
  return side === 'low' ? range.min - extent.min : extent.max - range.max;
}

/** A step is taken between hours that are at most so far apart. */
const longestStepMs = 6 * hourMs;
/** With fewer steps the largest of them is no limit. */
const fewestSteps = 48;

/** How far the lowest (or highest) value moved between two hours; undefined where they are too far apart. */
export function stepBetween(
  side: Side,
  from: ColumnSpan | undefined,
  to: ColumnSpan | undefined,
): number | undefined {
  if (from?.extent === undefined || to?.extent === undefined) return undefined;
  if (to.window.start - from.window.end > longestStepMs) return undefined;
  return side === 'low'
    ? Math.abs(to.extent.min - from.extent.min)
    : Math.abs(to.extent.max - from.extent.max);
}

/** The largest step of some hours in time order; undefined where fewer than 48 pairs are near enough to each other. */
export function largestStepOf(side: Side, hours: readonly ColumnSpan[]): number | undefined {
  const filled = hours.filter(({ extent }) => extent !== undefined);
  const steps = filled
    .slice(1)
    .map((hour, i) => stepBetween(side, filled[i], hour))
    .filter((step) => step !== undefined);
  return steps.length < fewestSteps ? undefined : steps.reduce((largest, step) => Math.max(largest, step), 0);
}
