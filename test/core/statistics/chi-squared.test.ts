import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chiSquared, chiSquaredOfCounts, chiSquaredPValueAt } from '../../../core/statistics/chi-squared.ts';
import { chiSquaredSurvival } from '../../../core/statistics/distributions.ts';
import { compareValues, foundOf, levelComparison } from './comparisons.ts';
import { countComparison, pairsOfCounts } from './counts.ts';

const repeat = (level: string, times: number) => Array.from({ length: times }, () => level);

describe('chiSquaredOfCounts', () => {
  it('tests whether two samples have the same shares', () => {
    // Expected 20 in each of the six cells: (10^2 / 20) * 4
    const result = chiSquaredOfCounts([10, 20, 30], [30, 20, 10]);
    expect(result).toEqual({
      statistic: expect.closeTo(20, 10) as number,
      pValue: expect.closeTo(Math.exp(-10), 12) as number,
      effect: expect.closeTo(Math.sqrt(20 / 120), 10) as number,
      degreesOfFreedom: 2,
      bins: 3,
    });
  });

  it('has an effect that does not depend on how many rows there are', () => {
    const effects = [10, 1000, 100_000].map(
      (size) => foundOf(chiSquaredOfCounts([5 * size, 5 * size], [80, 20])).effect,
    );
    for (const effect of effects) expect(effect).toBeCloseTo(effects[0]!, 12);
    // Half against four fifths: .3 is a medium V. Over all 10,100 rows it would be .06, and below every floor.
    expect(effects[0]).toBeCloseTo(0.3145, 4);
  });

  it('gives 0 with p = 1 for one level on both sides, whatever the sizes', () => {
    expect(chiSquaredOfCounts([0, 5000], [0, 3])).toEqual({
      statistic: 0,
      pValue: 1,
      effect: 0,
      degreesOfFreedom: 0,
      bins: 1,
    });
  });

  it('merges levels that are expected fewer than 5 times on a side', () => {
    expect(chiSquaredOfCounts([500, 300, 6, 4], [40, 35, 3, 2])).toEqual(
      chiSquaredOfCounts([500, 300, 10], [40, 35, 5]),
    );
  });

  it('shows a total change, though the new level is rarely expected', () => {
    // As many ways to give all 12 new values to the current side: 1 in C(1012, 12).
    const { pValue, effect } = foundOf(chiSquaredOfCounts([1000, 0], [0, 12]));
    expect(effect).toBeCloseTo(1, 12);
    expect(pValue).toBeLessThan(1e-27);
  });

  it('gives a single new value in a small window the probability that it has', () => {
    // 24 of 10,024 rows are the window: a new value falls into it in 0.24% of all cases. The chi-squared law says 5e-90.
    const { statistic, pValue } = foundOf(chiSquaredOfCounts([5000, 3000, 2000, 0], [12, 7, 4, 1]));
    expect(chiSquaredSurvival(statistic, 3)).toBeLessThan(1e-80);
    expect(pValue).toBeGreaterThan(0.002);
    expect(pValue).toBeLessThan(24 / 10_024);
  });

  it('keeps apart levels that are all rare, and compares their table with all others', () => {
    // One of the four levels has all 12 values: 4 tables in C(512, 12) / C(137, 12).
    const { pValue, bins } = foundOf(chiSquaredOfCounts([125, 125, 125, 125], [12, 0, 0, 0]));
    expect(bins).toBe(4);
    expect(pValue).toBeGreaterThan(1e-7);
    expect(pValue).toBeLessThan(1e-6);
  });

  it('takes a million categories', () => {
    const reference = Array.from({ length: 1_000_000 }, (_, level) => (level % 3) + 1);
    const current = reference.map((count, level) => (level % 10 === 0 ? 10 * count : 0));
    const { pValue, bins } = foundOf(chiSquaredOfCounts(reference, current));
    // A tenth of them is frequent enough; the others are one rare and one very rare level.
    expect(bins).toBe(100_002);
    expect(pValue).toBe(0);
  });

  it('is not computable where a side is empty', () => {
    expect(chiSquaredOfCounts([0, 0], [1, 2])).toEqual({ notComputable: 'the reference has no value' });
    expect(chiSquaredOfCounts([1, 2], [0, 0])).toEqual({ notComputable: 'the current window has no value' });
  });

  it('is symmetric, and its p-value and effect are within [0, 1]', () => {
    fc.assert(
      fc.property(pairsOfCounts, ({ a, b }) => {
        const [result, reversed] = [foundOf(chiSquaredOfCounts(a, b)), foundOf(chiSquaredOfCounts(b, a))];
        expect(Math.abs(reversed.statistic - result.statistic)).toBeLessThanOrEqual(
          1e-9 * (1 + result.statistic),
        );
        expect(Math.abs(reversed.pValue! - result.pValue!)).toBeLessThanOrEqual(1e-9);
        for (const share of [result.pValue!, result.effect]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('gives 0 with p = 1 for equal counts', () => {
    fc.assert(
      fc.property(pairsOfCounts, ({ a }) => {
        expect(chiSquaredOfCounts(a, a)).toMatchObject({ statistic: 0, pValue: 1, effect: 0 });
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

describe('chiSquaredPValueAt', () => {
  const comparison = countComparison({ reference: [5000, 3000, 2000], current: [70, 60, 38] });
  const found = foundOf(chiSquared(comparison));

  it('is the p-value found at the sizes found', () => {
    expect(chiSquaredPValueAt(found, comparison, { reference: 10_000, current: 168 })).toBe(found.pValue);
  });

  it('divides the statistic by the design effect', () => {
    const scaled = chiSquaredPValueAt(found, comparison, { reference: 2500, current: 42 });
    expect(scaled).toBeCloseTo(chiSquaredSurvival(found.statistic / 4, 2), 12);
  });

  it('gives less than half an effective row of a new level no weight', () => {
    const withNew = countComparison({ reference: [5000, 5000, 0], current: [83, 83, 2] });
    expect(chiSquaredPValueAt(found, withNew, { reference: 1000, current: 17 })).toBe(1);
    expect(chiSquaredPValueAt(found, withNew, { reference: 10_000, current: 168 })).toBeLessThan(0.001);
  });
});
