import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  binomialProbability,
  chiSquaredSurvival,
  deviance,
  gammaSurvival,
  gammaSurvivalOfMoments,
  incompleteBeta,
  lowerIncompleteGamma,
  normalCdf,
  normalQuantile,
  normalSurvival,
  studentQuantile,
  studentSurvival,
  upperIncompleteGamma,
} from '../../../core/statistics/distributions.ts';
import oracle from '../../oracles/counts.json' with { type: 'json' };

/** Rows of the oracle are arguments and, last, what scipy gives for them. */
function worstError(law: (...of: number[]) => number, rows: readonly (readonly number[])[]): number {
  const errors = rows.map((row) => {
    const [computed, expected] = [law(...row.slice(0, -1)), row.at(-1)!];
    return computed === expected ? 0 : Math.abs(computed / expected - 1);
  });
  return Math.max(...errors);
}

describe('the laws agree with scipy to a relative 1e-12, into the far tails', () => {
  const { laws } = oracle;
  const cases: readonly [string, (...of: number[]) => number, readonly (readonly number[])[]][] = [
    ['normalSurvival', (z = NaN) => normalSurvival(z), laws.normalSurvival],
    ['normalQuantile', (p = NaN) => normalQuantile(p), laws.normalQuantile],
    ['chiSquaredSurvival', (x = NaN, k = NaN) => chiSquaredSurvival(x, k), laws.chiSquaredSurvival],
    ['gammaSurvival', (x = NaN, a = NaN, s = NaN) => gammaSurvival(x, a, s), laws.gammaSurvival],
    ['studentSurvival', (t = NaN, df = NaN) => studentSurvival(t, df), laws.studentSurvival],
    ['incompleteBeta', (a = NaN, b = NaN, x = NaN) => incompleteBeta(a, b, x), laws.incompleteBeta],
    [
      'binomialProbability',
      (k = NaN, n = NaN, p = NaN) => binomialProbability(k, n, p),
      laws.binomialProbability,
    ],
  ];
  it.each(cases)('%s', (_, law, rows) => {
    expect(rows.length).toBeGreaterThan(10);
    expect(worstError(law, rows)).toBeLessThan(1e-12);
  });
});

describe('the normal law', () => {
  it('gives the examples of its docs', () => {
    expect(normalSurvival(1.959963984540054)).toBeCloseTo(0.025, 15);
    expect(normalCdf(-1.959963984540054)).toBeCloseTo(0.025, 15);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
  });

  it('ends at 0 and 1', () => {
    expect([normalSurvival(Infinity), normalSurvival(-Infinity), normalSurvival(40)]).toEqual([0, 1, 0]);
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(0.5)]).toEqual([-Infinity, Infinity, 0]);
    expect([normalQuantile(-0.1), normalQuantile(1.1), normalQuantile(NaN)]).toEqual([NaN, NaN, NaN]);
  });

  it('has a quantile that undoes the cumulative probability', () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 5, noNaN: true }), (z) => {
        expect(Math.abs(normalQuantile(normalCdf(z)) - z)).toBeLessThan(1e-9);
      }),
    );
  });
});

describe('chiSquaredSurvival', () => {
  it('is exp(-x / 2) for two degrees of freedom', () => {
    expect(chiSquaredSurvival(6, 2)).toBeCloseTo(Math.exp(-3), 14);
  });

  it('gives the critical value of tables: 3.841 for 5%', () => {
    expect(chiSquaredSurvival(3.841458820694124, 1)).toBeCloseTo(0.05, 14);
  });

  it('is 1 at 0 and without degrees of freedom, and ends at 0', () => {
    expect([
      chiSquaredSurvival(0, 3),
      chiSquaredSurvival(5, 0),
      chiSquaredSurvival(1e6, 3),
      chiSquaredSurvival(Infinity, 3),
    ]).toEqual([1, 1, 0, 0]);
  });

  it('serves a million degrees of freedom', () => {
    // By the approximation of Wilson and Hilferty: z = 0 at k (1 - 2 / (9 k))^3.
    const median = 1e6 * (1 - 2 / 9e6) ** 3;
    expect(chiSquaredSurvival(median, 1e6)).toBeCloseTo(0.5, 6);
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
          expect(low).toBeLessThanOrEqual(high * (1 + 1e-12));
        },
      ),
    );
  });
});

