import { floorToDay, dayMs, windowWithout, type Window } from '../window.ts';

/**
 * Which part of a training window becomes the reference of the version that was trained on it? The longest stretch of whole
 * days without anything that was left out of the training, of equally long ones the latest; undefined without a whole day.
 *
 * @example
 * const training = { start: 0, end: 10 * dayMs };
 * referenceOf(training, [{ start: 3 * dayMs, end: 3.5 * dayMs }]) // { start: 345_600_000, end: 864_000_000 }
 */
export function referenceOf(training: Window, leftOut: readonly Window[]): Window | undefined {
  return windowWithout(training, leftOut)
    .map(({ start, end }) => ({ start: floorToDay(start + dayMs - 1), end: floorToDay(end) }))
    .filter(({ start, end }) => start < end)
    .toSorted((a, b) => b.end - b.start - (a.end - a.start) || b.end - a.end)[0];
}
