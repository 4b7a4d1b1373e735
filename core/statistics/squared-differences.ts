/**
 * Between what the sum of squared differences of the cumulative shares lies in a cell, where the order of its values is
 * unknown.
 */

import { isMixed, type Cell } from './cells.ts';

/**
 * Of the sum over the values in a cell of the mean of the squared differences before and after each (ties once, by their
 * number).
 */
export interface SumOfSquares {
  readonly least: number;
  /** For values of both sides that alternate evenly, none tied. */
  readonly even: number;
  readonly most: number;
}

/**
 * What the counts of a cell allow, with b and e the difference before and after it, and l values in it.
 *
 * Along the values the difference goes from b to e in steps; ties make one long step of several. The sum is the area
 * under the squares joined by straight lines, so it falls when a step is divided, and is never below the area under the
 * square of the path joined by straight lines. One side only: every undivided step is the most, distinct values are the
 * least. Both sides: the path stays between those on which all values of one side come first; the squares stay below the
 * lines that lead in min(n, m) values from b^2 up to the largest square H, stay there, and lead down to e^2; they stay
 * above the square of the nearest the path can be to 0, which is convex along the path, so that its mean is at least what
 * it is in the middle (Jensen).
 */
export function sumOfSquaresIn(cell: Cell): SumOfSquares {
  const { inReference, inCurrent, isPoint, before: b, after: e, rise, fall } = cell;
  const count = inReference + inCurrent;
  const undivided = (count * (b * b + e * e)) / 2;
  if (count <= 1 || isPoint) return { least: undivided, even: undivided, most: undivided };
  const even = (count * (b * b + b * e + e * e)) / 3 + (b - e) ** 2 / (6 * count);
  if (!isMixed(cell)) return { least: even, even, most: undivided };
  const fewer = Math.min(inReference, inCurrent);
  const more = Math.max(inReference, inCurrent);
  const largest = Math.max(b + rise, fall - b) ** 2;
  return {
    least: count * nearestToZero(cell) ** 2,
    even,
    most: (fewer * (b * b + e * e)) / 2 + more * Math.max(largest, b * b, e * e),
  };
}

/** How near to 0 can the difference be after half of the values of a cell? */
export function nearestToZero({ inReference, inCurrent, before, rise, fall }: Cell): number {
  const half = (inReference + inCurrent) / 2;
  const perReference = inReference > 0 ? rise / inReference : 0;
  const perCurrent = inCurrent > 0 ? fall / inCurrent : 0;
  const lowest =
    before - Math.min(half, inCurrent) * perCurrent + Math.max(0, half - inCurrent) * perReference;
  const highest =
    before + Math.min(half, inReference) * perReference - Math.max(0, half - inReference) * perCurrent;
  return Math.max(lowest, -highest, 0);
}
