import { describe, expect, it } from 'vitest';

import { exactCramerVonMisesSurvival } from '../../../core/statistics/cramer-von-mises-exact.ts';
import {
  cramerVonMises,
  cramerVonMisesOfValues,
  cramerVonMisesPValueAt,
} from '../../../core/statistics/cramer-von-mises.ts';
import { sorted } from '../profile/arbitraries.ts';
import { compareValues, foundOf } from './comparisons.ts';

describe('cramerVonMisesOfValues', () => {
  it('gives an effect of 1 for disjoint samples', () => {
    expect(cramerVonMisesOfValues(sorted([1, 2]), sorted([3, 4]))).toEqual({
      statistic: 0.375,
      pValue: expect.closeTo(1 / 3, 12),
      effect: 1,
    });
    const rows = Float64Array.from({ length: 500 }, (_, i) => i);
    const far = rows.map((value) => value + 1000);
    expect(foundOf(cramerVonMisesOfValues(rows, far.slice(0, 100))).effect).toBe(1);
  });

  it('gives 0 with p = 1 for equal columns of different size, where the ranks of scipy find a difference', () => {
    expect(cramerVonMisesOfValues(new Float64Array(50).fill(1), new Float64Array(20).fill(1))).toEqual({
      statistic: 0,
      pValue: 1,
      effect: 0,
    });
    expect(foundOf(cramerVonMisesOfValues(sorted([1, 2, 3]), sorted([1, 1, 2, 2, 3, 3]))).statistic).toBe(0);
  });

  it('takes the exact law up to 12 values a side', () => {
    const rows = (count: number) => Float64Array.from({ length: count }, (_, i) => Math.sqrt(i + 1 / count));
    expect(cramerVonMisesOfValues(rows(12), rows(11))).toEqual(
      cramerVonMisesOfValues(rows(12), rows(11), 'exact'),
    );
    expect(cramerVonMisesOfValues(rows(13), rows(11))).toEqual(
      cramerVonMisesOfValues(rows(13), rows(11), 'asymptotic'),
    );
  });

  it('is not computable without values', () => {
    expect(cramerVonMisesOfValues(sorted([1]), sorted([]))).toEqual({
      notComputable: 'the current window has no value',
    });
  });
});

describe('exactCramerVonMisesSurvival', () => {
  /** The sums of all orders of n and m values, by brute force. */
  function sumsOfAllOrders(n: number, m: number): number[] {
    const orders = (i: number, j: number, before: number): number[] => {
      const sum = before + (i / n - j / m) ** 2;
      if (i === n && j === m) return [sum];
      return [...(i < n ? orders(i + 1, j, sum) : []), ...(j < m ? orders(i, j + 1, sum) : [])];
    };
    return orders(0, 0, 0);
  }

  it.each([
    [1, 1],
    [1, 5],
    [4, 4],
    [6, 3],
    [5, 7],
  ])('is the share of the orders of %d and %d values', (n, m) => {
    const sums = sumsOfAllOrders(n, m);
    for (const sum of sums) {
      const share = sums.filter((other) => other > sum - 1e-9).length / sums.length;
      expect(exactCramerVonMisesSurvival(n, m, sum)).toBeCloseTo(share, 12);
    }
  });
});

describe('cramerVonMisesPValueAt', () => {
  const comparison = compareValues(
    Array.from({ length: 300 }, (_, i) => i),
    Array.from({ length: 60 }, (_, i) => 5 * i + 40),
  );
  const found = foundOf(cramerVonMises(comparison));

  it('is the p-value that was found at the full sizes, and grows as the rows tell less', () => {
    const pValues = [60, 30, 10, 3, 1].map((current) =>
      cramerVonMisesPValueAt(found, comparison, { reference: 300, current }),
    );
    expect(pValues[0]).toBe(found.pValue);
    expect(pValues).toEqual(pValues.toSorted((a, b) => a - b));
  });
});
