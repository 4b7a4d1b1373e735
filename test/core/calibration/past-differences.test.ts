import { describe, expect, it } from 'vitest';

import {
  fitPastDifferences,
  limitOf,
  pValueOf,
  type PastDifferences,
} from '../../../core/calibration/past-differences.ts';
import { autoregressive } from './made-hours.ts';

/** Sizes of independent changes, as of a mean that moves by one standard deviation. */
const changes = (count: number, seed = 1): number[] =>
  [...autoregressive(count, 0, seed)].map((change) => Math.abs(change));
const fitted = (differences: readonly (number | undefined)[], overlap = 1): PastDifferences => {
  const past = fitPastDifferences('wasserstein', differences, overlap);
  if (past === undefined) throw new Error('nothing learned');
  return past;
};

describe('what past windows tell', () => {
  it('gives p below 1 / (windows + 1) to what lies far beyond them', () => {
    const past = fitted(changes(52));
    expect(pValueOf('wasserstein', 5, past)).toBeLessThan(0.001);
    expect(pValueOf('wasserstein', past.median, past)).toBeGreaterThan(0.3);
    expect(pValueOf('wasserstein', 0, past)).toBe(1);
  });

  it('is right about how often a change is exceeded', () => {
    const past = fitted(changes(2_000));
    const later = changes(20_000, 2);
    for (const level of [0.1, 0.01, 0.002]) {
      const share = later.filter((change) => pValueOf('wasserstein', change, past) <= level).length / 20_000;
      // However many were seen, no more than 30 are trusted: far out, alarms are rarer than promised.
      expect(share).toBeGreaterThan(level / 5);
      expect(share).toBeLessThan(level * 1.5);
    }
  });

  it('is trusted less when it is learned from fewer', () => {
    const few = { ...fitted(changes(2_000)), independent: 12 };
    expect(pValueOf('wasserstein', 4, few)).toBeGreaterThan(
      pValueOf('wasserstein', 4, fitted(changes(2_000))),
    );
  });

  it('counts windows that overlap once, and a history that wanders hardly at all', () => {
    expect(fitted(changes(70), 7).independent).toBeLessThanOrEqual(10);
    expect(fitted(changes(70)).independent).toBeGreaterThan(30);
    const wandering = [...autoregressive(364, 0.99)].map((value) => Math.abs(value));
    expect(fitted(wandering, 7).independent).toBeLessThan(20);
  });

  it('skips what is not known, and is undefined with too few', () => {
    const gaps = changes(60).map((change, i) => (i % 5 === 0 ? undefined : change));
    expect(fitted(gaps).windows).toBe(48);
    expect(fitPastDifferences('wasserstein', [], 1)).toBeUndefined();
    expect(fitPastDifferences('wasserstein', changes(20), 7)).toBeUndefined();
  });

  it('calls any difference new where all past ones were equal', () => {
    const still = fitted(Array.from({ length: 30 }, () => 0));
    expect(pValueOf('wasserstein', 0.1, still)).toBe(0);
    expect(pValueOf('wasserstein', 0, still)).toBe(1);
  });

  it('has a limit for each p-value', () => {
    const past = fitted(changes(52));
    const limit = limitOf('wasserstein', 0.01, past);
    expect(pValueOf('wasserstein', limit, past)).toBeCloseTo(0.01, 6);
  });

  it('keeps a total change far out where half a change is usual', () => {
    const halves = changes(60).map((change) => 0.3 + 0.1 * change);
    const past = fitPastDifferences('kolmogorov-smirnov', halves, 1)!;
    expect(pValueOf('kolmogorov-smirnov', 1, past)).toBeLessThan(1e-4);
  });
});
