import { describe, expect, it } from 'vitest';

import {
  totalVariation,
  totalVariationOfCounts,
  totalVariationPValueAt,
} from '../../../core/statistics/total-variation.ts';
import { compareValues, foundOf, levelComparison, statisticOf } from './comparisons.ts';
import { countComparison } from './counts.ts';

describe('totalVariationOfCounts', () => {
  it('is the share of values that would have to lie in another bin', () => {
    const { statistic, effect, pValue, bins } = foundOf(totalVariationOfCounts([50, 50], [90, 10]));
    expect(statistic).toBeCloseTo(0.4, 15);
    expect([effect, pValue, bins]).toEqual([statistic, null, 2]);
  });

  it('gives 1 without a bin in common, 0 for equal shares', () => {
    expect(statisticOf(totalVariationOfCounts([10, 0, 3], [0, 5, 0]))).toBe(1);
    expect(statisticOf(totalVariationOfCounts([10, 30], [1, 3]))).toBe(0);
  });

  it('is not computable without counts', () => {
    expect(totalVariationOfCounts([1], [0])).toEqual({ notComputable: 'the current window has no value' });
  });
});

describe('totalVariation of profiles', () => {
  it('counts everything unseen as one more level', () => {
    expect(statisticOf(totalVariation(levelComparison(['a', 'b'], ['a', 'b', 'x', 'y', null])))).toBe(0.5);
  });

  it('compares the 10 bins of a continuous column', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i);
    expect(statisticOf(totalVariation(compareValues(hundred, hundred.slice(50))))).toBeCloseTo(0.5, 12);
  });
});

describe('totalVariationPValueAt', () => {
  it('rises as the rows carry less information', () => {
    const comparison = countComparison({ reference: [5000, 3000, 2000], current: [60, 60, 48] });
    const found = foundOf(totalVariation(comparison));
    const pValues = [168, 84, 42, 21, 4.5].map((current) =>
      totalVariationPValueAt(found, comparison, { reference: 10_000, current }),
    );
    expect(pValues[0]).toBeLessThan(0.01);
    expect(pValues).toEqual(pValues.toSorted((a, b) => a - b));
  });
});
