import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chiSquaredSurvival } from '../../../core/statistics/distributions.ts';
import {
  andersonDarlingLimit,
  cramerVonMisesLimit,
  quadraticFormSurvival,
  type QuadraticForm,
} from '../../../core/statistics/quadratic-form.ts';
import oracle from '../../oracles/continuous.json' with { type: 'json' };

/** The sum of these weights times squares of independent normal values. */
function formOf(weights: readonly number[]): QuadraticForm {
  return {
    mean: weights.reduce((sum, weight) => sum + weight, 0),
    variance: 2 * weights.reduce((sum, weight) => sum + weight ** 2, 0),
    logDeterminant: (re, im) => [
      weights.reduce((sum, weight) => sum + Math.log(Math.hypot(1 - weight * re, weight * im)), 0),
      weights.reduce((sum, weight) => sum + Math.atan2(-weight * im, 1 - weight * re), 0),
    ],
  };
}

describe('quadraticFormSurvival', () => {
  it('is the law of chi-squared for equal weights', () => {
    for (const count of [1, 2, 3, 7, 20]) {
      const form = formOf(Array.from({ length: count }, () => 2));
      for (const value of [1e-4, 0.1, 1, 3.8, 10, 40]) {
        expect(quadraticFormSurvival(2 * value, form) / chiSquaredSurvival(value, count)).toBeCloseTo(1, 7);
      }
      for (const value of [100, 300, 1300]) {
        expect(quadraticFormSurvival(2 * value, form) / chiSquaredSurvival(value, count)).toBeCloseTo(1, 10);
      }
    }
  });

  it('is a difference of exponentials for pairs of weights', () => {
    // 2 a E + 2 b E' with exponential E and E': P(> x) = (a exp(-x / 2a) - b exp(-x / 2b)) / (a - b).
    const [a, b] = [3, 0.4];
    for (const x of [0.5, 4, 30, 100]) {
      const expected = (a * Math.exp(-x / (2 * a)) - b * Math.exp(-x / (2 * b))) / (a - b);
      expect(quadraticFormSurvival(x, formOf([a, a, b, b])) / expected).toBeCloseTo(1, 7);
    }
  });

  it.each([
    ['Anderson-Darling', andersonDarlingLimit, oracle.limitLaws.andersonDarling],
    ['Cramer-von Mises', cramerVonMisesLimit, oracle.limitLaws.cramerVonMises],
  ] as const)(
    'agrees with mpmath on the limit of %s to 8 digits, above the mean to 10, down to 1e-270',
    (_, limit, rows) => {
      for (const [value, probability] of rows) {
        const error = Math.abs(quadraticFormSurvival(value!, limit) / probability! - 1);
        expect(error).toBeLessThan(value! < limit.mean ? 1e-8 : 1e-10);
      }
    },
  );

  it('gives the critical values of tables', () => {
    // Anderson and Darling (1952) and Lewis (1961).
    expect(quadraticFormSurvival(2.492, andersonDarlingLimit)).toBeCloseTo(0.05, 4);
    expect(quadraticFormSurvival(0.46136, cramerVonMisesLimit)).toBeCloseTo(0.05, 5);
  });

  it('is 1 at 0, where nothing varies, and just above', () => {
    expect(quadraticFormSurvival(0, andersonDarlingLimit)).toBe(1);
    expect(quadraticFormSurvival(1, formOf([]))).toBe(1);
    for (const value of [1e-9, 1e-5, 1e-3]) expect(quadraticFormSurvival(value, cramerVonMisesLimit)).toBe(1);
  });

  it('falls from 1 to 0 as the value grows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 10, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.double({ min: 0.02, max: 10, noNaN: true }),
        fc.double({ min: 1, max: 2, noNaN: true }),
        (weights, share, factor) => {
          const form = formOf(weights);
          const near = quadraticFormSurvival(share * form.mean, form);
          const far = quadraticFormSurvival(share * factor * form.mean, form);
          expect(near).toBeLessThanOrEqual(1);
          expect(far).toBeGreaterThanOrEqual(0);
          expect(far).toBeLessThanOrEqual(near + 1e-6);
        },
      ),
    );
  });
});
