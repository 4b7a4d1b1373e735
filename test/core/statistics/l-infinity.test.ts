import { describe, expect, it } from 'vitest';

import { fisherExactOfCounts } from '../../../core/statistics/fisher-exact.ts';
import { lInfinity, lInfinityOfCounts, lInfinityPValueAt } from '../../../core/statistics/l-infinity.ts';
import { foundOf, levelComparison, statisticOf } from './comparisons.ts';
import { countComparison } from './counts.ts';

describe('lInfinityOfCounts', () => {
  it('is the largest difference of a share', () => {
    const { statistic, effect, pValue, bins } = foundOf(lInfinityOfCounts([50, 50, 0], [70, 20, 10]));
    expect(statistic).toBeCloseTo(0.3, 15);
    expect([effect, pValue, bins]).toEqual([statistic, null, 3]);
  });

  it('gives 1 for one level against another, 0 for equal shares', () => {
    expect(statisticOf(lInfinityOfCounts([10, 0], [0, 5]))).toBe(1);
    expect(statisticOf(lInfinityOfCounts([10, 30], [1, 3]))).toBe(0);
  });

  it('is not computable without counts', () => {
    expect(lInfinityOfCounts([0], [2])).toEqual({ notComputable: 'the reference has no value' });
  });
});

describe('lInfinity of profiles', () => {
  it('counts everything unseen as one more level', () => {
    expect(statisticOf(lInfinity(levelComparison(['a', 'b'], ['a', 'b', 'x', 'y', 'z', null])))).toBe(0.6);
  });
});

describe('lInfinityPValueAt', () => {
  it('is exact with two bins: symmetric tables have the p-value of Fisher', () => {
    const counts = { reference: [500, 500], current: [30, 50] };
    const comparison = countComparison(counts);
    const pValue = lInfinityPValueAt(foundOf(lInfinity(comparison)), comparison, {
      reference: 1000,
      current: 80,
    });
    const fisher = foundOf(fisherExactOfCounts(counts.reference, counts.current)).pValue!;
    expect(Math.abs(pValue / fisher - 1)).toBeLessThan(0.2);
  });

  it('is 1 where shares are equal, and for a constant column', () => {
    for (const counts of [
      { reference: [40, 60, 20], current: [4, 6, 2] },
      { reference: [9], current: [2] },
    ]) {
      // prettier-ignore
      const comparison = countComparison(counts);
      expect(
        lInfinityPValueAt(foundOf(lInfinity(comparison)), comparison, { reference: 9, current: 2 }),
      ).toBe(1);
    }
  });

  it('rises as the rows carry less information', () => {
    const comparison = countComparison({ reference: [5000, 3000, 2000], current: [60, 60, 48] });
    const found = foundOf(lInfinity(comparison));
    const pValues = [168, 84, 42, 21, 4.5].map((current) =>
      lInfinityPValueAt(found, comparison, { reference: 10_000, current }),
    );
    expect(pValues[0]).toBeLessThan(0.01);
    expect(pValues).toEqual(pValues.toSorted((a, b) => a - b));
  });
});
