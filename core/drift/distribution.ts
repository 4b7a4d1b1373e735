/** What is drawn of a column: the shares of its values in a few bars, the reference's beside the current window's. */

import { centerOf, nextUp, type CategoricalGrid, type ContinuousGrid } from '../profile/grid.ts';
import { rowCountOf, valueCountOf } from '../profile/profile.ts';
import { reasonNotComparable, type Comparison, type Sides } from '../statistics/comparison.ts';
import { barEdges, latticeOf, referenceRange, widen, type Outside } from './bar-edges.ts';

/** Shares of the values; bars, `points`, `below` and `above` make 1 on each side. */
export interface ContinuousDistribution {
  readonly kind: 'continuous';
  /** Bar i holds `[edges[i], edges[i + 1])`. */
  readonly edges: readonly number[];
  readonly bars: Sides<readonly number[]>;
  /** Single values of an otherwise continuous column that hold so much that they are kept out of the bars. */
  readonly points: readonly { readonly value: number; readonly shares: Sides<number> }[];
  /** Below the first edge, and at or above the last one. */
  readonly below: Sides<number>;
  readonly above: Sides<number>;
  readonly ranges: Sides<{ readonly min: number; readonly max: number }>;
  readonly rest: RowShares;
}

/** Shares of the values; levels, `others` and `unseen` make 1 on each side. */
export interface CategoricalDistribution {
  readonly kind: 'categorical';
  readonly levels: readonly { readonly level: string; readonly shares: Sides<number> }[];
  /** The levels for which there is no bar. */
  readonly others: { readonly levels: number; readonly shares: Sides<number> };
  /** No level of the reference; on its own side those beyond its 1,000 most frequent ones. */
  readonly unseen: Sides<number>;
  readonly rest: RowShares;
}

/** Shares of all rows that hold no value. */
export interface RowShares {
  readonly missing: Sides<number>;
  readonly invalid: Sides<number>;
}

export type Distribution =
  | ContinuousDistribution
  | CategoricalDistribution
  | { readonly notComputable: string };

/** An hour of the day keeps a bar a level. */
const mostLevels = 24;
/** A column consists of single values where they hold all of the reference, or most of it and are not just a few heavy ones. */
const allShare = 0.99;
const mostShare = 0.9;
const fewSingle = 3;
/** Among other values, a single one that holds so much would flatten all bars. */
const heavyShare = 0.1;
/** Where more of the current values lie beyond the reference, the picture goes there. */
const leastOutside = 0.01;

/**
 * How do the values of the two sides lie? For a picture: at most 40 bars, or 24 levels. JSON-safe.
 *
 * Continuous: bars of one width over the reference's range, less its thin tails and wider where the current values left it
 * (see core/drift/bar-edges.ts). Counted from the raw values where they are at hand, otherwise from the cells of the grid,
 * whose values count as spread evenly (wrong by less than one cell at each end of a bar). Categorical: the levels that are most frequent on either side, in the order of the reference's
 * frequency, or ascending where all are numbers.
 *
 * Not computable, with the reason, when a side has no value or the reference no distribution. Cost: a pass over the cells.
 *
 * @example
 * const grid = buildCategoricalGrid(['clear', 'clear', 'clear', 'rain']);
 * const reference = buildProfile(grid, ['clear', 'clear', 'clear', 'rain']);
 * distributionOf(compareProfiles(grid, reference, buildProfile(grid, ['clear', 'rain']))).levels[0]
 * // { level: 'clear', shares: { reference: 0.75, current: 0.5 } }
 */
export function distributionOf(comparison: Comparison): Distribution {
  const reason = reasonNotComparable(comparison);
  if (reason !== undefined) return { notComputable: reason };
  const shareOfRows = (key: 'missing' | 'invalid'): Sides<number> =>
    onBothSides((side) => comparison[side][key] / rowCountOf(comparison[side]));
  const rest = { missing: shareOfRows('missing'), invalid: shareOfRows('invalid') };
  return comparison.kind === 'continuous'
    ? { kind: 'continuous', ...continuousShares(comparison), rest }
    : { kind: 'categorical', ...categoricalShares(comparison), rest };
}

function onBothSides<T>(of: (side: keyof Sides<unknown>) => T): Sides<T> {
  return { reference: of('reference'), current: of('current') };
}

type Continuous = Extract<Comparison, { kind: 'continuous' }>;
type Categorical = Extract<Comparison, { kind: 'categorical' }>;

