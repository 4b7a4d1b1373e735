import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { sumOverBins, termOfShares, type BinCounts } from '../../../core/statistics/bin-counts.ts';
import { chiSquaredSurvival, gammaSurvivalOfMoments } from '../../../core/statistics/distributions.ts';
import { permutationSurvival } from '../../../core/statistics/permutation-law.ts';
import { permutationMoments } from '../../../core/statistics/permutation-moments.ts';
import { pairsOfCounts, sizesOf } from './counts.ts';

/** Pearson's chi-squared over the effective size, whose law is known. */
function pearsonTermOf(counts: BinCounts): (reference: number, current: number) => number {
  const { reference: n, current: m } = sizesOf(counts);
  return (reference, current) =>
    reference + current === 0 ? 0 : (reference * m - current * n) ** 2 / ((reference + current) * n * m);
}

function survivalOf(counts: BinCounts, statistic?: number): number {
  const term = pearsonTermOf(counts);
  return permutationSurvival(counts, term, statistic ?? sumOverBins(counts, term));
}

describe('permutationMoments', () => {
  it('are those of all tables: the mean exactly, the variance nearly', () => {
    const totals = [60, 40, 20, 10];
    const term = pearsonTermOf({ reference: totals, current: [8] });
    let [mass, mean, square] = [0, 0, 0];
    const visit = (bin: number, left: number, weight: number, sum: number): void => {
      if (bin === totals.length) {
        if (left > 0) return;
        mass += weight;
        mean += weight * sum;
        square += weight * sum * sum;
        return;
      }
      let ways = 1;
      for (let given = 0; given <= Math.min(left, totals[bin]!); given += 1) {
        visit(bin + 1, left - given, weight * ways, sum + term(totals[bin]! - given, given));
        ways *= (totals[bin]! - given) / (given + 1);
      }
    };
    visit(0, 8, 1, 0);
    const moments = permutationMoments(totals, { total: 130, drawn: 8 }, term);
    expect(moments.mean).toBeCloseTo(mean / mass, 10);
    expect(moments.deviation ** 2 / (square / mass - (mean / mass) ** 2)).toBeCloseTo(1, 1);
  });

  it('do not depend on a multiple of the counts in the terms', () => {
    const totals = [400, 300, 200, 37, 5];
    const deal = { total: 942, drawn: 100 };
    const term = (_: number, current: number) => current ** 2 / 100;
    const [plain, tilted] = [term, (a: number, b: number) => term(a, b) + 7 * b].map((of) =>
      permutationMoments(totals, deal, of),
    );
    expect(tilted!.mean - plain!.mean).toBeCloseTo(700, 8);
    expect(tilted!.deviation).toBeCloseTo(plain!.deviation, 8);
    expect(tilted!.skewness).toBeCloseTo(plain!.skewness, 8);
  });
});

describe('permutationSurvival', () => {
  it('is nearly the chi-squared law at many rows', () => {
    const counts = { reference: [5000, 3000, 2000, 1000], current: [5200, 2900, 1950, 1010] };
    for (const statistic of [1, 5, 11, 20]) {
      expect(Math.abs(survivalOf(counts, statistic) / chiSquaredSurvival(statistic, 3) - 1)).toBeLessThan(
        0.15,
      );
    }
  });

  it('counts the tables that are at least as far where there are few', () => {
    // 2 of the C(4, 2) = 6 ways to deal two and two leave each side one kind.
    expect(survivalOf({ reference: [2, 0], current: [0, 2] })).toBeCloseTo(2 / 6, 12);
    expect(survivalOf({ reference: [1, 1], current: [1, 1] })).toBe(1);
  });

  it('goes over smoothly from all tables to the gamma law', () => {
    // 31 rows in 4 bins are gone through, and give what the gamma law gives.
    const counts = { reference: [2500, 2500, 2500, 2500], current: [13, 6, 8, 4] };
    const totals = counts.reference.map((count, bin) => count + counts.current[bin]!);
    const term = pearsonTermOf(counts);
    const statistic = sumOverBins(counts, term);
    const byGamma = gammaSurvivalOfMoments(
      statistic,
      permutationMoments(totals, { total: 10_031, drawn: 31 }, term),
    );
    expect(Math.abs(survivalOf(counts) / byGamma - 1)).toBeLessThan(0.1);
  });

  it('takes rows of an effective number that is not whole', () => {
    const whole = { reference: [500, 300, 200], current: [20, 5, 5] };
    const scaled = { reference: [500.4, 300.2, 199.4], current: [19.9, 5.2, 4.9] };
    expect(Math.abs(survivalOf(scaled) / survivalOf(whole) - 1)).toBeLessThan(0.15);
  });

  it('is 1 for one bin, and where nothing differs', () => {
    expect(survivalOf({ reference: [10], current: [3] })).toBe(1);
    expect(survivalOf({ reference: [10, 20], current: [1, 2] })).toBe(1);
  });

  it('is a probability that falls as the statistic rises, and does not depend on the order of sides and bins', () => {
    fc.assert(
      fc.property(pairsOfCounts, ({ a, b }) => {
        const counts = { reference: a, current: b };
        const term = termOfShares(counts, (p, q) => Math.abs(p - q) / 2);
        const statistic = sumOverBins(counts, term);
        const survival = (of: BinCounts, factor = 1) =>
          permutationSurvival(
            of,
            termOfShares(of, (p, q) => Math.abs(p - q) / 2),
            statistic * factor,
          );
        const pValue = survival(counts);
        expect(pValue).toBeGreaterThanOrEqual(0);
        expect(pValue).toBeLessThanOrEqual(1);
        expect(survival(counts, 1.5)).toBeLessThanOrEqual(pValue * (1 + 1e-9));
        const close = (other: number) =>
          expect(Math.abs(other - pValue)).toBeLessThanOrEqual(1e-6 * pValue + 1e-12);
        close(survival({ reference: a.toReversed(), current: b.toReversed() }));
        close(survival({ reference: b, current: a }));
      }),
      { numRuns: 60 },
    );
  });
});
