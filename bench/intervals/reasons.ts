/** Why a cell of the table of coverages misses 93 to 97: by what is known of its hours before anything is computed. */

import type { Cell } from './cells.ts';
import { dependences, windows } from './processes.ts';

/** So many independent hours the mean of a series that forgets by a factor an hour is worth. */
export function independentHours({ window, dependence }: Cell): number {
  const { hours } = windows.find(({ name }) => name === window)!;
  const { correlation } = dependences.find(({ name }) => name === dependence)!;
  return (hours * (1 - correlation)) / (1 + correlation);
}

/** The first that holds; cells that are covered too often come first. */
const reasons: readonly (readonly [why: string, holds: (cell: Cell) => boolean])[] = [
  [
    'too wide: what repeats by hour of the day counts as uncertainty until the third day',
    (cell) => isTooWide(cell) && cell.dependence === 'daily' && hoursOf(cell) <= 50,
  ],
  ['too wide: within a few hours the degrees of freedom are few, and are taken for fewer', isTooWide],
  [
    'expected calibration error: a mean of absolute values, which is biased upwards by as much as its interval is wide',
    ({ metric }) => metric === 'expected_calibration_error',
  ],
  [
    'the hours are worth fewer than 9 independent ones, which cannot be seen in them',
    (cell) => independentHours(cell) < 9,
  ],
  ['a few heavy hours carry much of it, so that the other hours show too small a spread', () => true],
];

/** Why is this cell out of range? */
export function whyOutOfRange(cell: Cell): string {
  return reasons.find(([, holds]) => holds(cell))![0];
}

function isTooWide({ covered, given }: Cell): boolean {
  return covered > 0.95 * given;
}

function hoursOf({ window }: Cell): number {
  return windows.find(({ name }) => name === window)!.hours;
}
