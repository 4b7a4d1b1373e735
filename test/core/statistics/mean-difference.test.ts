import { describe, expect, it } from 'vitest';

import { chiSquaredSurvival } from '../../../core/statistics/distributions.ts';
import { meanDifferenceSurvival } from '../../../core/statistics/mean-difference.ts';

const zerosAndOnes = [
  { position: 0, share: 0.9 },
  { position: 1, share: 0.1 },
];

/** The binomial law of the mean of `count` zeros and ones. */
function binomial(count: number, successes: number, p: number): number {
  let probability = (1 - p) ** count;
  for (let k = 0; k < successes; k += 1) probability *= ((count - k) / (k + 1)) * (p / (1 - p));
  return probability;
}

describe('meanDifferenceSurvival', () => {
  it('is the normal law for many values', () => {
    const even = Array.from({ length: 101 }, (_, i) => ({ position: i, share: 1 / 101 }));
    const deviation = Math.sqrt((101 ** 2 - 1) / 12) * Math.sqrt(2 / 400);
    for (const z of [0.001, 0.5, 1.96, 3, 5]) {
      const computed = meanDifferenceSurvival(even, { reference: 400, current: 400 }, z * deviation);
      expect(computed / chiSquaredSurvival(z * z, 1)).toBeCloseTo(1, 1);
    }
  });

  it('knows the skewness: rare ones show more often above their mean than the normal law says', () => {
    // 10 or more ones of 24, against a reference that is known well; none so far below is possible.
    const sizes = { reference: 1e9, current: 24 };
    let exact = 0;
    for (let ones = 10; ones <= 24; ones += 1) exact += binomial(24, ones, 0.1);
    // Of whole numbers the continuous law lies between those of its two neighbours.
    const [above, below] = [9.5, 10].map((ones) =>
      meanDifferenceSurvival(zerosAndOnes, sizes, ones / 24 - 0.1),
    );
    expect(exact).toBeLessThan(above! * 1.1);
    expect(exact).toBeGreaterThan(below! * 0.9);
    expect(chiSquaredSurvival((9.5 / 24 - 0.1) ** 2 / (0.09 / 24), 1)).toBeLessThan(exact / 30);
  });

  it('falls as the distance grows, from 1 to 0 at the largest possible one', () => {
    const sizes = { reference: 12.5, current: 3.7 };
    const pValues = Array.from({ length: 60 }, (_, k) => meanDifferenceSurvival(zerosAndOnes, sizes, k / 59));
    expect(pValues[0]).toBe(1);
    expect(pValues.at(-1)).toBe(0);
    for (const [k, p] of pValues.entries()) if (k > 0) expect(p).toBeLessThanOrEqual(pValues[k - 1]! + 1e-3);
  });

  it('is 1 for a constant', () => {
    expect(meanDifferenceSurvival([{ position: 3, share: 1 }], { reference: 5, current: 5 }, 0)).toBe(1);
  });
});
