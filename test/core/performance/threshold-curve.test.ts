import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { thresholdCurve } from '../../../core/performance/threshold-curve.ts';
import { countValues, storedCounts } from '../../../core/performance/value-counts.ts';

const curve = (own: readonly number[], others: readonly number[], ...thresholds: number[]) =>
  thresholdCurve(countValues('score', [Float64Array.from(own), Float64Array.from(others)]), thresholds);

describe('thresholdCurve', () => {
  it('says a class from its threshold on, the threshold included', () => {
    expect(curve([0.9, 0.5], [0.5, 0.1], 0.5)).toEqual([
      { threshold: 0.5, precision: 2 / 3, recall: 1, f1: 0.8, said: 0.75, falsePositiveRate: 0.5 },
    ]);
  });

  it('has no precision where the class is never said', () => {
    expect(curve([0.4], [0.1], 0.5)).toEqual([
      { threshold: 0.5, recall: 0, f1: 0, said: 0, falsePositiveRate: 0 },
    ]);
  });

  it('is empty where no row is of the class', () => {
    expect(curve([], [0.1], 0.5)).toEqual([]);
  });

  it('is exact at multiples of a 64th where scores are counted in cells', () => {
    const scores = Array.from({ length: 2_000 }, (_, i) => ((i * 733) % 2_000) / 1_999);
    const groups = [0, 1].map((rest) => scores.filter((_, i) => i % 2 === rest));
    const exact = countValues(
      'score',
      groups.map((group) => Float64Array.from(group)),
    );
    const thresholds = Array.from({ length: 65 }, (_, i) => i / 64);
    expect(storedCounts(exact).resolution).toBe('cells');
    expect(thresholdCurve(storedCounts(exact), thresholds)).toEqual(thresholdCurve(exact, thresholds));
  });

  it('agrees with counting the rows, whatever the order of the thresholds', () => {
    const scores = fc.array(
      fc.integer({ min: 0, max: 20 }).map((n) => n / 20),
      { minLength: 1, maxLength: 40 },
    );
    const thresholds = fc.uniqueArray(
      fc.integer({ min: 0, max: 21 }).map((n) => n / 20),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(scores, scores, thresholds, (own, others, thresholds) => {
        const points = curve(own, others, ...thresholds);
        expect(points.map(({ threshold }) => threshold)).toEqual([...thresholds].sort((a, b) => a - b));
        for (const { threshold, precision, recall, f1, said: share, falsePositiveRate } of points) {
          const hits = own.filter((score) => score >= threshold).length;
          const said = hits + others.filter((score) => score >= threshold).length;
          expect(recall).toBe(hits / own.length);
          expect(precision).toBe(said === 0 ? undefined : hits / said);
          expect(f1).toBe((2 * hits) / (said + own.length));
          expect(share).toBe(said / (own.length + others.length));
          expect(falsePositiveRate).toBe((said - hits) / others.length);
        }
      }),
      { seed: 20_240_101 },
    );
  });
});
