import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chiSquaredSurvival } from '../../../core/statistics/distributions.ts';
import {
  populationStabilityIndex,
  psiOfCounts,
  psiPValueAt,
} from '../../../core/statistics/population-stability-index.ts';
import { compareValues, foundOf, levelComparison, statisticOf, withSamples } from './comparisons.ts';
import { countComparison, pairsOfCounts } from './counts.ts';

describe('psiOfCounts', () => {
  it('sums (p - q) ln(p / q) of shares smoothed by half a count', () => {
    const expected =
      (50.5 / 101 - 90.5 / 101) * Math.log(50.5 / 90.5) + (50.5 / 101 - 10.5 / 101) * Math.log(50.5 / 10.5);
    expect(statisticOf(psiOfCounts([50, 50], [90, 10]))).toBeCloseTo(expected, 12);
    expect(expected).toBeCloseTo(0.85, 2);
  });

  it('charges an empty bin according to the sample size', () => {
    const index = (size: number) => statisticOf(psiOfCounts([size * 0.95, size * 0.05], [size, 0]));
    expect(index(20)).toBeLessThan(0.06);
    expect(index(20_000)).toBeGreaterThan(0.3);
  });

  it('leaves out bins that are empty on both sides, so that a constant column gives 0 for any sizes', () => {
    expect(psiOfCounts([0, 10_000, 0], [0, 24, 0])).toEqual({
      statistic: 0,
      pValue: null,
      effect: 0,
      bins: 1,
    });
  });

  it('is not computable without counts', () => {
    expect(psiOfCounts([0, 0], [1, 2])).toEqual({ notComputable: 'the reference has no value' });
    expect(psiOfCounts([1, 2], [0, 0])).toEqual({ notComputable: 'the current window has no value' });
  });

  it('is finite, never negative, symmetric, and 0 between equal counts', () => {
    fc.assert(
      fc.property(pairsOfCounts, ({ a, b }) => {
        const index = statisticOf(psiOfCounts(a, b));
        expect(index).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(index)).toBe(true);
        expect(statisticOf(psiOfCounts(b, a))).toBeCloseTo(index, 10);
        expect(statisticOf(psiOfCounts(a, a))).toBe(0);
      }),
    );
  });
});

describe('populationStabilityIndex of profiles', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i);

  it('compares 10 bins at the deciles of the reference; the outer ones are open', () => {
    const current = [...Array.from({ length: 90 }, (_, i) => i), ...Array.from({ length: 10 }, () => 1e9)];
    expect(statisticOf(populationStabilityIndex(compareValues(hundred, current)))).toBe(0);
    expect(populationStabilityIndex(compareValues(hundred, hundred.slice(50)))).toEqual(
      psiOfCounts(
        Array.from({ length: 10 }, () => 10),
        [0, 0, 0, 0, 0, 10, 10, 10, 10, 10],
      ),
    );
  });

  it('is the same from profiles and where raw values are at hand: bins are exact', () => {
    const shifted = hundred.map((value) => value + 7.5);
    const comparison = compareValues(hundred, shifted);
    const raw = withSamples(comparison, Float64Array.from(hundred), Float64Array.from(shifted));
    const found = foundOf(populationStabilityIndex(comparison));
    expect(populationStabilityIndex(raw)).toEqual(found);
    expect(found).not.toHaveProperty('errorBound');
  });

  it('sees a constant column change in either direction', () => {
    for (const moved of [3, 7]) {
      const index = populationStabilityIndex(compareValues([5, 5, 5, 5], [moved, moved, moved]));
      expect(statisticOf(index)).toBeGreaterThan(1);
    }
  });

  it('leaves missing, invalid and unseen out of the sum', () => {
    expect(
      populationStabilityIndex(compareValues(hundred, [...hundred, null, null, 'x', NaN])),
    ).toMatchObject({
      statistic: 0,
    });
    expect(populationStabilityIndex(levelComparison(['a', 'b'], ['a', 'b', 'c', 'd', null]))).toMatchObject({
      statistic: 0,
    });
  });

  it('is not computable where all is missing or unseen', () => {
    expect(populationStabilityIndex(compareValues(hundred, [null, null]))).toEqual({
      notComputable: 'the current window has no value',
    });
    expect(populationStabilityIndex(levelComparison(['a', 'b'], ['c']))).toEqual({
      notComputable: 'every value of the current window is unseen',
    });
  });
});

describe('psiPValueAt', () => {
  const comparison = countComparison({
    reference: Array.from({ length: 10 }, () => 1000),
    current: [10, 22, 17, 16, 30, 12, 18, 15, 14, 14],
  });
  const found = foundOf(populationStabilityIndex(comparison));

  it('is close to the chi-squared law of PSI / (1/n + 1/m) at many rows', () => {
    const pValue = psiPValueAt(found, comparison, { reference: 10_000, current: 168 });
    const scaled = found.statistic / (1 / 10_000 + 1 / 168);
    expect(Math.abs(pValue / chiSquaredSurvival(scaled, 9) - 1)).toBeLessThan(0.1);
  });

  it('knows that an index of .1 is nothing in a day of hours', () => {
    const day = countComparison({
      reference: Array.from({ length: 10 }, () => 1000),
      current: [2, 3, 1, 2, 4, 3, 2, 1, 4, 2],
    });
    const ofDay = foundOf(populationStabilityIndex(day));
    expect(ofDay.statistic).toBeGreaterThan(0.1);
    expect(psiPValueAt(ofDay, day, { reference: 10_000, current: 24 })).toBeGreaterThan(0.9);
  });

  it('rises as the rows carry less information', () => {
    const pValues = [168, 84, 42, 21, 4.5].map((current) =>
      psiPValueAt(found, comparison, { reference: 10_000, current }),
    );
    expect(pValues).toEqual(pValues.toSorted((a, b) => a - b));
  });

  it('leaves unseen values out, of the sizes too', () => {
    const counts = { reference: [500, 500], current: [60, 40] };
    const withUnseen = countComparison(counts, { reference: 0, current: 100 });
    const without = countComparison(counts);
    expect(
      psiPValueAt(foundOf(populationStabilityIndex(withUnseen)), withUnseen, {
        reference: 1000,
        current: 200,
      }),
    ).toBe(
      psiPValueAt(foundOf(populationStabilityIndex(without)), without, { reference: 1000, current: 100 }),
    );
  });
});
