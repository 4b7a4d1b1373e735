/** What a model's probability of a class is worth: how often the class comes when it says so. */

import type { BinnedFeature } from '../boosting/feature-bins.ts';
import {
  crossFitTrees,
  foldOf,
  folds,
  predictAveraged,
  rowsWithout,
  type AveragedTrees,
} from './averaged-trees.ts';
import { fitIsotonic, heightOf, type IsotonicCurve } from './isotonic.ts';

/** Readings of a probability, of which the mean counts. JSON-safe. */
export interface Calibration {
  /** Its mean over curves, each fitted without a fifth of the time. */
  readonly curves: readonly IsotonicCurve[];
  /** Whether the probability itself, as the model gives it, is one. */
  readonly asGiven: boolean;
  /** Trees that look at the features too: a model may be right on the whole, and wrong when it rains. */
  readonly trees?: AveragedTrees;
  /** Of each reading the mean squared distance from what came, on rows that it was fitted without. */
  readonly briers: { readonly isotonic: number; readonly asGiven: number; readonly trees: number };
}

export interface Calibrated {
  readonly calibration: Calibration;
  /** Of each row what a calibration says that was fitted without it and its neighbours in time. */
  readonly outOfFold: Float64Array;
}

/** How much worse than the isotonic curve a reading may be on rows that it was fitted without. */
const tolerance = 1.05;

/**
 * Reads a model's probability of a class in up to three ways, and takes the mean: by an isotonic curve over it, as it is,
 * and by trees that look at the features too. The last two count unless they are clearly worse than the curve (a Brier score
 * above 1.05 times its own, on a fifth of the time that they were fitted without).
 *
 * Why not the best one? Which is best changes with time: trees know in which weather the model errs, a curve knows the level
 * of the reference, and the model what it learned before. The mean of forecasts is usually nearer than the one that was
 * best so far (Bates and Granger 1969, "The combination of forecasts", Operational Research Quarterly 20).
 *
 * @param scores probability of the class, as the model gives it
 * @param came 1 where the actual is the class, else 0
 * @param features with the score among them
 */
export function fitCalibration(
  scores: Float64Array,
  came: Float64Array,
  features: readonly BinnedFeature[],
): Calibrated {
  const isotonic = crossFitIsotonic(scores, came);
  const trees = crossFitTrees(features, came, 'logistic');
  const briers = {
    isotonic: brierOf(isotonic.outOfFold, came),
    asGiven: brierOf(scores, came),
    trees: brierOf(trees.outOfFold, came),
  };
  const counts = (brier: number): boolean => brier <= tolerance * briers.isotonic;
  const asGiven = counts(briers.asGiven);
  const calibration = {
    curves: isotonic.curves,
    asGiven,
    ...(counts(briers.trees) && { trees: trees.trees }),
    briers,
  };
  return {
    calibration,
    outOfFold: meanOf([
      isotonic.outOfFold,
      ...(asGiven ? [scores] : []),
      ...(calibration.trees === undefined ? [] : [trees.outOfFold]),
    ]),
  };
}

/** What a calibration makes of scores. */
export function calibrate(
  { curves, asGiven, trees }: Calibration,
  scores: Float64Array,
  features: readonly BinnedFeature[],
): Float64Array {
  const heights = scores.map((score) =>
    curves.reduce((sum, curve) => sum + heightOf(curve, score) / curves.length, 0),
  );
  return meanOf([
    heights,
    ...(asGiven ? [scores] : []),
    ...(trees === undefined ? [] : [predictAveraged(trees, features)]),
  ]);
}

function crossFitIsotonic(
  scores: Float64Array,
  came: Float64Array,
): { curves: readonly IsotonicCurve[]; outOfFold: Float64Array } {
  const outOfFold = new Float64Array(scores.length);
  const curves = Array.from({ length: folds }, (_, fold) => {
    const training = rowsWithout(scores.length, fold);
    const curve = fitIsotonic(
      Float64Array.from(training, (row) => scores[row]!),
      Float64Array.from(training, (row) => came[row]!),
    );
    const { start, end } = foldOf(scores.length, fold);
    for (let row = start; row < end; row += 1) outOfFold[row] = heightOf(curve, scores[row]!);
    return curve;
  });
  return { curves, outOfFold };
}

function meanOf(readings: readonly Float64Array[]): Float64Array {
  return readings[0]!.map(
    (_, row) => readings.reduce((sum, reading) => sum + reading[row]!, 0) / readings.length,
  );
}

function brierOf(chances: Float64Array, came: Float64Array): number {
  return chances.reduce((sum, chance, row) => sum + (chance - came[row]!) ** 2, 0) / came.length;
}
