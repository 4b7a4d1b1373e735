/** The distribution of all values together, in a few hundred places: what the laws of distances are computed from. */

import { centerOf } from '../profile/grid.ts';
import { valueCountOf, type ContinuousProfile } from '../profile/profile.ts';
import { cellsOf, type Cell, type ContinuousComparison } from './cells.ts';
import type { Sides } from './comparison.ts';

/** So much of the distribution lies in one place; positions are measured from some value of the column. */
export interface Atom {
  readonly position: number;
  readonly share: number;
}

/**
 * The pooled distribution, each side by its effective size, in ascending and different positions. Its variance is that of
 * the values.
 *
 * From raw values: blocks at the means of their values, one in 50 of a side or smaller, down to single values at both
 * ends. From profiles: cells at the means of theirs, the extremes of both sides apart. What of the variance lies inside
 * the cells is given to them in the proportion of even spreads (most to the outermost ones, which are wide), as two atoms
 * each.
 */
export function pooledAtoms(comparison: ContinuousComparison, sizes: Sides<number>): readonly Atom[] {
  const { samples } = comparison;
  const atoms = samples === undefined ? atomsOfCells(comparison, sizes) : atomsOfSamples(samples, sizes);
  return withoutTies(atoms.sort((a, b) => a.position - b.position));
}

/** Blocks grow by this factor from the ends of a sample ... */
const growth = 1.3;
/** ... up to this share of it. */
const largestBlock = 1 / 50;

function atomsOfSamples(samples: Sides<Float64Array>, sizes: Sides<number>): Atom[] {
  const total = sizes.reference + sizes.current;
  const center = samples.reference[samples.reference.length >>> 1]!;
  return [
    ...blocksOf(samples.reference, center, sizes.reference / total),
    ...blocksOf(samples.current, center, sizes.current / total),
  ];
}

function blocksOf(values: Float64Array, center: number, share: number): Atom[] {
  const blocks: Atom[] = [];
  for (let start = 0, end = 0; start < values.length; start = end) {
    const nearerEnd = Math.min(start + 1, values.length - start);
    const length = Math.floor(Math.min(largestBlock * values.length, (growth - 1) * nearerEnd));
    end = Math.min(values.length, start + Math.max(1, length));
    let sum = 0;
    for (let i = start; i < end; i += 1) sum += values[i]! - center;
    blocks.push({ position: sum / (end - start), share: (share * (end - start)) / values.length });
  }
  return blocks;
}

/** One side of the cells that is taken apart. */
interface Side {
  readonly counts: number[];
  readonly sums: number[];
  /** Share of all that one of its values is. */
  readonly perValue: number;
}

function atomsOfCells(comparison: ContinuousComparison, sizes: Sides<number>): Atom[] {
  const cells = cellsOf(comparison);
  const total = sizes.reference + sizes.current;
  const reference: Side = {
    counts: cells.map(({ inReference }) => inReference),
    sums: cells.map(({ sumOfReference }) => sumOfReference),
    perValue: sizes.reference / total / valueCountOf(comparison.reference),
  };
  const current: Side = {
    counts: cells.map(({ inCurrent }) => inCurrent),
    sums: cells.map(({ sumOfCurrent }) => sumOfCurrent),
    perValue: sizes.current / total / valueCountOf(comparison.current),
  };
  const center = centerOf(comparison.grid);
  const extremes = [
    ...takeExtremes(reference, cells, comparison.reference, center),
    ...takeExtremes(current, cells, comparison.current, center),
  ];
  const middles = cells.flatMap(({ lo, hi, isPoint }, cell) => {
    const share = reference.counts[cell]! * reference.perValue + current.counts[cell]! * current.perValue;
    const sum = reference.sums[cell]! * reference.perValue + current.sums[cell]! * current.perValue;
    return share > 0 ? [{ position: sum / share, share, width: isPoint ? 0 : hi - lo }] : [];
  });
  const missing =
    comparison.reference.sumOfSquares * reference.perValue +
    comparison.current.sumOfSquares * current.perValue -
    secondMomentOf([...extremes, ...middles]);
  return [...extremes, ...spread(middles, missing)];
}

/** Takes the smallest and the largest value of a side out of its cells. */
function takeExtremes(
  { counts, sums, perValue }: Side,
  cells: readonly Cell[],
  { extent }: ContinuousProfile,
  center: number,
): readonly Atom[] {
  if (extent === undefined) return [];
  const ends = [
    { cell: counts.findIndex((count) => count > 0), position: extent.min - center },
    { cell: counts.findLastIndex((count) => count > 0), position: extent.max - center },
  ];
  return ends.flatMap(({ cell, position }) => {
    const { isPoint } = cells[cell]!;
    // A cell of one value needs no extremes; a single value is both.
    if (isPoint || counts[cell] === 0) return [];
    counts[cell]! -= 1;
    sums[cell]! -= position;
    return [{ position, share: perValue }];
  });
}

/** Atoms of less than this share of the even spread of all stay whole. */
const leastSpread = 1 / 500;

function spread(middles: readonly (Atom & { readonly width: number })[], missing: number): readonly Atom[] {
  const spreadOf = ({ share, width }: { share: number; width: number }): number => (share * width ** 2) / 12;
  const all = middles.reduce((sum, middle) => sum + spreadOf(middle), 0);
  const isSpread = middles.map((middle) => spreadOf(middle) > leastSpread * all);
  const given = middles.reduce((sum, middle, i) => sum + (isSpread[i] === true ? spreadOf(middle) : 0), 0);
  const deviation = given > 0 ? Math.sqrt(Math.max(0, missing) / given / 12) : 0;
  return middles.flatMap(({ position, share, width }, i) =>
    isSpread[i] === true
      ? [
          { position: position - deviation * width, share: share / 2 },
          { position: position + deviation * width, share: share / 2 },
        ]
      : [{ position, share }],
  );
}

function secondMomentOf(atoms: readonly Atom[]): number {
  return atoms.reduce((sum, { position, share }) => sum + share * position ** 2, 0);
}

function withoutTies(ascending: readonly Atom[]): readonly Atom[] {
  const atoms: Atom[] = [];
  for (const atom of ascending) {
    const last = atoms.at(-1);
    if (last?.position === atom.position) {
      atoms[atoms.length - 1] = { position: atom.position, share: last.share + atom.share };
    } else atoms.push(atom);
  }
  return atoms;
}
