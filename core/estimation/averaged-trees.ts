/** Boosted trees, each fitted without a part of the time, and their mean. */

import { fitBoostedTrees, predictBoostedTrees, type BoostingOptions } from '../boosting/boosted-trees.ts';
import type { BinnedFeature } from '../boosting/feature-bins.ts';
import { readTrees, storeTrees, type StoredTrees } from '../boosting/stored-trees.ts';

/** JSON-safe. */
export interface AveragedTrees {
  /** `squared` predicts a number, `logistic` the probability of 1. */
  readonly loss: BoostingOptions['loss'];
  /** What the trees say of a number is to be multiplied by it. */
  readonly scale: number;
  readonly models: readonly StoredTrees[];
}

export interface CrossFit {
  readonly trees: AveragedTrees;
  /** Of each row what the model says that was fitted without it and its neighbours in time. */
  readonly outOfFold: Float64Array;
}

export const folds = 5;

/** Few and shallow trees, as there are a few thousand rows, and what is left of a loss is mostly noise. */
const boosting: Omit<BoostingOptions, 'loss'> = {
  rounds: 60,
  depth: 3,
  shrinkage: 0.1,
  minimumLeafRows: 20,
};

/** The rows of a fold: one of five parts of the time. */
export function foldOf(rows: number, fold: number): { readonly start: number; readonly end: number } {
  return { start: Math.floor((fold * rows) / folds), end: Math.floor(((fold + 1) * rows) / folds) };
}

/** Every row but those of a fold. */
export function rowsWithout(rows: number, fold: number): Int32Array {
  const { start, end } = foldOf(rows, fold);
  return Int32Array.from({ length: rows - (end - start) }, (_, i) => (i < start ? i : i + end - start));
}

/**
 * Fits five models of a number, or of the probability of 1, each without a fifth of the time.
 *
 * Together they answer two questions: their mean estimates (it varies less than one model fitted to all rows), and what
 * each says of the fifth that it has not seen tells how far off such estimates are.
 */
export function crossFitTrees(
  features: readonly BinnedFeature[],
  target: Float64Array,
  loss: BoostingOptions['loss'],
): CrossFit {
  const rows = target.length;
  const size = target.reduce((sum, value) => sum + Math.abs(value), 0) / rows;
  const scale = loss === 'squared' && size > 0 ? size : 1;
  const scaled = target.map((value) => value / scale);
  const outOfFold = new Float64Array(rows);
  const models = Array.from({ length: folds }, (_, fold) => {
    const model = fitBoostedTrees(features, scaled, rowsWithout(rows, fold), { ...boosting, loss });
    const { start, end } = foldOf(rows, fold);
    const held = Int32Array.from({ length: end - start }, (_, i) => start + i);
    outOfFold.set(valuesOf(predictBoostedTrees(model, features, held), loss, scale), start);
    return storeTrees(model);
  });
  return { trees: { loss, scale, models }, outOfFold };
}

/** The mean of what the models say. */
export function predictAveraged(
  { loss, scale, models }: AveragedTrees,
  features: readonly BinnedFeature[],
): Float64Array {
  const rows = Int32Array.from(features[0]?.codes ?? [], (_, row) => row);
  const mean = new Float64Array(rows.length);
  for (const model of models) {
    const values = valuesOf(predictBoostedTrees(readTrees(model), features, rows), loss, scale);
    for (let row = 0; row < rows.length; row += 1) mean[row]! += values[row]! / models.length;
  }
  return mean;
}

function valuesOf(scores: Float64Array, loss: BoostingOptions['loss'], scale: number): Float64Array {
  return scores.map((score) => (loss === 'squared' ? score * scale : 1 / (1 + Math.exp(-score))));
}
