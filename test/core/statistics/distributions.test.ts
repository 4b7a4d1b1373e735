import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chiSquaredSurvival, upperIncompleteGamma } from '../../../core/statistics/distributions.ts';
import oracle from '../../oracles/statistics.json' with { type: 'json' };

describe('chiSquaredSurvival', () => {
  it('agrees with scipy.stats.chi2.sf to a relative 1e-10', () => {
    const errors = oracle.chiSquaredSurvival.map(
      ({ statistic, degreesOfFreedom, probability }) =>
        Math.abs(chiSquaredSurvival(statistic, degreesOfFreedom) - probability) / (probability || 1),
    );
    expect(Math.max(...errors)).toBeLessThan(1e-10);
  });

  it('is exp(-x / 2) for two degrees of freedom', () => {
    expect(chiSquaredSurvival(6, 2)).toBeCloseTo(Math.exp(-3), 14);
  });

  it('gives the critical value of tables: 3.841 for 5%', () => {
    expect(chiSquaredSurvival(3.841458820694124, 1)).toBeCloseTo(0.05, 12);
  });

  it('is 1 at 0 and without degrees of freedom, and ends at 0', () => {
    expect([chiSquaredSurvival(0, 3), chiSquaredSurvival(5, 0), chiSquaredSurvival(1e6, 3)]).toEqual([
      1, 1, 0,
    ]);
  });

  it('falls as the statistic rises, within [0, 1]', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 5000, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.integer({ min: 1, max: 1000 }),
        (statistic, step, degrees) => {
          const [high, low] = [
            chiSquaredSurvival(statistic, degrees),
            chiSquaredSurvival(statistic + step, degrees),
          ];
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(high + 1e-12);
        },
      ),
    );
  });
});

describe('upperIncompleteGamma', () => {
  it('is exp(-x) for a = 1, on both sides of where the method changes', () => {
    for (const x of [0.1, 1.9, 2.1, 30]) expect(upperIncompleteGamma(1, x)).toBeCloseTo(Math.exp(-x), 14);
  });
});
