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
  return stepsOf(side, hours)?.reduce((largest, step) => Math.max(largest, step), 0);
}

/** A record of what grows is set by steps that grow too: those of bike rentals in spring, by a third. */
const unusualTimes = 1.5;

/**
 * From which step on is one unusual? Half as large again as the largest of some hours; and where large steps are rare and far
 * apart, as those of rain, beyond the largest by twice as much as that is beyond the 99th percentile. Undefined where fewer than 48
 * pairs are near enough to each other.
 */
export function unusualStepOf(side: Side, hours: readonly ColumnSpan[]): number | undefined {
  const steps = stepsOf(side, hours);
  if (steps === undefined) return undefined;
  const { largest, tail } = upperTailOf(steps);
  return Math.max(unusualTimes * largest, largest + tail);
}

/** How far beyond the range of some hours a value is to be expected: twice what their extreme is beyond the 99th percentile. */
export function usualReachOf(side: Side, hours: readonly ColumnSpan[]): number {
  const extremes = hours.flatMap(({ extent }) =>
    extent === undefined ? [] : [side === 'low' ? -extent.min : extent.max],
  );
  return extremes.length === 0 ? 0 : upperTailOf(extremes).tail;
}

const tail = { quantile: 0.99, times: 2 } as const;

function upperTailOf(numbers: readonly number[]): { readonly largest: number; readonly tail: number } {
  const sorted = [...numbers].sort((a, b) => a - b);
  const largest = sorted.at(-1) ?? 0;
  const high = sorted[Math.floor(tail.quantile * (sorted.length - 1))] ?? 0;
  return { largest, tail: tail.times * (largest - high) };
}

function stepsOf(side: Side, hours: readonly ColumnSpan[]): readonly number[] | undefined {
  const filled = hours.filter(({ extent }) => extent !== undefined);
  const steps = filled
    .slice(1)
    .map((hour, i) => stepBetween(side, filled[i], hour))
    .filter((step) => step !== undefined);
  return steps.length < fewestSteps ? undefined : steps;
}
