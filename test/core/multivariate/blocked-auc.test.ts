import { describe, expect, it } from 'vitest';

import { blockedAuc } from '../../../core/multivariate/blocked-auc.ts';
import { areaUnderRoc } from '../../../core/performance/ranking.ts';
import { countValues } from '../../../core/performance/value-counts.ts';
import { normals, seriesSample, uniforms } from './samples.ts';

const fold = (reference: number[], current: number[]) => ({
  reference: Float64Array.from(reference),
  current: Float64Array.from(current),
});

describe('blockedAuc', () => {
  it('counts how often a current row scores above a reference row of its fold, a tie half', () => {
    const folds = [fold([1, 2], [2, 3]), fold([1, 2], [2, 3])];
    expect(blockedAuc(folds).auc).toBe(0.875);
    expect(blockedAuc(folds).auc).toBe(
      areaUnderRoc(countValues('score', [Float64Array.of(2, 3), Float64Array.of(1, 2)]))?.value,
    );
  });

  it('never compares scores of different folds, and weighs folds by their pairs', () => {
    const shifted = [fold([1, 2], [2, 3]), fold([101, 102], [102, 103])];
    expect(blockedAuc(shifted).auc).toBe(0.875);
    const unequal = [fold([0, 0], [1, 1]), fold([1, 1, 1, 1], [0, 0, 0, 0])];
    expect(blockedAuc(unequal).auc).toBe(4 / 20);
  });

  it('has no error where every current row wins', () => {
    const { standardError, degreesOfFreedom } = blockedAuc([fold([1, 2], [3, 4]), fold([1, 2], [3, 4])]);
    expect(standardError).toBe(0);
    expect(Number.isFinite(degreesOfFreedom)).toBe(true);
  });

  it('has the standard error of DeLong for independent rows, times that of shared training', () => {
    const normal = normals(uniforms(3));
    const folds = Array.from({ length: 5 }, () =>
      fold(Array.from({ length: 400 }, normal), Array.from({ length: 400 }, normal)),
    );
    // With all scores alike the variance of an AUC is (n + m + 1) / (12 n m), here that of 2,000 and 2,000 rows.
    const independent = Math.sqrt(5 * (401 + 400)) / Math.sqrt(12 * 400 * 400) / 5;
    const { standardError, auc } = blockedAuc(folds);
    expect(standardError / (independent * Math.sqrt(2.25))).toBeGreaterThan(0.6);
    expect(standardError / (independent * Math.sqrt(2.25))).toBeLessThan(1.5);
    expect(Math.abs(auc - 0.5)).toBeLessThan(3 * independent);
  });

  it('is less certain where neighbours in time are alike', () => {
    const scores = (seed: number, autocorrelation: number): number[] => [
      ...(seriesSample(seed, 200, 1, autocorrelation).columns[0]!.values as Float64Array),
    ];
    const errorAt = (autocorrelation: number): number =>
      blockedAuc(
        [1, 2, 3, 4, 5].map((seed) =>
          fold(scores(seed, autocorrelation), scores(seed + 10, autocorrelation)),
        ),
      ).standardError;
    expect(errorAt(0.95)).toBeGreaterThan(2 * errorAt(0));
  });
});
