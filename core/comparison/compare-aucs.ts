/** How far apart are two areas under the ROC curve? */

import { certaintyOf, differenceOf, sum, type BlockLength } from './blocks.ts';
import type { Difference } from './compare-means.ts';

export type ComparedSide = 'subject' | 'against';

/** So many rows of a side, in one block of time, have scores of one cell; cells are in the order of scores. */
export interface ScoreCount {
  readonly side: ComparedSide;
  /** Start of the block. */
  readonly block: number;
  readonly positive: boolean;
  readonly cell: number;
  readonly rows: number;
}

/**
 * How far apart are the areas under the ROC curves of two sides, and is that more than chance?
 *
 * A row's placement is the share of the rows of the other class that it is rightly above or below, ties counting half. A
 * block's influence is, class by class, what its rows' placements add to (mean placement - area), over the rows of the
 * class; that of the subject less that of the other side: the variance of DeLong, with blocks in the place of rows
 * (Obuchowski). How sure the difference is: see `certaintyOf`. Scores of one cell count as ties.
 *
 * Not computable where a side has rows of one class only. Cost: one sort of the cells.
 *
 * Sources: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44; Obuchowski (1997), Biometrics 53.
 *
 * @example
 * const counts = [0, 1, 2, 3].flatMap((block) => [
 *   { side: 'subject', block, positive: true, cell: 2, rows: 3 }, { side: 'subject', block, positive: false, cell: 1, rows: 5 },
 *   { side: 'against', block, positive: true, cell: 1, rows: 3 }, { side: 'against', block, positive: false, cell: 1, rows: 5 },
 * ]);
 * compareAucs(counts, 'day') // { value: 1, against: 0.5, difference: 0.5, certainty: { low: 0.5, high: 0.5, pValue: 0 } }
 */
export function compareAucs(
  counts: readonly ScoreCount[],
  length: BlockLength,
): Difference | { readonly notComputable: string } {
  const blocks = [...new Set(counts.map(({ block }) => block))].sort((a, b) => a - b);
  const sides = (['subject', 'against'] as const).map((side) =>
    curveOf(
      counts.filter((count) => count.side === side),
      blocks,
    ),
  );
  const [subject, against] = sides;
  if (subject === undefined || against === undefined)
    return { notComputable: 'there are no rows of both classes to compare' };
  const difference = differenceOf(subject.area, against.area);
  const influences = subject.influences.map((influence, block) => influence - against.influences[block]!);
  return {
    value: subject.area,
    against: against.area,
    difference,
    certainty: certaintyOf(difference, influences, [subject.rows, against.rows], length),
  };
}

interface Curve {
  readonly area: number;
  /** By block, like `rows`. */
  readonly influences: readonly number[];
  readonly rows: readonly number[];
}

function curveOf(counts: readonly ScoreCount[], blocks: readonly number[]): Curve | undefined {
  const ofClass = (positive: boolean): readonly ScoreCount[] =>
    counts.filter((count) => count.positive === positive);
  const [positives, negatives] = [ofClass(true), ofClass(false)];
  if (positives.length === 0 || negatives.length === 0) return undefined;
  const sharesBelow = { negatives: shareBelow(negatives), positives: shareBelow(positives) };
  const placed = [
    placementsOf(positives, sharesBelow.negatives, blocks),
    placementsOf(negatives, (cell) => 1 - sharesBelow.positives(cell), blocks),
  ];
  const area = placed[0]!.mean;
  return {
    area,
    influences: blocks.map((_, i) =>
      sum(placed.map(({ sums, rows, all }) => (sums[i]! - area * rows[i]!) / all)),
    ),
    rows: blocks.map((_, i) => sum(placed.map(({ rows }) => rows[i]!))),
  };
}

/** Of a cell: the share of rows below it, those in it counting half. */
function shareBelow(counts: readonly ScoreCount[]): (cell: number) => number {
  const byCell = new Map<number, number>();
  for (const { cell, rows } of counts) byCell.set(cell, (byCell.get(cell) ?? 0) + rows);
  const cells = Float64Array.from(byCell.keys()).sort();
  const before = new Float64Array(cells.length + 1);
  for (const [i, cell] of cells.entries()) before[i + 1] = before[i]! + byCell.get(cell)!;
  const all = before.at(-1)!;
  return (cell) => {
    const i = firstAtOrAbove(cells, cell);
    return (before[i]! + (cells[i] === cell ? byCell.get(cell)! / 2 : 0)) / all;
  };
}

function firstAtOrAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Placements {
  readonly sums: Float64Array;
  readonly rows: Float64Array;
  readonly all: number;
  readonly mean: number;
}

function placementsOf(
  counts: readonly ScoreCount[],
  placementOf: (cell: number) => number,
  blocks: readonly number[],
): Placements {
  const indexOf = new Map(blocks.map((block, i) => [block, i]));
  const sums = new Float64Array(blocks.length);
  const rows = new Float64Array(blocks.length);
  for (const count of counts) {
    const i = indexOf.get(count.block)!;
    sums[i]! += count.rows * placementOf(count.cell);
    rows[i]! += count.rows;
  }
  const all = sum(rows);
  return { sums, rows, all, mean: sum(sums) / all };
}
