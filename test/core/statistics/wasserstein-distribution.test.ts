import { describe, expect, it } from 'vitest';

import { secondMoments, wassersteinSurvival } from '../../../core/statistics/wasserstein-distribution.ts';

describe('secondMoments', () => {
  it('gives the variance of the distribution as the signed one', () => {
    const atoms = [0.1, 0.4, 0.2, 0.3].map((share, i) => ({ position: i ** 2, share }));
    const mean = atoms.reduce((sum, { position, share }) => sum + share * position, 0);
    const variance = atoms.reduce((sum, { position, share }) => sum + share * (position - mean) ** 2, 0);
    expect(secondMoments(atoms).signed).toBeCloseTo(variance, 12);
  });

  it('gives the same for both where the bridge cannot change its sign: two values', () => {
    const { all, signed } = secondMoments([
      { position: -2, share: 0.3 },
      { position: 5, share: 0.7 },
    ]);
    expect(all).toBeCloseTo(signed, 12);
    expect(signed).toBeCloseTo(0.21 * 49, 12);
  });

  it('agrees with the double integral, for the uniform distribution', () => {
    const atoms = Array.from({ length: 200 }, (_, i) => ({ position: i / 199, share: 1 / 200 }));
    let all = 0;
    for (let i = 1; i < 200; i += 1) {
      for (let j = 1; j < 200; j += 1) {
        const [s, t] = [Math.min(i, j) / 200, Math.max(i, j) / 200];
        const r = Math.sqrt((s * (1 - t)) / (t * (1 - s)));
        const deviations = Math.sqrt(s * (1 - s) * t * (1 - t));
        const arc = r * Math.asin(Math.min(1, r)) + Math.sqrt(Math.max(0, 1 - r * r));
        all += ((2 / Math.PI) * deviations * arc) / 199 ** 2;
      }
    }
    expect(secondMoments(atoms).all / all).toBeCloseTo(1, 3);
  });
});

describe('wassersteinSurvival', () => {
  const atoms = Array.from({ length: 50 }, (_, i) => ({ position: i, share: 1 / 50 }));
  const sizes = { reference: 500, current: 40 };

  it('falls from 1 as the distance grows', () => {
    const pValues = [0, 0.5, 1, 2, 4, 8, 16, 48].map((distance) =>
      wassersteinSurvival(distance, atoms, sizes),
    );
    expect(pValues.slice(0, 3)).toEqual([1, 1, 1]);
    expect(pValues).toEqual(pValues.toSorted((a, b) => b - a));
    expect(pValues.at(-2)).toBeLessThan(1e-6);
  });

  it('is about the exact probability for two values, where it is a difference of means', () => {
    const coin = [0, 2].map((position) => ({ position, share: 1 / 2 }));
    const computed = wassersteinSurvival(1, coin, { reference: 8, current: 8 });
    // The difference of two binomial counts of 8 is at least 4 with probability 0.077, at least 5 with 0.021.
    expect(computed).toBeCloseTo(0.044, 3);
  });

  it('is 1 where there is one value only', () => {
    expect(wassersteinSurvival(0, atoms.slice(0, 1), sizes)).toBe(1);
  });
});
