import { describe, expect, it } from 'vitest';

import {
  fitBoostedTrees,
  predictBoostedTrees,
  type BoostingOptions,
} from '../../../core/boosting/boosted-trees.ts';
import { binFeature, type BinnedFeature } from '../../../core/boosting/feature-bins.ts';
import { normals, uniforms } from '../multivariate/samples.ts';

const boosting: BoostingOptions = {
  loss: 'squared',
  rounds: 100,
  depth: 3,
  shrinkage: 0.2,
  minimumLeafRows: 5,
};
const rows = 600;
const all = Int32Array.from({ length: rows }, (_, i) => i);
const normal = normals(uniforms(7));
const column = (): Float64Array => Float64Array.from({ length: rows }, normal);
const binned = (values: Float64Array): BinnedFeature => binFeature({ name: 'x', kind: 'continuous', values });

/** Fits to all rows and gives the mean squared error on them. */
function errorOf(
  features: BinnedFeature[],
  target: Float64Array,
  options: Partial<BoostingOptions> = {},
): number {
  const model = fitBoostedTrees(features, target, all, { ...boosting, ...options });
  const predicted = predictBoostedTrees(model, features, all);
  return target.reduce((sum, value, i) => sum + (value - predicted[i]!) ** 2 / rows, 0);
}

describe('boosted trees', () => {
  it('follow a number, and two numbers that only matter together', () => {
    const [x, y] = [column(), column()];
    expect(
      errorOf(
        [binned(x)],
        x.map((value) => value ** 2),
      ),
    ).toBeLessThan(0.1);
    const together = x.map((value, i) => Math.sign(value * y[i]!));
    expect(errorOf([binned(x), binned(y)], together)).toBeLessThan(0.05);
    // A tree of depth 1 adds up what single features say: nothing.
    expect(errorOf([binned(x), binned(y)], together, { depth: 1 })).toBeGreaterThan(0.8);
  });

  it('put missing values on the side where they belong, high or low', () => {
    const x = column().map((value, i) => (i % 3 === 0 ? NaN : value));
    for (const missing of [-5, 0, 5]) {
      const target = x.map((value) => (Number.isNaN(value) ? missing : Math.sign(value)));
      expect(errorOf([binned(x)], target), `missing means ${missing}`).toBeLessThan(0.001);
    }
  });

  it('send what they have not seen where its neighbours go, and what has none to the larger part', () => {
    const x = Float64Array.from({ length: 600 }, (_, i) => (i % 12 === 11 ? NaN : i % 12));
    const features = [binned(x)];
    const target = x.map((value) => (value > 7 ? 1 : -1));
    const fitTo = all.filter((row) => x[row] !== 3 && !Number.isNaN(x[row]!));
    const fitted = fitBoostedTrees(features, target, fitTo, { ...boosting, depth: 1 });
    const [of2, of3, of9, ofMissing] = predictBoostedTrees(fitted, features, Int32Array.of(2, 3, 9, 11));
    expect(of2).toBeLessThan(-0.9);
    expect(of9).toBeGreaterThan(0.9);
    expect(of3).toBe(of2);
    expect(ofMissing).toBe(of2);
  });

  it('divide levels by what they mean, not by their names', () => {
    const levels = Array.from({ length: rows }, (_, i) => `level ${(i * 7) % 12}`);
    const target = Float64Array.from({ length: rows }, (_, i) => (((i * 7) % 12) % 2 === 0 ? 1 : -1));
    const feature = binFeature({ name: 'c', kind: 'categorical', values: levels });
    expect(errorOf([feature], target, { depth: 1 })).toBeLessThan(0.001);
  });

  it('predict log-odds of a share', () => {
    const x = column();
    const isHigh = x.map((value, i) => (value > 0 ? Number(i % 4 !== 0) : Number(i % 4 === 0)));
    const features = [binned(x)];
    const model = fitBoostedTrees(features, isHigh, all, {
      ...boosting,
      loss: 'logistic',
      depth: 1,
      rounds: 200,
      minimumLeafRows: 100,
    });
    const predicted = predictBoostedTrees(model, features, all);
    const meanOf = (wanted: boolean): number => {
      const chosen = predicted.filter((_, i) => x[i]! > 0 === wanted);
      return chosen.reduce((sum, value) => sum + value / chosen.length, 0);
    };
    expect(Math.abs(meanOf(true) - Math.log(3))).toBeLessThan(0.25);
    expect(Math.abs(meanOf(false) + Math.log(3))).toBeLessThan(0.25);
  });

  it('are no trees where nothing can be learned: the mean, or the log-odds of the whole', () => {
    const constant = binned(new Float64Array(rows).fill(3));
    const model = fitBoostedTrees([constant], column(), all, boosting);
    expect(model.trees).toEqual([]);
    const two = fitBoostedTrees([], Float64Array.of(1, 1, 0), Int32Array.of(0, 1, 2), {
      ...boosting,
      loss: 'logistic',
    });
    expect(two.base).toBeCloseTo(Math.log(2.5 / 1.5));
  });

  it('look only at the rows they are given, and are the same every time', () => {
    const x = column();
    const half = all.filter((row) => row < 300);
    const target = x.map((value, i) => (i < 300 ? value : NaN));
    const first = fitBoostedTrees([binned(x)], target, half, boosting);
    expect(fitBoostedTrees([binned(x)], target, half, boosting)).toEqual(first);
    expect(predictBoostedTrees(first, [binned(x)], all).every(Number.isFinite)).toBe(true);
  });
});
