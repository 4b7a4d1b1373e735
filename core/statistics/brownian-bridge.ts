/**
 * What is left of two samples of one distribution when they are large: sqrt(n m / (n + m)) times the difference of their
 * cumulative shares is a Brownian bridge, whose values at the shares s <= t have the covariance s (1 - t).
 */

import type { QuadraticForm } from './quadratic-form.ts';

/** A square of the bridge in a sum. */
export interface BridgePoint {
  /** The share at which the bridge is read. */
  readonly at: number;
  readonly weight: number;
  /**
   * By how much the variance there is less than at (1 - at): of a mean over the two ends of a jump, a quarter of the
   * jump.
   */
  readonly lessVariance: number;
}

/**
 * The law of a weighted sum of squares of the bridge, at ascending shares between 0 and 1.
 *
 * The determinant is the end of a string of beads: y = 0 and y' = 1 at 0, straight between the points, y' falling by u
 * weight y at a point; it is y at 1. In terms of y' / y no factor turns by more than half a circle. Cost: one pass over
 * the points.
 */
export function squaredBridge(points: readonly BridgePoint[]): QuadraticForm {
  let mean = 0;
  let halfVariance = 0;
  /** Over the points so far: weight at^2. */
  let moment = 0;
  for (const { at, weight, lessVariance } of points) {
    const ownMean = weight * (at * (1 - at) - lessVariance);
    mean += ownMean;
    halfVariance += ownMean ** 2 + 2 * weight * (1 - at) ** 2 * moment;
    moment += weight * at ** 2;
  }
  return {
    mean,
    variance: 2 * halfVariance,
    logDeterminant: (re, im) => logDeterminantOf(points, re, im),
  };
}

function logDeterminantOf(points: readonly BridgePoint[], re: number, im: number): readonly [number, number] {
  let logSize = 0;
  let angle = 0;
  let reached = 0;
  // y' / y, infinite at the start.
  let [slopeRe, slopeIm] = [0, 0];
  for (let k = 0; k <= points.length; k += 1) {
    const point = points[k];
    const step = (point?.at ?? 1) - reached;
    reached += step;
    if (k === 0) {
      logSize += Math.log(step);
      slopeRe = 1 / step;
    } else {
      // y grows by the factor 1 + step y' / y.
      const growthRe = 1 + step * slopeRe;
      const growthIm = step * slopeIm;
      const size = growthRe * growthRe + growthIm * growthIm;
      logSize += Math.log(size) / 2;
      angle += Math.atan2(growthIm, growthRe);
      const re = (slopeRe * growthRe + slopeIm * growthIm) / size;
      slopeIm = (slopeIm * growthRe - slopeRe * growthIm) / size;
      slopeRe = re;
    }
    if (point === undefined) break;
    // What is less in variance is independent of the rest: a factor of its own, and so much less weight for the rest.
    const ownRe = 1 + re * point.weight * point.lessVariance;
    const ownIm = im * point.weight * point.lessVariance;
    const size = ownRe * ownRe + ownIm * ownIm;
    logSize += Math.log(size) / 2;
    angle += Math.atan2(ownIm, ownRe);
    slopeRe -= (point.weight * (re * ownRe + im * ownIm)) / size;
    slopeIm -= (point.weight * (im * ownRe - re * ownIm)) / size;
  }
  return [logSize, angle];
}
