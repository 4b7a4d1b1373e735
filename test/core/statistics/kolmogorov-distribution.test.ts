import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { kolmogorovSurvival } from '../../../core/statistics/kolmogorov-distribution.ts';
import oracle from '../../oracles/statistics.json' with { type: 'json' };

describe('kolmogorovSurvival', () => {
  it('agrees with scipy.stats.kstwo.sf to 3e-7', () => {
    const errors = oracle.kolmogorovSurvival.map(({ n, distance, probability }) =>
      Math.abs(kolmogorovSurvival(n, distance) - probability),
    );
    expect(Math.max(...errors)).toBeLessThan(3e-7);
  });

  it('agrees to a relative 2e-4 far out in the tail', () => {
    const far = oracle.kolmogorovSurvival.filter(({ probability }) => probability > 1e-300);
    const errors = far.map(({ n, distance, probability }) =>
      Math.abs(kolmogorovSurvival(n, distance) / probability - 1),
    );
    expect(Math.max(...errors)).toBeLessThan(2e-4);
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
