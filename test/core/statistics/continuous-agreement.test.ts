import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';

import { andersonDarling, andersonDarlingOfValues } from '../../../core/statistics/anderson-darling.ts';
import { cramerVonMises, cramerVonMisesOfValues } from '../../../core/statistics/cramer-von-mises.ts';
import {
  energyDistance,
  energyDistanceOfValues,
  energyDistancePValueAt,
} from '../../../core/statistics/energy-distance.ts';
import { kolmogorovSmirnov, kolmogorovSmirnovOfValues } from '../../../core/statistics/kolmogorov-smirnov.ts';
import {
  wasserstein,
  wassersteinOfValues,
  wassersteinPValueAt,
} from '../../../core/statistics/wasserstein.ts';
import oracle from '../../oracles/continuous.json' with { type: 'json' };
import { sorted } from '../profile/arbitraries.ts';
import { compareValues, foundOf, withSamples } from './comparisons.ts';
import { million } from './million.ts';

/** test/oracles/continuous.py says how the expected numbers were made, and where they are not scipy's. */
const bikes: Record<string, string>[] = parse(
  readFileSync(new URL('../../../demo/data/bikeshare_2011.csv', import.meta.url)),
  { columns: true },
);

function monthOf(column: string, month: string | undefined): number[] {
  return bikes.filter((row) => row['mnth'] === month).map((row) => Number(row[column]));
}

const samples = [
  ...oracle.samples,
  ...oracle.bikeColumns.map((example) => ({
    ...example,
    reference: monthOf(example.column, example.months[0]),
    current: monthOf(example.column, example.months[1]),
  })),
].map(({ name, reference, current, expected }) => ({
  name,
  expected,
  raw: [sorted(reference), sorted(current)] as const,
}));

const millions = oracle.million.map(({ name, expected }) => {
  const { reference, current } = million(name);
  return { name: `a million: ${name}`, expected, raw: [reference.sort(), current.sort()] as const };
});

function relativeError(computed: number, expected: number): number {
  return computed === expected ? 0 : Math.abs(computed / expected - 1);
}

describe.each([...samples, ...millions])('$name', ({ raw, expected }) => {
  const ofProfiles = compareValues(...raw);

  it('has the Kolmogorov-Smirnov statistic and p-values of scipy.stats.ks_2samp', () => {
    const { statistic, asymptotic } = expected.kolmogorovSmirnov;
    const found = foundOf(kolmogorovSmirnovOfValues(...raw, 'asymptotic'));
    expect(relativeError(found.statistic, statistic)).toBeLessThan(1e-9);
    expect(relativeError(found.pValue!, asymptotic)).toBeLessThan(1e-6);
    const exact = 'exact' in expected.kolmogorovSmirnov ? expected.kolmogorovSmirnov.exact : undefined;
    if (exact === undefined) return;
    expect(relativeError(foundOf(kolmogorovSmirnovOfValues(...raw, 'exact')).pValue!, exact)).toBeLessThan(
      1e-9,
    );
    expect(relativeError(foundOf(kolmogorovSmirnovOfValues(...raw)).pValue!, exact)).toBeLessThan(1e-9);
  });

  it('has the Anderson-Darling statistic of scipy.stats.anderson_ksamp, and the p-value of its law', () => {
    if (expected.andersonDarling === null) return;
    const { statistic, pValue } = expected.andersonDarling;
    const found = foundOf(andersonDarlingOfValues(...raw));
    expect(relativeError(found.statistic, statistic)).toBeLessThan(1e-9);
    if (pValue !== null) expect(relativeError(found.pValue!, pValue)).toBeLessThan(1e-6);
  });

  it('has the Cramer-von Mises statistic of its definition, and the p-value of scipy or of the law with ties', () => {
    const { statistic, pValue } = expected.cramerVonMises;
    const found = foundOf(cramerVonMisesOfValues(...raw));
    expect(relativeError(found.statistic, statistic)).toBeLessThan(1e-9);
    if (pValue !== null) expect(relativeError(found.pValue!, pValue)).toBeLessThan(1e-6);
  });

  it('has the distance of scipy.stats.wasserstein_distance', () => {
    const { statistic, effect } = foundOf(wassersteinOfValues(...raw));
    expect(relativeError(statistic, expected.wasserstein.statistic)).toBeLessThan(1e-9);
    expect(relativeError(effect, expected.wasserstein.effect)).toBeLessThan(1e-9);
  });

  it('has the distance of scipy.stats.energy_distance, and the coefficient of its definition', () => {
    const { statistic, effect } = foundOf(energyDistanceOfValues(...raw));
    expect(relativeError(statistic, expected.energy.statistic)).toBeLessThan(1e-9);
    expect(relativeError(effect, expected.energy.effect)).toBeLessThan(1e-9);
  });

  it.each([
    ['Kolmogorov-Smirnov', kolmogorovSmirnov, expected.kolmogorovSmirnov],
    ['Anderson-Darling', andersonDarling, expected.andersonDarling],
    ['Cramer-von Mises', cramerVonMises, expected.cramerVonMises],
    ['Wasserstein', wasserstein, expected.wasserstein],
    ['the energy distance', energyDistance, expected.energy],
  ] as const)(
    'is within the bound that %s publishes from profiles, and exact from raw values',
    (_, method, exact) => {
      if (exact === null) return;
      const { statistic, errorBound = 0 } = foundOf(method(ofProfiles));
      const rounding = 1e-9 * (1e-3 + Math.abs(exact.statistic));
      expect(Math.abs(statistic - exact.statistic)).toBeLessThanOrEqual(errorBound + rounding);
      const ofValues = foundOf(method(withSamples(ofProfiles, ...raw)));
      expect(relativeError(ofValues.statistic, exact.statistic)).toBeLessThan(1e-9);
      expect(ofValues.errorBound).toBeUndefined();
    },
  );
});

describe.each(oracle.permuted)('$name, permuted 20,000 times', ({ reference, current, ...expected }) => {
  const raw = [sorted(reference), sorted(current)] as const;
  const ofProfiles = compareValues(...raw);
  const sizes = { reference: reference.length, current: current.length };

  it.each([
    ['Wasserstein', wassersteinOfValues, wassersteinPValueAt, expected.wasserstein],
    ['energy', energyDistanceOfValues, energyDistancePValueAt, expected.energy],
  ] as const)(
    'agrees with the p-value of %s, from samples and from profiles',
    (_, method, pValueAt, { statistic, pValue }) => {
      const found = foundOf(method(...raw));
      expect(relativeError(found.statistic, statistic)).toBeLessThan(1e-9);
      for (const comparison of [withSamples(ofProfiles, ...raw), ofProfiles]) {
        const computed = pValueAt(found, comparison, sizes);
        // Three standard errors of the permutations, and a third of the p-value.
        const allowed = 3 * Math.sqrt((pValue * (1 - pValue)) / 20_000) + pValue / 3;
        expect(Math.abs(computed - pValue)).toBeLessThan(allowed);
      }
    },
  );
});

describe.each(oracle.rankPermuted)('$name, permuted 20,000 times', ({ reference, current, pValue }) => {
  it('agrees with the p-value of Anderson-Darling, with ties too', () => {
    const found = foundOf(andersonDarlingOfValues(sorted(reference), sorted(current)));
    expect(Math.abs(found.pValue! - pValue)).toBeLessThan(
      3 * Math.sqrt((pValue * (1 - pValue)) / 20_000) + pValue / 3,
    );
  });
});
