/** Where to cut the rows of a tree's node in two. */

import { maximumBins, type BinnedFeature } from './feature-bins.ts';

/** Sums over the rows of a node, for each feature and code: of the gradients, of the curvatures, and how many rows. */
export type Histogram = Float64Array;

/** Where in a histogram a feature and a code are; the curvatures follow, then the rows. */
export function cellOf(feature: number, code: number): number {
  return (feature * maximumBins + code) * 3;
}

export interface Split {
  readonly feature: number;
  /** The codes that go left; all others go right, also those that no row of the node has. */
  readonly leftCodes: Uint8Array;
}

/** Added to the curvature of a leaf, so that a few rows do not decide alone. */
const regularization = 1;
/** Added to the curvature of a level before levels are put in order, so that a rare one does not stand at an end. */
const levelSmoothing = 10;
/** A level with fewer rows in a node goes right with the other rare ones, whatever its gradient. */
const fewestRowsOfLevel = 10;
/** A gain below it is rounding. */
const smallestGain = 1e-9;

/** What a leaf adds to the score of its rows: one step of Newton's method. */
export function leafValue(gradient: number, curvature: number): number {
  return gradient / (curvature + regularization);
}

/**
 * The cut with the largest gain, or undefined where no cut leaves enough rows on both sides and gains anything.
 *
 * Ranges are cut in their order, with the missing values on either side; levels in the order of their mean gradient,
 * which gives the best of all divisions in two (Fisher 1958). Of equal gains the first counts.
 */
export function bestSplitOf(
  features: readonly BinnedFeature[],
  histogram: Histogram,
  minimumLeafRows: number,
): Split | undefined {
  // Every row has one code of the first feature.
  let [gradient, curvature, rows] = [0, 0, 0];
  for (let cell = 0; cell < cellOf(1, 0); cell += 3) {
    gradient += histogram[cell]!;
    curvature += histogram[cell + 1]!;
    rows += histogram[cell + 2]!;
  }
  const whole = gradient * leafValue(gradient, curvature);
  const codes = new Uint8Array(maximumBins);
  let best: Split | undefined;
  let bestGain = smallestGain;

  /** Tries every cut through the first `count` codes in their order. */
  function tryCuts(feature: number, count: number): void {
    let [leftGradient, leftCurvature, leftRows] = [0, 0, 0];
    for (let cut = 1; cut < count; cut += 1) {
      const cell = cellOf(feature, codes[cut - 1]!);
      leftGradient += histogram[cell]!;
      leftCurvature += histogram[cell + 1]!;
      leftRows += histogram[cell + 2]!;
      if (leftRows < minimumLeafRows) continue;
      if (rows - leftRows < minimumLeafRows) return;
      const rightGradient = gradient - leftGradient;
      const gain =
        leftGradient * leafValue(leftGradient, leftCurvature) +
        rightGradient * leafValue(rightGradient, curvature - leftCurvature) -
        whole;
      if (gain <= bestGain) continue;
      bestGain = gain;
      best = { feature, leftCodes: codes.slice(0, cut) };
    }
  }

  for (let feature = 0; feature < features.length; feature += 1) {
    const { kind, bins } = features[feature]!;
    const fewest = kind === 'categorical' ? fewestRowsOfLevel : 1;
    let count = 0;
    for (let code = 0; code < bins; code += 1) {
      if (histogram[cellOf(feature, code) + 2]! >= fewest) codes[count++] = code;
    }
    if (kind === 'categorical') sortByMeanGradient(codes.subarray(0, count), feature, histogram);
    tryCuts(feature, count);
    if (kind === 'continuous' && codes[0] === 0 && count > 1) {
      // The missing values once more, behind all others.
      codes.copyWithin(0, 1, count);
      codes[count - 1] = 0;
      tryCuts(feature, count);
    }
  }
  return best;
}

function sortByMeanGradient(codes: Uint8Array, feature: number, histogram: Histogram): void {
  const meanGradient = (code: number): number => {
    const cell = cellOf(feature, code);
    return histogram[cell]! / (histogram[cell + 1]! + levelSmoothing);
  };
  codes.sort((a, b) => meanGradient(a) - meanGradient(b) || a - b);
}
