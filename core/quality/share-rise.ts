/** Has a share of rows (missing, invalid, unseen, ...) risen, or is it chance? */

import { incompleteBeta } from '../statistics/distributions.ts';

/** How many of some rows were hit. */
export interface HitCount {
  readonly rows: number;
  readonly hits: number;
}

export interface ShareRise {
  readonly reference: HitCount;
  readonly current: HitCount;
  /** Shares from 0 to 1. */
  readonly referenceShare: number;
  readonly currentShare: number;
  /** How probable is such a current share, or more, when nothing has changed? */
  readonly pValue: number;
  /** How many times more the share varies from day to day than it does between independent rows; at least 1. */
  readonly designEffect: number;
}

/** With fewer days a variance means nothing. */
const fewestBlocks = 5;

/**
 * Has a share risen against the reference?
 *
 * Given all hits, those of the current rows follow a binomial law in the share of current rows: the conditional test of two
 * rates (Przyborowski and Wilenski, 1940), one-sided. What is hit comes in spells, so counts are first divided by the design effect
 * (Rao and Scott, 1992), the variance between the days of the reference over that of independent rows, and by 1 - share, as
 * the variance of a large share is smaller than that of a rate. Without a hit in the reference nothing is known of spells:
 * rows count as independent.
 *
 * A side without rows gives p = 1. Cost: one pass over the blocks, and one incomplete beta function.
 *
 * @param blocks The reference, cut into days.
 * @example shareRise([{ rows: 744, hits: 0 }], { rows: 24, hits: 2 }).pValue // 0.000959048
 */
export function shareRise(blocks: readonly HitCount[], current: HitCount): ShareRise {
  const reference = {
    rows: blocks.reduce((sum, { rows }) => sum + rows, 0),
    hits: blocks.reduce((sum, { hits }) => sum + hits, 0),
  };
  const rows = reference.rows + current.rows;
  const hits = reference.hits + current.hits;
  const designEffect = designEffectOf(blocks, reference);
  const found = {
    reference,
    current,
    referenceShare: shareOf(reference),
    currentShare: shareOf(current),
    designEffect,
  };
  if (reference.rows === 0 || current.rows === 0 || current.hits === 0 || hits === rows)
    return { ...found, pValue: 1 };
  const divisor = designEffect * (1 - hits / rows);
  const pValue = incompleteBeta(
    current.hits / divisor,
    reference.hits / divisor + 1,
    current.rows / rows,
    reference.rows / rows,
  );
  return { ...found, pValue };
}

/** 0 without rows. */
function shareOf({ rows, hits }: HitCount): number {
  return rows === 0 ? 0 : hits / rows;
}

function designEffectOf(blocks: readonly HitCount[], { rows, hits }: HitCount): number {
  const share = rows === 0 ? 0 : hits / rows;
  const filled = blocks.filter((block) => block.rows > 0);
  if (filled.length < fewestBlocks || share === 0 || share === 1) return 1;
  const chiSquared = filled.reduce(
    (sum, block) => sum + (block.hits - block.rows * share) ** 2 / (block.rows * share * (1 - share)),
    0,
  );
  return Math.max(1, chiSquared / (filled.length - 1));
}