function continuousShares(comparison: Continuous): Omit<ContinuousDistribution, 'kind' | 'rest'> {
  const { grid, reference } = comparison;
  const values = onBothSides((side) => valueCountOf(comparison[side]));
  const countBelow = onBothSides((side) => counterBelow(comparison, side));
  const sharesIn = (low: number, high: number): Sides<number> =>
    onBothSides((side) => (countBelow[side](high) - countBelow[side](low)) / values[side]);

  const single = singleValuesOf(grid);
  const shares = single.map((value) => sharesIn(value, nextUp(value)));
  const held = shares.reduce((sum, share) => sum + share.reference, 0);
  const { min, max } = grid.summary!;
  const isDiscrete = held >= allShare || (held >= mostShare && single.length > fewSingle) || min === max;
  const isLattice = isDiscrete && (single.length > 1 || min === max);
  const lattice = isLattice ? latticeOf(single, max - min) : undefined;
  const points = isDiscrete
    ? []
    : single
        .map((value, i) => ({ value, shares: shares[i]! }))
        .filter(({ shares }) => Math.max(shares.reference, shares.current) >= heavyShare);

  const spread = reference.cells.slice();
  for (const { value } of points) spread[grid.edges.indexOf(value) + 1] = 0;
  const { below, above } = outsideOf(comparison, 'current');
  const range = widen(
    referenceRange(grid, spread, lattice?.step),
    [below, above].filter(({ count }) => count > leastOutside * values.current),
    lattice?.step,
  );
  const edges = barEdges(range, Math.min(values.reference, values.current), lattice);
  // Never below 0 by rounding.
  const spreadIn = (low: number, high: number): Sides<number> => {
    const inside = points.filter(({ value }) => value >= low && value < high);
    const all = sharesIn(low, high);
    return onBothSides((side) =>
      Math.max(
        0,
        inside.reduce((share, point) => share - point.shares[side], all[side]),
      ),
    );
  };
  const bars = edges.slice(1).map((high, bar) => spreadIn(edges[bar]!, high));
  return {
    edges,
    bars: onBothSides((side) => bars.map((bar) => bar[side])),
    points,
    below: spreadIn(-Infinity, edges[0]!),
    above: spreadIn(edges.at(-1)!, Infinity),
    ranges: onBothSides((side) => comparison[side].extent!),
  };
}

/** Values that have a cell for themselves. */
function singleValuesOf({ edges }: ContinuousGrid): number[] {
  return edges.filter((edge, i) => edges[i + 1] === nextUp(edge));
}

/**
 * The values below and above the reference. Where only their number, their mean and the furthest one are known, they count as
 * spread evenly around the mean.
 */
function outsideOf(
  { grid, samples, ...sides }: Continuous,
  side: keyof Sides<unknown>,
): { readonly below: Outside; readonly above: Outside } {
  const { cells, cellSums, extent } = sides[side];
  const [first, last] = [grid.edges[0]!, grid.edges.at(-1)!];
  const meanOf = (cell: number): number => centerOf(grid) + cellSums[cell]! / cells[cell]!;
  const overflow = cells.length - 1;
  const [low, high] = [cells[0] === 0 ? first : meanOf(0), cells[overflow] === 0 ? last : meanOf(overflow)];
  const isSpread = samples === undefined;
  return {
    below: {
      count: cells[0]!,
      mean: low,
      end: cells[0] === 0 ? first : Math.max(extent!.min, isSpread ? first - 2 * (first - low) : -Infinity),
    },
    above: {
      count: cells[overflow]!,
      mean: high,
      end:
        cells[overflow] === 0 ? last : Math.min(extent!.max, isSpread ? last + 2 * (high - last) : Infinity),
    },
  };
}

/** How many values of a side lie below a number? */
function counterBelow(comparison: Continuous, side: keyof Sides<unknown>): (x: number) => number {
  const { grid, samples } = comparison;
  if (samples !== undefined) return (x) => countLess(samples[side], x);
  const { cells } = comparison[side];
  const { below, above } = outsideOf(comparison, side);
  const bounds = [below.end, ...grid.edges, nextUp(above.end)];
  const starts = [0];
  for (const count of cells) starts.push(starts.at(-1)! + count);
  return (x) => {
    const bound = countLess(bounds, x);
    if (bound === 0) return 0;
    if (bound === bounds.length) return starts.at(-1)!;
    const [low, high] = [bounds[bound - 1]!, bounds[bound]!];
    return starts[bound - 1]! + cells[bound - 1]! * ((x - low) / (high - low));
  };
}

/** How many of some ascending numbers are less than x? */
function countLess(ascending: ArrayLike<number>, x: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function categoricalShares(comparison: Categorical): Omit<CategoricalDistribution, 'kind' | 'rest'> {
  const { grid } = comparison;
  const shareOf = (count: (profile: Categorical['current']) => number): Sides<number> =>
    onBothSides((side) => count(comparison[side]) / valueCountOf(comparison[side]));
  const levels = grid.levels.map((level, cell) => ({ level, shares: shareOf(({ cells }) => cells[cell]!) }));
  const larger = ({ shares }: (typeof levels)[number]): number => Math.max(shares.reference, shares.current);
  const shown = new Set([...levels].sort((a, b) => larger(b) - larger(a)).slice(0, mostLevels));
  const hidden = levels.filter((level) => !shown.has(level));
  return {
    levels: inReadingOrder(
      grid,
      levels.filter((level) => shown.has(level)),
    ),
    others: {
      levels: hidden.length,
      shares: onBothSides((side) => hidden.reduce((sum, { shares }) => sum + shares[side], 0)),
    },
    unseen: shareOf(({ unseen }) => unseen),
  };
}

function inReadingOrder<T extends { readonly level: string }>(grid: CategoricalGrid, levels: T[]): T[] {
  const areNumbers = grid.levels.every((level) => /^-?\d+(\.\d+)?$/.test(level));
  return areNumbers ? levels.sort((a, b) => Number(a.level) - Number(b.level)) : levels;
}