describe('the gamma law', () => {
  it('is exponential for shape 1, on both sides of where the method changes', () => {
    expect(gammaSurvival(2, 1, 2)).toBeCloseTo(Math.exp(-1), 15);
    for (const x of [0.1, 1.9, 2.1, 30]) expect(upperIncompleteGamma(1, x)).toBeCloseTo(Math.exp(-x), 14);
  });

  it('has two incomplete functions that add up to 1', () => {
    for (const [a, x] of [
      [0.5, 0.1],
      [3, 2.9],
      [3, 9],
      [200, 190],
    ] as const) {
      // prettier-ignore
      expect(upperIncompleteGamma(a, x) + lowerIncompleteGamma(a, x)).toBeCloseTo(1, 14);
    }
    expect([lowerIncompleteGamma(2, 0), lowerIncompleteGamma(2, Infinity)]).toEqual([0, 1]);
  });

  it('by moments is the chi-squared law for its mean, deviation and skewness', () => {
    expect(
      gammaSurvivalOfMoments(3.841458820694124, { mean: 1, deviation: Math.SQRT2, skewness: 0 }),
    ).toBeCloseTo(0.05, 14);
    expect(
      gammaSurvivalOfMoments(20, { mean: 9, deviation: Math.sqrt(18), skewness: Math.sqrt(8 / 9) }),
    ).toBeCloseTo(chiSquaredSurvival(20, 9), 14);
  });

  it('by moments gives 1 below where it starts, and where nothing varies', () => {
    expect(gammaSurvivalOfMoments(0.5, { mean: 1, deviation: 0.1, skewness: 2 })).toBe(1);
    expect(gammaSurvivalOfMoments(5, { mean: 1, deviation: 0, skewness: 0 })).toBe(1);
  });
});

describe('studentSurvival', () => {
  it('gives the critical value of tables: 2.228 for 2.5% at 10 degrees of freedom', () => {
    expect(studentSurvival(2.228138851986274, 10)).toBeCloseTo(0.025, 14);
  });

  it('is the Cauchy law at one degree of freedom, and becomes the normal law', () => {
    expect(studentSurvival(3, 1)).toBeCloseTo(1 / 2 - Math.atan(3) / Math.PI, 14);
    expect(studentSurvival(2, 1e12) / normalSurvival(2)).toBeCloseTo(1, 10);
    expect(studentSurvival(2, Infinity)).toBe(normalSurvival(2));
  });

  it('is symmetric, and ends at 0 and 1', () => {
    expect(studentSurvival(-1.3, 4)).toBeCloseTo(1 - studentSurvival(1.3, 4), 15);
    expect([studentSurvival(Infinity, 4), studentSurvival(-Infinity, 4), studentSurvival(0, 4)]).toEqual([
      0, 1, 0.5,
    ]);
  });
});

describe('incompleteBeta', () => {
  it('is a polynomial for whole arguments', () => {
    expect(incompleteBeta(2, 3, 0.5)).toBeCloseTo(0.6875, 15);
    expect([incompleteBeta(2, 3, 0), incompleteBeta(2, 3, 1)]).toEqual([0, 1]);
  });
});

describe('binomialProbability', () => {
  it('gives the examples of tables, and certain outcomes', () => {
    expect(binomialProbability(1, 3, 0.5)).toBeCloseTo(0.375, 15);
    expect([
      binomialProbability(0, 5, 0),
      binomialProbability(5, 5, 1),
      binomialProbability(1, 5, 0),
    ]).toEqual([1, 1, 0]);
  });

  it('adds up to 1', () => {
    const sum = Array.from({ length: 301 }, (_, k) => binomialProbability(k, 300, 0.37)).reduce(
      (a, b) => a + b,
    );
    expect(sum).toBeCloseTo(1, 13);
  });
});

describe('deviance', () => {
  it('is k ln(k / mean) + mean - k, also where that cancels', () => {
    expect(deviance(8, 4)).toBeCloseTo(8 * Math.LN2 - 4, 14);
    expect(deviance(0, 3)).toBe(3);
    expect(deviance(5, 5)).toBe(0);
    // (k - mean)^2 / (2 mean) to first order
    expect(deviance(1e9 + 1, 1e9) / 5e-10).toBeCloseTo(1, 8);
  });
});

describe('studentQuantile', () => {
  it('is the value that a share of the law lies below', () => {
    expect(studentQuantile(0.975, 10)).toBeCloseTo(2.228138851986274, 14);
    for (const degreesOfFreedom of [1, 2.5, 40, Infinity]) {
      for (const p of [0.5, 0.6, 0.95, 0.9999])
        expect(studentSurvival(studentQuantile(p, degreesOfFreedom), degreesOfFreedom)).toBeCloseTo(
          1 - p,
          12,
        );
    }
  });
});
