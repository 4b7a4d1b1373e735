import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chiSquaredSurvival } from '../../../core/statistics/distributions.ts';
import {
  jensenShannon,
  jensenShannonOfCounts,
  jensenShannonPValueAt,
} from '../../../core/statistics/jensen-shannon.ts';
import { compareValues, foundOf, levelComparison, statisticOf } from './comparisons.ts';
import { countComparison, pairsOfCounts } from './counts.ts';

describe('jensenShannonOfCounts', () => {
  it('gives 1 without a bin in common, 0 for equal shares', () => {
    expect(jensenShannonOfCounts([10, 0], [0, 5])).toEqual({
      statistic: 1,
      pValue: null,
      effect: 1,
      bins: 2,
    });
    expect(jensenShannonOfCounts([10, 30], [1, 3])).toEqual({
      statistic: 0,
      pValue: null,
      effect: 0,
      bins: 2,
    });
  });

  it('is the square root of the divergence in bits', () => {
    // (1, 0) against (1/2, 1/2): (log2(4/3) + log2(2/3) / 2 + 1/2) / 2
    const divergence = (Math.log2(4 / 3) + Math.log2(2 / 3) / 2 + 1 / 2) / 2;
    expect(statisticOf(jensenShannonOfCounts([8, 0], [4, 4]))).toBeCloseTo(Math.sqrt(divergence), 12);
  });

  it('is not computable without counts', () => {
    expect(jensenShannonOfCounts([0], [1])).toEqual({ notComputable: 'the reference has no value' });
    expect(jensenShannonOfCounts([1], [0])).toEqual({ notComputable: 'the current window has no value' });
  });

  it('is within [0, 1], symmetric, and obeys the triangle inequality', () => {
    fc.assert(
      fc.property(pairsOfCounts, pairsOfCounts, ({ a, b }, other) => {
        const c = [...other.a, ...b].slice(0, b.length);
        fc.pre(c.some((count) => count > 0));
        const distance = (x: number[], y: number[]) => statisticOf(jensenShannonOfCounts(x, y));
        expect(distance(a, b)).toBeGreaterThanOrEqual(0);
        expect(distance(a, b)).toBeLessThanOrEqual(1);
        expect(distance(b, a)).toBeCloseTo(distance(a, b), 7);
        expect(distance(a, a)).toBe(0);
        expect(distance(a, b)).toBeLessThanOrEqual(distance(a, c) + distance(c, b) + 1e-7);
      }),
    );
  });
});

describe('jensenShannon of profiles', () => {
  it('counts everything unseen as one more level', () => {
    expect(jensenShannon(levelComparison(['a', 'a', 'b'], ['x', 'y']))).toMatchObject({ statistic: 1 });
    expect(jensenShannon(levelComparison(['a', 'b'], ['a', 'b', 'x', null]))).toEqual(
      jensenShannonOfCounts([1, 1, 0], [1, 1, 1]),
    );
  });

  it('compares the 10 bins of a continuous column', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i);
    expect(jensenShannon(compareValues(hundred, hundred.slice(0, 10)))).toEqual(
      jensenShannonOfCounts(
        Array.from({ length: 10 }, () => 10),
        [10, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      ),
    );
  });

  it('gives 0 for equal constants, 1 for unequal ones', () => {
    expect(statisticOf(jensenShannon(compareValues([5, 5], [5])))).toBe(0);
    expect(statisticOf(jensenShannon(compareValues([5, 5], [6])))).toBe(1);
  });
});

describe('jensenShannonPValueAt', () => {
  const comparison = countComparison({ reference: [5000, 3000, 2000], current: [70, 60, 38] });
  const found = foundOf(jensenShannon(comparison));

  it('is close to the chi-squared law of 8 ln 2 times the divergence at many rows', () => {
    const pValue = jensenShannonPValueAt(found, comparison, { reference: 10_000, current: 168 });
    const scaled = (8 * Math.LN2 * found.statistic ** 2) / (1 / 10_000 + 1 / 168);
    expect(Math.abs(pValue / chiSquaredSurvival(scaled, 2) - 1)).toBeLessThan(0.05);
  });

  it('rises as the rows carry less information', () => {
    const pValues = [168, 84, 42, 21, 4.5].map((current) =>
      jensenShannonPValueAt(found, comparison, { reference: 10_000, current }),
    );
    expect(pValues).toEqual(pValues.toSorted((a, b) => a - b));
    expect(pValues.at(-1)).toBeGreaterThan(0.5);
  });
});
