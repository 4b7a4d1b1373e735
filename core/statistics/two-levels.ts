/** Tables of two levels, for the methods that compare a single share. */

import { occurringBinsOf, type BinCounts } from './bin-counts.ts';

/** Counts of the first and of the second level. */
type Pair = readonly [first: number, second: number];

export interface TwoLevels {
  readonly reference: Pair;
  readonly current: Pair;
  /** 1 where a column has the same one level on both sides; the second is then empty. */
  readonly levels: number;
}

/** The two levels that occur, in the order of the counts; a reason where there are more. */
export function twoLevelsOf(counts: BinCounts): TwoLevels | { readonly notComputable: string } {
  const { reference, current } = occurringBinsOf(counts);
  const levels = reference.length;
  if (levels > 2) return { notComputable: `it compares two levels, here are ${levels} (unseen ones as one)` };
  return { reference: [reference[0]!, reference[1] ?? 0], current: [current[0]!, current[1] ?? 0], levels };
}

/**
 * Cohen's h: how far apart are two shares on the scale of arcsines, where a difference weighs the same whatever the share is?
 * From 0 to pi (all against none); .2 is small, .5 medium, .8 large. Source: Cohen (1988), chapter 6.
 *
 * @example cohensHOf({ reference: [50, 50], current: [30, 70], levels: 2 }) // 0.411517
 */
export function cohensHOf({ reference, current }: TwoLevels): number {
  // The angle from both counts keeps the digits of a share near 0 and of one near 1.
  const angleOf = ([first, second]: Pair): number => 2 * Math.atan2(Math.sqrt(second), Math.sqrt(first));
  return Math.abs(angleOf(current) - angleOf(reference));
}
