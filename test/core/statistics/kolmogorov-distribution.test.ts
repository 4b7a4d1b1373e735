import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  kolmogorovSurvival,
  twoSampleKolmogorovSurvival,
} from '../../../core/statistics/kolmogorov-distribution.ts';
import oracle from '../../oracles/continuous.json' with { type: 'json' };

describe('kolmogorovSurvival', () => {
  const errorsWhere = (holds: (z: number) => boolean) =>
    oracle.kolmogorovSurvival
      .filter(({ n, distance, probability }) => probability > 1e-300 && holds(Math.sqrt(n) * distance))
      .map(({ n, distance, probability }) => Math.abs(kolmogorovSurvival(n, distance) / probability - 1));

  it('agrees with scipy.stats.kstwo.sf to a relative 1e-6', () => {
    expect(Math.max(...errorsWhere(() => true))).toBeLessThan(1e-6);
  });

  it('agrees to a relative 1e-9 in the tail, down to 1e-300', () => {
    expect(errorsWhere((z) => z >= 1.49).length).toBeGreaterThan(150);
    expect(Math.max(...errorsWhere((z) => z >= 1.49))).toBeLessThan(1e-9);
  });

  it('keeps its digits for 10^8 values, where scipy loses them: the expansion of Miller (1956)', () => {
    for (const z of [1.5, 3, 10, 18]) {
      const [n, distance] = [1e8, z / 1e4];
      const miller = 2 * Math.exp(-((6 * n * distance + 1) ** 2) / (18 * n) - (4 / 9) * n * distance ** 4);
      expect(kolmogorovSurvival(n, distance) / miller).toBeCloseTo(1, 5);
    }
  });

  it('is 0 where it is below the smallest number', () => {
    expect([kolmogorovSurvival(1e8, 0.5), kolmogorovSurvival(2000, 0.45)]).toEqual([0, 0]);
  });

  it('is 2 (1 - d) for one value and d of at least a half', () => {
    expect(kolmogorovSurvival(1, 0.75)).toBeCloseTo(0.5, 12);
  });

  it('gives the critical value of tables: 0.294 for 5% and 20 values', () => {
    expect(kolmogorovSurvival(20, 0.29408)).toBeCloseTo(0.05, 4);
  });

  it('approaches the limit of Kolmogorov: 1.358 / sqrt(n) for 5%', () => {
    expect(kolmogorovSurvival(100_000_000, 1.3581 / 1e4)).toBeCloseTo(0.05, 4);
  });

  it('is 1 at 0 and without a value, 0 at 1', () => {
    expect([kolmogorovSurvival(50, 0), kolmogorovSurvival(0, 1), kolmogorovSurvival(50, 1)]).toEqual([
      1, 1, 0,
    ]);
  });

  it('falls as the distance grows, within [0, 1], across every change of method', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 200_000 })),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        fc.double({ min: 0, max: 0.1, noNaN: true }),
        (n, z, step) => {
          const high = kolmogorovSurvival(n, Math.min(1, z / Math.sqrt(n)));
          const low = kolmogorovSurvival(n, Math.min(1, (z + step) / Math.sqrt(n)));
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(high + 3e-6);
        },
      ),
    );
  });
});

describe('twoSampleKolmogorovSurvival', () => {
  /** All orders of n and m values, by brute force. */
  function distancesOfAllOrders(n: number, m: number): number[] {
    const orders = (i: number, j: number, sofar: number): number[] => {
      const distance = Math.max(sofar, Math.abs(i / n - j / m));
      if (i === n && j === m) return [distance];
      return [...(i < n ? orders(i + 1, j, distance) : []), ...(j < m ? orders(i, j + 1, distance) : [])];
    };
    return orders(0, 0, 0);
  }

  it.each([
    [1, 1],
    [1, 6],
    [4, 4],
    [3, 7],
    [6, 4],
  ])('is the share of the orders of %d and %d values', (n, m) => {
    const distances = distancesOfAllOrders(n, m);
    for (const distance of distances) {
      const share = distances.filter((other) => other > distance - 1e-9).length / distances.length;
      expect(twoSampleKolmogorovSurvival(n, m, distance)).toBeCloseTo(share, 12);
    }
  });

  it('treats both sides alike, and falls as the distance grows', () => {
    const pValues = Array.from({ length: 30 }, (_, k) => twoSampleKolmogorovSurvival(30, 17, k / 30));
    expect(pValues).toEqual(pValues.toSorted((a, b) => b - a));
    expect(twoSampleKolmogorovSurvival(17, 30, 0.4)).toBeCloseTo(
      twoSampleKolmogorovSurvival(30, 17, 0.4),
      13,
    );
  });

  it('approaches the law of the one-sample statistic for many values', () => {
    expect(twoSampleKolmogorovSurvival(6000, 200, 0.1) / kolmogorovSurvival(194, 0.1)).toBeCloseTo(1, 1);
  });
});
