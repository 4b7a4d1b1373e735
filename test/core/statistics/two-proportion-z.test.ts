import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chiSquaredOfCounts } from '../../../core/statistics/chi-squared.ts';
import { normalSurvival } from '../../../core/statistics/distributions.ts';
import {
  twoProportionZ,
  twoProportionZMethod,
  twoProportionZOfCounts,
} from '../../../core/statistics/two-proportion-z.ts';
import { compareValues, foundOf, levelComparison } from './comparisons.ts';
import { countComparison } from './counts.ts';

describe('twoProportionZOfCounts', () => {
  it('divides the difference of the shares by its pooled standard error', () => {
    const z = (0.7 - 0.5) / Math.sqrt(0.6 * 0.4 * (1 / 100 + 1 / 100));
    const { statistic, pValue, effect } = foundOf(twoProportionZOfCounts([50, 50], [30, 70]));
    expect(statistic).toBeCloseTo(z, 12);
    expect(statistic).toBeCloseTo(2.89, 2);
    expect(pValue).toBeCloseTo(2 * normalSurvival(z), 12);
    expect(effect).toBeCloseTo(0.4115, 4);
  });

  it('is negative where the second level has become rarer', () => {
    expect(foundOf(twoProportionZOfCounts([30, 70], [50, 50])).statistic).toBeCloseTo(-2.89, 2);
  });

  it('squares to chi-squared, with its p-value', () => {
    fc.assert(
      fc.property(fc.nat(1e5), fc.nat(1e5), fc.nat(1e5), fc.nat(1e5), (a, b, c, d) => {
        fc.pre(a + b > 0 && c + d > 0 && a + c > 0 && b + d > 0);
        const z = foundOf(twoProportionZOfCounts([a, b], [c, d]));
        const squared = foundOf(chiSquaredOfCounts([a, b], [c, d]));
        expect(Math.abs(z.statistic ** 2 - squared.statistic)).toBeLessThanOrEqual(
          1e-8 * (1 + squared.statistic),
        );
        expect(z.pValue).toBe(squared.pValue);
      }),
    );
  });

  it('has an exact p-value where a level is expected fewer than 5 times', () => {
    // z = 20 by the normal law would be 1e-92; a new value falls into 24 of 10,024 rows in 0.24% of all cases.
    const { statistic, pValue } = foundOf(twoProportionZOfCounts([10_000, 0], [23, 1]));
    expect(statistic).toBeGreaterThan(20);
    expect(pValue).toBeCloseTo(24 / 10_024, 12);
  });

  it('is 0 with p = 1 where a column has one level, and not computable for more than two', () => {
    expect(twoProportionZOfCounts([7], [9])).toEqual({ statistic: 0, pValue: 1, effect: 0, bins: 1 });
    expect(twoProportionZOfCounts([1, 1, 1], [1, 1, 1])).toEqual({
      notComputable: 'it compares two levels, here are 3 (unseen ones as one)',
    });
    expect(twoProportionZOfCounts([0], [9])).toEqual({ notComputable: 'the reference has no value' });
  });
});

describe('twoProportionZOfCounts, whatever the counts', () => {
  const cell = fc.integer({ min: 1, max: 100_000 });

  it('changes its sign, and nothing else, when the sides or the levels change places', () => {
    fc.assert(
      fc.property(cell, cell, cell, cell, (a, b, c, d) => {
        const { statistic, pValue, effect } = foundOf(twoProportionZOfCounts([a, b], [c, d]));
        for (const turned of [
          twoProportionZOfCounts([c, d], [a, b]),
          twoProportionZOfCounts([b, a], [d, c]),
        ]) {
          const other = foundOf(turned);
          expect(Math.abs(other.statistic + statistic)).toBeLessThanOrEqual(
            1e-9 * (1e-3 + Math.abs(statistic)),
          );
          expect(Math.abs(other.pValue! - pValue!)).toBeLessThanOrEqual(1e-7 * pValue! + 1e-15);
          expect(Math.abs(other.effect - effect)).toBeLessThanOrEqual(1e-12);
        }
      }),
    );
  });

  it('is 0 with p = 1 for equal counts', () => {
    fc.assert(
      fc.property(cell, cell, (a, b) => {
        expect(twoProportionZOfCounts([a, b], [a, b])).toEqual({
          statistic: 0,
          pValue: 1,
          effect: 0,
          bins: 2,
        });
      }),
    );
  });

  it('grows as more of the current values are of the second level', () => {
    fc.assert(
      fc.property(cell, cell, fc.integer({ min: 10, max: 500 }), (a, b, rows) => {
        const found = [0, 0.2, 0.5, 0.8, 1].map((share) => {
          const second = Math.round(rows * share);
          return foundOf(twoProportionZOfCounts([a, b], [rows - second, second]));
        });
        const statistics = found.map(({ statistic }) => statistic);
        expect(statistics).toEqual(statistics.toSorted((x, y) => x - y));
      }),
    );
  });
});

describe('twoProportionZ of profiles', () => {
  it('takes unseen values as a level', () => {
    expect(twoProportionZ(levelComparison(['a', 'a', 'a'], ['a', 'x', 'y']))).toEqual(
      twoProportionZOfCounts([3, 0], [1, 2]),
    );
  });

  it('is not computable for a continuous column', () => {
    expect(twoProportionZ(compareValues([1], [1]))).toMatchObject({
      notComputable: 'only a categorical column has levels',
    });
  });
});

describe('the p-value at effective sizes', () => {
  const { pValueAt } = twoProportionZMethod;

  it('divides z by the square root of the design effect', () => {
    const comparison = countComparison({ reference: [9000, 1000], current: [560, 112] });
    const found = foundOf(twoProportionZ(comparison));
    expect(pValueAt(found, comparison, { reference: 10_000, current: 672 })).toBe(found.pValue);
    expect(pValueAt(found, comparison, { reference: 2500, current: 168 })).toBeCloseTo(
      2 * normalSurvival(found.statistic / 2),
      10,
    );
  });
});
