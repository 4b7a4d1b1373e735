/** Where to cut the rows of a tree's node in two. */

import { maximumBins, type BinnedFeature } from './feature-bins.ts';

/** Sums over the rows of a node, for each feature and code: of the gradients, of the curvatures, and how many rows. */
export type Histogram = Float64Array;

/** Where in a histogram each feature begins, and last where it ends; a code has three numbers. */
export function histogramOffsets(features: readonly BinnedFeature[]): Int32Array {
  const offsets = new Int32Array(features.length + 1);
  for (const [i, { bins }] of features.entries()) offsets[i + 1] = offsets[i]! + 3 * bins;
  return offsets;
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
 * which gives the best of all divisions in two (Fisher 1958). Of equal gains the first counts. A range without rows
 * goes with the next one above; missing values and levels without rows go with the larger part.
 */
export function bestSplitOf(
  features: readonly BinnedFeature[],
  offsets: Int32Array,
  histogram: Histogram,
  minimumLeafRows: number,
): Split | undefined {
  // Every row has one code of the first feature.
  let [gradient, curvature, rows] = [0, 0, 0];
  for (let cell = 0; cell < (offsets[1] ?? 0); cell += 3) {
    gradient += histogram[cell]!;
    curvature += histogram[cell + 1]!;
    rows += histogram[cell + 2]!;
  }
  const whole = gradient * leafValue(gradient, curvature);
  const codes = new Uint8Array(maximumBins);
  let best: { feature: number; codes: Uint8Array; leftRows: number } | undefined;
  let bestGain = smallestGain;

  /** Tries every cut through the first `count` codes in their order. */
  function tryCuts(feature: number, count: number): void {
    const offset = offsets[feature]!;
    let [leftGradient, leftCurvature, leftRows] = [0, 0, 0];
    for (let cut = 1; cut < count; cut += 1) {
      const cell = offset + 3 * codes[cut - 1]!;
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
      best = { feature, codes: codes.slice(0, cut), leftRows };
    }
  }

  for (let feature = 0; feature < features.length; feature += 1) {
    const { kind, bins } = features[feature]!;
    const offset = offsets[feature]!;
    const fewest = kind === 'categorical' ? fewestRowsOfLevel : 1;
    let count = 0;
    for (let code = 0; code < bins; code += 1) {
      if (histogram[offset + 3 * code + 2]! >= fewest) codes[count++] = code;
    }
    if (kind === 'categorical') sortByMeanGradient(codes.subarray(0, count), offset, histogram);
    tryCuts(feature, count);
    if (kind === 'continuous' && codes[0] === 0 && count > 1) {
      // The missing values once more, behind all others.
      codes.copyWithin(0, 1, count);
      codes[count - 1] = 0;
      tryCuts(feature, count);
    }
  }
  if (best === undefined) return undefined;
  const { feature } = best;
  const isEmpty = (code: number): boolean => histogram[offsets[feature]! + 3 * code + 2] === 0;
  const emptyCodes = Uint8Array.from({ length: features[feature]!.bins }, (_, code) => code).filter(isEmpty);
  const leftIsLarger = 2 * best.leftRows > rows;
  const highestLeft = best.codes.at(-1)!;
  const emptyGoesLeft = (code: number): boolean =>
    features[feature]!.kind === 'categorical' || code === 0 ? leftIsLarger : code < highestLeft;
  return { feature, leftCodes: Uint8Array.of(...best.codes, ...emptyCodes.filter(emptyGoesLeft)) };
}

function sortByMeanGradient(codes: Uint8Array, offset: number, histogram: Histogram): void {
  const meanGradient = (code: number): number => {
    const cell = offset + 3 * code;
    return histogram[cell]! / (histogram[cell + 1]! + levelSmoothing);
  };
  codes.sort((a, b) => meanGradient(a) - meanGradient(b) || a - b);
}
