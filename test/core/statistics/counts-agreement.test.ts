import { describe, expect, it } from 'vitest';

import { binCountsOf, type BinCounts } from '../../../core/statistics/bin-counts.ts';
import { chiSquaredOfCounts } from '../../../core/statistics/chi-squared.ts';
import type { Computation, Found } from '../../../core/statistics/comparison.ts';
import { fisherExactOfCounts } from '../../../core/statistics/fisher-exact.ts';
import { gTestOfCounts } from '../../../core/statistics/g-test.ts';
import { hellingerOfCounts, hellingerPValueAt } from '../../../core/statistics/hellinger.ts';
import { jensenShannonOfCounts, jensenShannonPValueAt } from '../../../core/statistics/jensen-shannon.ts';
import {
  kullbackLeiblerOfCounts,
  kullbackLeiblerPValueAt,
} from '../../../core/statistics/kullback-leibler.ts';
import { lInfinityOfCounts, lInfinityPValueAt } from '../../../core/statistics/l-infinity.ts';
import { psiOfCounts, psiPValueAt } from '../../../core/statistics/population-stability-index.ts';
import { computeMethod } from '../../../core/statistics/registry.ts';
import { totalVariationOfCounts, totalVariationPValueAt } from '../../../core/statistics/total-variation.ts';
import { twoProportionZOfCounts } from '../../../core/statistics/two-proportion-z.ts';
import oracle from '../../oracles/counts.json' with { type: 'json' };
import { compareValues, foundOf } from './comparisons.ts';
import { countComparison, sizesOf } from './counts.ts';
import { million } from './million.ts';

/** test/oracles/counts.py says how the expected numbers were made. */
const distances = {
  psi: { ofCounts: psiOfCounts, pValueAt: psiPValueAt },
  kullbackLeibler: { ofCounts: kullbackLeiblerOfCounts, pValueAt: kullbackLeiblerPValueAt },
  jensenShannon: { ofCounts: jensenShannonOfCounts, pValueAt: jensenShannonPValueAt },
  hellinger: { ofCounts: hellingerOfCounts, pValueAt: hellingerPValueAt },
  totalVariation: { ofCounts: totalVariationOfCounts, pValueAt: totalVariationPValueAt },
} as const;
const distanceNames = ['psi', 'kullbackLeibler', 'jensenShannon', 'hellinger', 'totalVariation'] as const;

function relativeError(computed: number, expected: number): number {
  return computed === expected ? 0 : Math.abs(computed / expected - 1);
}

function expectAgreement(
  computation: Computation,
  expected: { readonly statistic: number; readonly pValue: number; readonly effect: number },
): Found {
  const found = foundOf(computation);
  expect(relativeError(found.statistic, expected.statistic), 'statistic').toBeLessThan(1e-9);
  expect(relativeError(found.effect, expected.effect), 'effect').toBeLessThan(1e-9);
  expect(relativeError(found.pValue ?? NaN, expected.pValue), 'p-value').toBeLessThan(1e-6);
  return found;
}

describe.each(oracle.tables)('$name', ({ reference, current, expected }) => {
  it.each(distanceNames)('has the %s of its definition', (name) => {
    const { statistic, effect } = foundOf(distances[name].ofCounts(reference, current));
    expect(relativeError(statistic, expected[name])).toBeLessThan(1e-9);
    expect(effect).toBe(statistic);
  });

  it('has the L-infinity of its definition', () => {
    const { statistic } = foundOf(lInfinityOfCounts(reference, current));
    expect(relativeError(statistic, expected.lInfinity)).toBeLessThan(1e-9);
  });

  it('has the chi-squared and the G of scipy.stats.chi2_contingency, rare levels merged', () => {
    for (const [computation, { levels, ...numbers }] of [
      [chiSquaredOfCounts(reference, current), expected.chiSquared],
      [gTestOfCounts(reference, current), expected.gTest],
    ] as const) {
      expect(expectAgreement(computation, numbers)).toMatchObject({
        bins: levels,
        degreesOfFreedom: levels - 1,
      });
    }
  });

  it('has the p-value of scipy.stats.fisher_exact, and the z of two proportions', () => {
    const [fisher, z] = [fisherExactOfCounts(reference, current), twoProportionZOfCounts(reference, current)];
    if (expected.twoLevels === null) {
      expect([fisher, z]).toEqual([
        { notComputable: expect.stringContaining('it compares two levels') as string },
        { notComputable: expect.stringContaining('it compares two levels') as string },
      ]);
      return;
    }
    expectAgreement(fisher, expected.twoLevels.fisherExact);
    expectAgreement(z, expected.twoLevels.twoProportionZ);
  });
});

const millions = oracle.binnedMillion.map(({ name, ...expected }) => ({
  name: `a million: ${name}`,
  ...million(name),
  ...expected,
}));

describe.each([...oracle.binned, ...millions])('$name', ({ reference, current, bins, expected }) => {
  const comparison = compareValues(reference, current);

  it('has the bins of numpy.quantile', () => {
    expect(binCountsOf(comparison)).toEqual(bins);
  });

  it.each([
    ['population-stability-index', expected.psi],
    ['kullback-leibler', expected.kullbackLeibler],
    ['jensen-shannon', expected.jensenShannon],
    ['hellinger', expected.hellinger],
    ['total-variation', expected.totalVariation],
    ['l-infinity', expected.lInfinity],
  ] as const)('has the %s of its definition between the bins', (method, ofDefinition) => {
    const { statistic } = foundOf(computeMethod(method, comparison));
    expect(relativeError(statistic, ofDefinition)).toBeLessThan(1e-9);
  });
});

function pValueOf(name: keyof typeof distances, counts: BinCounts): number {
  const { ofCounts, pValueAt } = distances[name];
  const found = foundOf(ofCounts(counts.reference, counts.current));
  return pValueAt(found, countComparison(counts), sizesOf(counts));
}

describe.each(oracle.enumerated)('$name', ({ reference, current, pValues, lInfinity }) => {
  it.each(distanceNames)('has the p-value of %s over all tables', (name) => {
    expect(relativeError(pValueOf(name, { reference, current }), pValues[name])).toBeLessThan(1e-9);
  });

  it('has a p-value of L-infinity that is at least that over all tables, and at most 60% more', () => {
    const found = foundOf(lInfinityOfCounts(reference, current));
    const counts = { reference, current };
    const pValue = lInfinityPValueAt(found, countComparison(counts), sizesOf(counts));
    expect(pValue / lInfinity).toBeGreaterThan(1 - 1e-9);
    expect(pValue / lInfinity).toBeLessThan(1.6);
  });
});

describe.each(oracle.drawn)('$name', ({ reference, current, pValues }) => {
  it.each(distanceNames)(
    'has a p-value of %s within a quarter of that of 200,000 random dealings',
    (name) => {
      expect(Math.abs(pValueOf(name, { reference, current }) / pValues[name] - 1)).toBeLessThan(0.25);
    },
  );
});
