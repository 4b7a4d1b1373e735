import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hellinger, hellingerOfCounts, hellingerPValueAt } from '../../../core/statistics/hellinger.ts';
import { jensenShannonOfCounts } from '../../../core/statistics/jensen-shannon.ts';
import { totalVariationOfCounts } from '../../../core/statistics/total-variation.ts';
import { foundOf, levelComparison, statisticOf } from './comparisons.ts';
import { countComparison, pairsOfCounts } from './counts.ts';

describe('hellingerOfCounts', () => {
  it('gives 1 without a bin in common, 0 for equal shares', () => {
    expect(hellingerOfCounts([10, 0], [0, 5])).toEqual({ statistic: 1, pValue: null, effect: 1, bins: 2 });
    expect(statisticOf(hellingerOfCounts([10, 30], [1, 3]))).toBe(0);
  });

  it('is the square root of 1 minus the overlap of the square roots', () => {
    const overlap = Math.sqrt(0.5 * 0.9) + Math.sqrt(0.5 * 0.1);
    expect(statisticOf(hellingerOfCounts([50, 50], [90, 10]))).toBeCloseTo(Math.sqrt(1 - overlap), 12);
  });

  it('counts a change from 0 to 1% as much as one from 41 to 50%', () => {
    const [small, large] = [[[1, 0], [99, 1]], [[59, 41], [50, 50]]] as const; // prettier-ignore
    const distances = [small, large].map(([a, b]) => statisticOf(hellingerOfCounts(a, b)));
    expect(distances[0]! / distances[1]!).toBeCloseTo(1.1, 1);
  });

  it('is between the squares and the roots of the total variation, and near Jensen-Shannon', () => {
    fc.assert(
      fc.property(pairsOfCounts, ({ a, b }) => {
        const h = statisticOf(hellingerOfCounts(a, b));
        const variation = statisticOf(totalVariationOfCounts(a, b));
        expect(h ** 2).toBeLessThanOrEqual(variation + 1e-12);
        expect(variation).toBeLessThanOrEqual(h * Math.sqrt(2 - h ** 2) + 1e-12);
        const squared = statisticOf(jensenShannonOfCounts(a, b)) ** 2;
        expect(squared).toBeGreaterThanOrEqual(h ** 2 - 1e-12);
        expect(squared).toBeLessThanOrEqual(h ** 2 / Math.LN2 + 1e-12);
      }),
    );
  });

  it('is not computable without counts', () => {
    expect(hellingerOfCounts([0], [1])).toEqual({ notComputable: 'the reference has no value' });
  });
});

describe('hellinger of profiles', () => {
  it('counts everything unseen as one more level', () => {
    expect(hellinger(levelComparison(['a', 'b'], ['a', 'b', 'x', 'y', null]))).toEqual(
      hellingerOfCounts([1, 1, 0], [1, 1, 2]),
    );
  });
});

describe('hellingerPValueAt', () => {
  it('rises as the rows carry less information', () => {
    const comparison = countComparison({ reference: [5000, 3000, 2000], current: [60, 60, 48] });
    const found = foundOf(hellinger(comparison));
    const pValues = [168, 84, 42, 21, 4.5].map((current) =>
      hellingerPValueAt(found, comparison, { reference: 10_000, current }),
    );
    expect(pValues[0]).toBeLessThan(0.01);
    expect(pValues).toEqual(pValues.toSorted((a, b) => a - b));
  });
});
