import { describe, expect, it } from 'vitest';

import { chiSquaredOfCounts } from '../../../core/statistics/chi-squared.ts';
import { chiSquaredSurvival } from '../../../core/statistics/distributions.ts';
import { gTest, gTestOfCounts, gTestPValueAt } from '../../../core/statistics/g-test.ts';
import { compareValues, foundOf, levelComparison } from './comparisons.ts';
import { countComparison } from './counts.ts';

describe('gTestOfCounts', () => {
  it('is twice the sum of observed ln(observed / expected)', () => {
    const statistic = 4 * (10 * Math.log(10 / 20) + 30 * Math.log(30 / 20));
    expect(gTestOfCounts([10, 20, 30], [30, 20, 10])).toEqual({
      statistic: expect.closeTo(statistic, 10) as number,
      pValue: expect.closeTo(Math.exp(-statistic / 2), 12) as number,
      effect: expect.closeTo(Math.sqrt(20 / 120), 10) as number,
      degreesOfFreedom: 2,
      bins: 3,
    });
    expect(statistic).toBeCloseTo(20.93, 2);
  });

  it('is close to chi-squared where shares are close', () => {
    const [g, x] = [gTestOfCounts, chiSquaredOfCounts].map((test) =>
      foundOf(test([50_000, 30_000, 20_000], [5100, 2950, 1950])),
    );
    expect(g!.statistic / x!.statistic).toBeCloseTo(1, 2);
    expect(g!.effect).toBe(x!.effect);
  });

  it('treats rare and new levels as chi-squared does', () => {
    expect(gTestOfCounts([500, 300, 6, 4], [40, 35, 3, 2])).toEqual(
      gTestOfCounts([500, 300, 10], [40, 35, 5]),
    );
    const { pValue } = foundOf(gTestOfCounts([5000, 3000, 2000, 0], [12, 7, 4, 1]));
    expect(pValue).toBeGreaterThan(0.002);
  });

  it('gives 0 with p = 1 for one level, and says which side is empty', () => {
    expect(gTestOfCounts([5000], [3])).toMatchObject({ statistic: 0, pValue: 1, effect: 0 });
    expect(gTestOfCounts([0], [3])).toEqual({ notComputable: 'the reference has no value' });
  });
});

describe('gTest of profiles', () => {
  it('counts everything unseen as one more level', () => {
    expect(gTest(levelComparison(['a', 'b'], ['a', 'x', 'y', null]))).toEqual(
      gTestOfCounts([1, 1, 0], [1, 0, 2]),
    );
  });

  it('is not computable for a continuous column', () => {
    expect(gTest(compareValues([1], [1]))).toEqual({ notComputable: 'only a categorical column has levels' });
  });
});

describe('gTestPValueAt', () => {
  it('is the p-value found at the sizes found, and that of the scaled statistic at others', () => {
    const comparison = countComparison({ reference: [5000, 3000, 2000], current: [70, 60, 38] });
    const found = foundOf(gTest(comparison));
    expect(gTestPValueAt(found, comparison, { reference: 10_000, current: 168 })).toBe(found.pValue);
    expect(gTestPValueAt(found, comparison, { reference: 2500, current: 42 })).toBeCloseTo(
      chiSquaredSurvival(found.statistic / 4, 2),
      12,
    );
  });
});
