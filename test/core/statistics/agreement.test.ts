import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';

import { chiSquared } from '../../../core/statistics/chi-squared.ts';
import { binCountsOf, type Computation } from '../../../core/statistics/comparison.ts';
import { jensenShannon } from '../../../core/statistics/jensen-shannon.ts';
import { kolmogorovSmirnov, ksOfValues } from '../../../core/statistics/kolmogorov-smirnov.ts';
import { populationStabilityIndex } from '../../../core/statistics/population-stability-index.ts';
import { wasserstein, wassersteinOfValues } from '../../../core/statistics/wasserstein.ts';
import oracle from '../../oracles/statistics.json' with { type: 'json' };
import { sorted } from '../profile/arbitraries.ts';
import { compareValues, ksBoundOf, levelComparison, statisticOf, wassersteinBoundOf } from './comparisons.ts';

/** test/oracles/statistics.py says how the expected numbers were made. */
const bikes: Record<string, string>[] = parse(
  readFileSync(new URL('../../../demo/data/bikeshare_2011.csv', import.meta.url)),
  { columns: true },
);

function monthOf(column: string, month: string | undefined): number[] {
  return bikes.filter((row) => row['mnth'] === month).map((row) => Number(row[column]));
}

const samples = [
  ...oracle.continuous,
  ...oracle.bikeColumns.map((example) => ({
    ...example,
    reference: monthOf(example.column, example.months[0]),
    current: monthOf(example.column, example.months[1]),
  })),
];

function numbersOf(computation: Computation): { statistic: number; pValue: number; effect: number } {
  if ('notComputable' in computation) throw new Error(computation.notComputable);
  return { ...computation, pValue: computation.pValue ?? NaN };
}

function relativeError(computed: number, expected: number): number {
  return computed === expected ? 0 : Math.abs(computed / expected - 1);
}

describe.each(samples)('$name', ({ reference, current, expected }) => {
  const raw = [sorted(reference), sorted(current)] as const;
  const comparison = compareValues(reference, current);

  it('has the Kolmogorov-Smirnov statistic and p-value of scipy.stats.ks_2samp', () => {
    const { statistic, pValue } = numbersOf(ksOfValues(...raw));
    expect(relativeError(statistic, expected.kolmogorovSmirnov.statistic)).toBeLessThan(1e-9);
    expect(Math.abs(pValue - expected.kolmogorovSmirnov.pValue)).toBeLessThan(1e-6);
  });

  it('has the distance of scipy.stats.wasserstein_distance', () => {
    const { statistic, effect } = numbersOf(wassersteinOfValues(...raw));
    expect(relativeError(statistic, expected.wasserstein.statistic)).toBeLessThan(1e-9);
    expect(relativeError(effect, expected.wasserstein.effect)).toBeLessThan(1e-8);
  });

  it('has the bins of numpy.quantile, and PSI and Jensen-Shannon on them, from profiles', () => {
    expect(binCountsOf(comparison)).toEqual({
      reference: expected.referenceBins,
      current: expected.currentBins,
    });
    expect(
      relativeError(statisticOf(populationStabilityIndex(comparison)), expected.populationStabilityIndex),
    ).toBeLessThan(1e-9);
    expect(statisticOf(jensenShannon(comparison))).toBeCloseTo(expected.jensenShannon, 11);
  });

  it('loses by profiles at most what the docs of Kolmogorov-Smirnov and Wasserstein say', () => {
    const lostByKs = expected.kolmogorovSmirnov.statistic - statisticOf(kolmogorovSmirnov(comparison));
    expect(lostByKs).toBeGreaterThan(-1e-12);
    expect(lostByKs).toBeLessThanOrEqual(ksBoundOf(comparison) + 1e-12);
    const rounding = 1e-9 * (1 + expected.wasserstein.statistic);
    const lostByWasserstein = expected.wasserstein.statistic - statisticOf(wasserstein(comparison));
    expect(lostByWasserstein).toBeGreaterThan(-rounding);
    expect(lostByWasserstein).toBeLessThanOrEqual(wassersteinBoundOf(comparison) + rounding);
  });
});

function valuesOf(counts: Readonly<Record<string, number | undefined>>): string[] {
  return Object.entries(counts).flatMap(([level, count]) => Array.from({ length: count ?? 0 }, () => level));
}

describe.each(oracle.categorical)('$name', ({ reference, current, expected }) => {
  const comparison = levelComparison(valuesOf(reference), valuesOf(current));

  it('has the statistic and p-value of scipy.stats.chi2_contingency with rare levels merged', () => {
    const { statistic, pValue, effect } = numbersOf(chiSquared(comparison));
    expect(relativeError(statistic, expected.chiSquared.statistic)).toBeLessThan(1e-9);
    expect(relativeError(effect, expected.chiSquared.effect)).toBeLessThan(1e-9);
    expect(relativeError(pValue, expected.chiSquared.pValue)).toBeLessThan(1e-8);
  });

  it('has the Jensen-Shannon distance of scipy, unseen levels as one, and PSI without them', () => {
    expect(statisticOf(jensenShannon(comparison))).toBeCloseTo(expected.jensenShannon, 11);
    const index = populationStabilityIndex(comparison);
    const computed = 'notComputable' in index ? null : index.statistic.toPrecision(10);
    expect(computed).toBe(expected.populationStabilityIndex?.toPrecision(10) ?? null);
  });
});
