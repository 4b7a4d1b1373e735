import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { areaUnderRoc } from '../../../core/performance/ranking.ts';
import { countValues } from '../../../core/performance/value-counts.ts';

const auc = (positives: readonly number[], negatives: readonly number[]): number =>
  areaUnderRoc(countValues('score', [Float64Array.from(positives), Float64Array.from(negatives)]))!.value;

const stretched = (values: readonly number[]): number[] => values.map((value) => 2 ** value - 100);

/** Scores on a coarse grid, so that ties are common. */
const scores = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 30 });

describe('areaUnderRoc', () => {
  it('gives 1 when every positive is above every negative, and 0 the other way round', () => {
    expect(auc([0.8, 0.9], [0.1, 0.7])).toBe(1);
    expect(auc([0.1, 0.7], [0.8, 0.9])).toBe(0);
  });

  it('gives 0.5 when all scores are equal', () => {
    expect(auc([0.3, 0.3, 0.3], [0.3, 0.3])).toBe(0.5);
  });

  it('counts a tie as half a win', () => {
    expect(auc([0.9, 0.4], [0.4, 0.1])).toBe(0.875);
  });

  it('is the share of won pairs', () => {
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        let won = 0;
        for (const p of positives) for (const n of negatives) won += p > n ? 1 : p === n ? 0.5 : 0;
        expect(auc(positives, negatives)).toBe(won / (positives.length * negatives.length));
      }),
    );
  });

  it('reads only the order of the scores', () => {
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        expect(auc(stretched(positives), stretched(negatives))).toBe(auc(positives, negatives));
      }),
    );
  });

  it('is mirrored when positives and negatives change places', () => {
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        expect(auc(positives, negatives) + auc(negatives, positives)).toBeCloseTo(1, 12);
      }),
    );
  });
});
