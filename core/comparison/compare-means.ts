/** How far apart are the means of two sides, on the same rows or on different ones? */

import { certaintyOf, differenceOf, sum, type BlockLength, type Certainty } from './blocks.ts';

/** The rows of one side in one block of time. */
export interface BlockSum {
  readonly rows: number;
  readonly sum: number;
}

/** Both sides of one block of time; a side without rows in it has 0 of both. */
export interface ComparedBlock {
  readonly subject: BlockSum;
  readonly against: BlockSum;
}

/** Two numbers, how far apart they are, and how sure that is. */
export interface Difference {
  readonly value: number;
  readonly against: number;
  /** value - against. */
  readonly difference: number;
  readonly certainty: Certainty;
}

/**
 * How far apart are two means, and is that more than chance?
 *
 * A block's influence is what its rows add to the error of the difference: (sum - mean x rows) / all rows of the subject,
 * less the same of the other side. On the same rows it is the sum of differences of losses, as Diebold and Mariano (1995,
 * Journal of Business & Economic Statistics 13) test them; on different rows of the same blocks, what a block does to both
 * sides cancels likewise. How sure the difference is: see `certaintyOf`.
 *
 * `of: 'root-mean'` compares the roots of the means (RMSE from squared errors), by the delta method.
 *
 * Not computable without rows on a side. Blocks without rows on either side do not count.
 *
 * @param blocks in the order of time
 * @example
 * const day = (a, b) => ({ subject: { rows: 2, sum: a }, against: { rows: 2, sum: b } });
 * compareMeans([day(2, 4), day(3, 4), day(2, 5), day(4, 5)], { length: 'day' })
 * // { value: 1.375, against: 2.25, difference: -0.875, certainty: { low: -1.63674, high: -0.11326, pValue: 0.0353528 } }
 */
export function compareMeans(
  blocks: readonly ComparedBlock[],
  { length, of = 'mean' }: { readonly length: BlockLength; readonly of?: 'mean' | 'root-mean' },
): Difference | { readonly notComputable: string } {
  const counted = blocks.filter(({ subject, against }) => subject.rows + against.rows > 0);
  const sides = (['subject', 'against'] as const).map((side) => sideOf(counted.map((block) => block[side])));
  const [subject, against] = sides as [Side, Side];
  if (subject.rows.length === 0 || sum(subject.rows) === 0 || sum(against.rows) === 0)
    return { notComputable: 'there are no rows to compare' };
  const shown = (side: Side): number => (of === 'mean' ? side.mean : Math.sqrt(side.mean));
  /** How fast what is shown rises with the mean. */
  const slope = (side: Side): number => (of === 'mean' || side.mean === 0 ? 1 : 1 / (2 * shown(side)));
  const influences = subject.influences.map(
    (influence, block) => slope(subject) * influence - slope(against) * against.influences[block]!,
  );
  const difference = differenceOf(shown(subject), shown(against));
  return {
    value: shown(subject),
    against: shown(against),
    difference,
    certainty: certaintyOf(difference, influences, [subject.rows, against.rows], length),
  };
}

interface Side {
  readonly rows: readonly number[];
  readonly mean: number;
  readonly influences: readonly number[];
}

function sideOf(blocks: readonly BlockSum[]): Side {
  const rows = blocks.map((block) => block.rows);
  const all = sum(rows);
  const mean = sum(blocks.map((block) => block.sum)) / all;
  return { rows, mean, influences: blocks.map((block) => (block.sum - mean * block.rows) / all) };
}
