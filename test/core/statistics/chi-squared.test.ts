import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chiSquared, chiSquaredOfCounts } from '../../../core/statistics/chi-squared.ts';
import { compareValues, levelComparison } from './comparisons.ts';
import { pairsOfCounts } from './counts.ts';

const repeat = (level: string, times: number) => Array.from({ length: times }, () => level);

describe('chiSquaredOfCounts', () => {
  it('tests whether two samples have the same shares', () => {
    // Expected 20 in each of the six cells: (10^2 / 20) * 4
    const result = chiSquaredOfCounts([10, 20, 30], [30, 20, 10]);
    expect(result).toEqual({
      statistic: expect.closeTo(20, 10) as number,
      pValue: expect.closeTo(Math.exp(-10), 12) as number,
      effect: expect.closeTo(Math.sqrt(20 / 120), 10) as number,
    });
  });

  it('gives 0 with p = 1 for one level on both sides, whatever the sizes', () => {
    expect(chiSquaredOfCounts([0, 5000], [0, 3])).toEqual({ statistic: 0, pValue: 1, effect: 0 });
  });

  it('merges levels that are expected fewer than 5 times on a side', () => {
    expect(chiSquaredOfCounts([500, 300, 6, 4], [40, 35, 3, 2])).toEqual(
      chiSquaredOfCounts([500, 300, 10], [40, 35, 5]),
    );
  });

  it('shows a total change, though the new level is rarely expected', () => {
    expect(chiSquaredOfCounts([1000, 0], [0, 12])).toMatchObject({ effect: expect.closeTo(1, 12) as number });
  });

  it('is not computable where every level is rare, or a side is empty', () => {
    expect(chiSquaredOfCounts([125, 125, 125, 125], [12, 0, 0, 0])).toEqual({
      notComputable: 'too few values: every level is expected fewer than 5 times',
    });
    expect(chiSquaredOfCounts([0, 0], [1, 2])).toEqual({ notComputable: 'the reference has no value' });
    expect(chiSquaredOfCounts([1, 2], [0, 0])).toEqual({ notComputable: 'the current window has no value' });
  });

  it('is symmetric, and its p-value and effect are within [0, 1]', () => {
    fc.assert(
      fc.property(pairsOfCounts, ({ a, b }) => {
        const result = chiSquaredOfCounts(a, b);
        const reversed = chiSquaredOfCounts(b, a);
        fc.pre(!('notComputable' in result) && !('notComputable' in reversed));
        expect(Math.abs(reversed.statistic - result.statistic)).toBeLessThanOrEqual(
          1e-9 * (1 + result.statistic),
        );
        for (const share of [result.pValue ?? NaN, result.effect]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('gives 0 with p = 1 for equal counts', () => {
    fc.assert(
      fc.property(pairsOfCounts, ({ a }) => {
        const result = chiSquaredOfCounts(a, a);
        fc.pre(!('notComputable' in result));
        expect(result).toEqual({ statistic: 0, pValue: 1, effect: 0 });
      }),
    );
  });
});

describe('chiSquared of profiles', () => {
  it('counts everything unseen as one more level, and leaves missing out', () => {
    const reference = [...repeat('a', 60), ...repeat('b', 40)];
    const current = [...repeat('a', 30), ...repeat('c', 15), ...repeat('d', 5), null];
    expect(chiSquared(levelComparison(reference, current))).toEqual(
      chiSquaredOfCounts([60, 40, 0], [30, 0, 20]),
    );
  });

  it('is not computable for a continuous column or an empty side', () => {
    expect(chiSquared(compareValues([1], [1]))).toEqual({
      notComputable: 'only a categorical column has levels',
    });
    expect(chiSquared(levelComparison([null], ['a']))).toEqual({
      notComputable: 'the reference has no value',
    });
    expect(chiSquared(levelComparison(['a'], [null]))).toEqual({
      notComputable: 'the current window has no value',
    });
  });
});
