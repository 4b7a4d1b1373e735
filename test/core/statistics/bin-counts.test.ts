import { describe, expect, it } from 'vitest';

import {
  binCountsOf,
  binCountsWithUnseenOf,
  countsAt,
  occurringBinsOf,
  sumOverBins,
  termOfShares,
  termOfSmoothedShares,
} from '../../../core/statistics/bin-counts.ts';
import { compareValues, levelComparison } from './comparisons.ts';

describe('binCountsOf', () => {
  it('counts the 10 bins of a continuous column; the outer ones are open', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i);
    expect(binCountsOf(compareValues(hundred, [-1e9, 0, 5, 1e9, null]))).toEqual({
      reference: Array.from({ length: 10 }, () => 10),
      current: [3, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    });
  });

  it('counts the levels of a categorical column, and everything unseen beside them', () => {
    const comparison = levelComparison(['a', 'a', 'b'], ['b', 'x', 'y', null]);
    expect(binCountsOf(comparison)).toEqual({ reference: [2, 1], current: [0, 1] });
    expect(binCountsWithUnseenOf(comparison)).toEqual({ reference: [2, 1, 0], current: [0, 1, 2] });
  });
});

describe('countsAt', () => {
  it('keeps the shares, of all values, unseen ones included', () => {
    const comparison = levelComparison(['a', 'a', 'b', 'b'], ['a', 'b', 'x', 'y']);
    expect(countsAt({ reference: 2, current: 1 }, binCountsOf(comparison), comparison)).toEqual({
      reference: [1, 1],
      current: [0.25, 0.25],
    });
  });
});

describe('occurringBinsOf', () => {
  it('leaves out bins that are empty on both sides', () => {
    expect(occurringBinsOf({ reference: [1, 0, 0, 2], current: [0, 0, 3, 1] })).toEqual({
      reference: [1, 0, 2],
      current: [0, 3, 1],
    });
  });
});

describe('the terms of a statistic', () => {
  const counts = { reference: [3, 1], current: [1, 1] };

  it('are of shares', () => {
    expect(
      sumOverBins(
        counts,
        termOfShares(counts, (p, q) => p - 10 * q),
      ),
    ).toBe(1 - 10);
  });

  it('are of shares with half a count more in every bin', () => {
    expect(
      sumOverBins(
        counts,
        termOfSmoothedShares(counts, (p) => p * p),
      ),
    ).toBeCloseTo(0.7 ** 2 + 0.3 ** 2, 12);
  });
});
