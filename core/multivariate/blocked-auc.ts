/**
 * The area under the ROC curve over folds of time, with a standard error that knows that neighbours in time are alike.
 */

import type { Sides } from '../statistics/comparison.ts';

/** Each fold of a side is cut into so many blocks of time, within which rows may resemble each other. */
export const blocksPerFold = 2;

export interface BlockedAuc {
  /** The mean over the folds, weighted by their pairs: 0 to 1, 0.5 where the scores tell nothing. */
  readonly auc: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

/**
 * How often does a current row score above a reference row of the same fold, a tie counting half?
 *
 * Scores of one fold come from one model that has not seen the fold; those of different folds are never compared,
 * because models that were fitted without some rows shift against them. The variance is DeLong's, with blocks of time
 * in the place of rows (Obuchowski): for each side B / (B - 1) times the sum over its B blocks of the squared sum of
 * (share of the other side's rows that a row wins against - AUC), weighted as in the mean. It is multiplied by 1 + K /
 * (K - 1) for K folds, because every fold trains the models of the others (Nadeau and Bengio). Degrees of freedom by
 * Satterthwaite.
 *
 * Sources: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44; Obuchowski (1997), Biometrics 53; Nadeau and Bengio
 * (2003), Machine Learning 52. Cost: one sort a fold and side.
 *
 * @param folds two or more; the scores of each in the order of time, at least two a side
 * @example
 * const fold = { reference: Float64Array.of(1, 2), current: Float64Array.of(2, 3) };
 * blockedAuc([fold, fold]) // { auc: 0.875, standardError: 0.176777, degreesOfFreedom: 6 }
 */
export function blockedAuc(folds: readonly Sides<Float64Array>[]): BlockedAuc {
  const won = folds.map(({ reference, current }) => ({
    reference: sharesBelow(current, reference).map((share) => 1 - share),
    current: sharesBelow(reference, current),
  }));
  const pairs = folds.map(({ reference, current }) => reference.length * current.length);
  const allPairs = sum(pairs);
  const auc = sum(won.map(({ current }, fold) => (sum(current) / current.length) * pairs[fold]!)) / allPairs;

  const varianceOf = (side: keyof Sides<unknown>): number => {
    const blocks = won.flatMap((fold, i) => {
      const weight = pairs[i]! / allPairs / fold[side].length;
      return blocksOf(fold[side]).map((shares) => weight * sum(shares.map((share) => share - auc)));
    });
    return (blocks.length / (blocks.length - 1)) * sum(blocks.map((block) => block ** 2));
  };
  const [reference, current] = [varianceOf('reference'), varianceOf('current')];
  const variance = reference + current;
  const ofSide = folds.length * blocksPerFold - 1;
  const sharedTraining = 1 + folds.length / (folds.length - 1);
  return {
    auc,
    standardError: Math.sqrt(variance * sharedTraining),
    degreesOfFreedom:
      variance === 0 ? 2 * ofSide : (ofSide * variance ** 2) / (reference ** 2 + current ** 2),
  };
}

/** Of each score: the share of the others that are below it, ties counting half. */
function sharesBelow(others: Float64Array, scores: Float64Array): Float64Array {
  const sorted = others.toSorted();
  return scores.map(
    (score) => (countBelow(sorted, score, false) + countBelow(sorted, score, true)) / 2 / sorted.length,
  );
}

/** How many of some ascending numbers are below a value (or at it)? */
function countBelow(sorted: Float64Array, value: number, orAt: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value || (orAt && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function blocksOf(shares: Float64Array): Float64Array[] {
  return Array.from({ length: blocksPerFold }, (_, i) =>
    shares.subarray(
      Math.floor((i * shares.length) / blocksPerFold),
      Math.floor(((i + 1) * shares.length) / blocksPerFold),
    ),
  );
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
