/** Where the bars of a picture begin and end. */

import { nextUp, type ContinuousGrid } from '../profile/grid.ts';

const mostBars = 40;
/** A picture of fewer has one a value. */
export const fewestBars = 10;
/** So many steps are shown, even where nearly all values are one. */
const fewestSteps = 10;
/** In a column of more, no picture shows that it has steps, and rounding would move them. */
const mostSteps = 1e6;

export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * Which bars show what lies in a range? All are equally wide, at most 40.
 *
 * Their number follows the smaller side (Rice's rule, 2 times the cube root of its values), so that a short window is not a
 * comb of gaps. A column of steps (whole degrees, hundredths) gets bars of whole steps with its values in the middle, one a
 * value where 40 are enough: bars of 1.5 steps would show a pattern that is not there.
 *
 * @param smallerSide values of the side that has fewer
 * @example barEdges({ low: 0, high: 10 }, 24, { first: 0, step: 5 }) // [-2.5, 2.5, 7.5, 12.5]
 */
export function barEdges(
  { low, high }: Range,
  smallerSide: number,
  lattice: Lattice | undefined,
): readonly number[] {
  const bars = Math.min(mostBars, Math.max(fewestBars, Math.ceil(2 * Math.cbrt(smallerSide))));
  // The last bar must hold the highest value.
  if (lattice === undefined) return equalEdges(low, (high - low) / bars, bars, nextUp(high));
  const { first, step } = lattice;
  const steps = Math.round((high - low) / step) + 1;
  const width = step * (steps <= mostBars ? 1 : Math.ceil(steps / bars));
  const start = first + (Math.round((low - first) / step) - 0.5) * step;
  const count = Math.floor((high - start) / width) + 1;
  return equalEdges(start, width, count, start + count * width);
}

/**
 * The reference from its minimum to its maximum, less what lies further outside of its middle 90% than that is wide: one value
 * in a million far away must not squeeze all others into a bar.
 *
 * @param cells what is to be shown of the reference, per cell of the grid
 */
export function referenceRange(
  { edges, summary }: ContinuousGrid,
  cells: Float64Array,
  step: number | undefined,
): Range {
  const { min, max } = summary!;
  const count = cells.reduce((sum, inCell) => sum + inCell, 0);
  let below = 0;
  let [early, late] = [min, max];
  for (const [cell, edge] of edges.entries()) {
    below += cells[cell]!;
    if (below <= count * 0.05) early = edge;
    if (below >= count * 0.95) {
      late = Math.min(edge, max);
      break;
    }
  }
  const middle = reachOf({ low: early, high: late }, step);
  return { low: Math.max(min, early - middle), high: Math.min(max, late + middle) };
}

/** Values that lie below or above all of the reference. */
export interface Outside {
  readonly count: number;
  readonly mean: number;
  /** The furthest of them. */
  readonly end: number;
}

/** The reference keeps at least a fifth of the picture, or a ninth when values left it on both sides. */
const furthest = 4;

/** A range that also shows where the current values went, if they did not go further than 4 times its width. */
export function widen({ low, high }: Range, outside: readonly Outside[], step: number | undefined): Range {
  const reach = furthest * reachOf({ low, high }, step);
  const near = outside.filter(({ mean }) => mean >= low - reach && mean <= high + reach);
  const ends = near.map(({ end }) => Math.min(Math.max(end, low - reach), high + reach));
  return { low: Math.min(low, ...ends), high: Math.max(high, ...ends) };
}

function reachOf({ low, high }: Range, step: number | undefined): number {
  return step === undefined ? high - low : Math.max(Math.round((high - low) / step), fewestSteps) * step;
}

/** The values of a column of steps: `first`, `first + step`, `first + 2 step`, ... */
export interface Lattice {
  readonly first: number;
  readonly step: number;
}

/**
 * Do ascending values lie on one lattice, as whole degrees do, and miles an hour that were rounded as metres a second? Undefined
 * where one lies more than a tenth of a step away. A single value has a step of a tenth of itself, which only makes its bar
 * visible.
 *
 * @param range from the column's minimum to its maximum
 * @example latticeOf([0.1, 0.2, 0.4], 0.3) // { first: 0.1, step: 0.1 }
 */
export function latticeOf(values: readonly number[], range: number): Lattice | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  if (values.length === 1) return { first, step: Math.abs(first) / 10 || 1 };
  const gaps = values.slice(1).map((value, i) => value - values[i]!);
  const smallest = Math.min(...gaps);
  if (range / smallest > mostSteps) return undefined;
  const steps = gaps.reduce((sum, gap) => sum + Math.round(gap / smallest), 0);
  const step = (values.at(-1)! - first) / steps;
  const isNear = (value: number): boolean => {
    const position = (value - first) / step;
    return Math.abs(position - Math.round(position)) < 0.1;
  };
  return values.every(isNear) ? { first, step } : undefined;
}

function equalEdges(start: number, width: number, count: number, end: number): number[] {
  // Adding 0 turns -0 into 0: JSON keeps no sign of zero.
  return [...Array.from({ length: count }, (_, i) => start + i * width), end].map((edge) => edge + 0);
}
