import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chiSquaredOfCounts } from '../../../core/statistics/chi-squared.ts';
import type { Computation } from '../../../core/statistics/comparison.ts';
import { gTestOfCounts } from '../../../core/statistics/g-test.ts';
import { hellingerOfCounts } from '../../../core/statistics/hellinger.ts';
import { jensenShannonOfCounts } from '../../../core/statistics/jensen-shannon.ts';
import { kullbackLeiblerOfCounts } from '../../../core/statistics/kullback-leibler.ts';
import { lInfinityOfCounts } from '../../../core/statistics/l-infinity.ts';
import { psiOfCounts } from '../../../core/statistics/population-stability-index.ts';
import { methodNames, methodOf } from '../../../core/statistics/registry.ts';
import { totalVariationOfCounts } from '../../../core/statistics/total-variation.ts';
import { foundOf, statisticOf } from './comparisons.ts';
import { countComparison, pairsOfCounts, sizesOf } from './counts.ts';

/** What holds for all methods on counts, whatever they measure. */
const distances = {
  psi: psiOfCounts,
  'Kullback-Leibler': kullbackLeiblerOfCounts,
  'Jensen-Shannon': jensenShannonOfCounts,
  Hellinger: hellingerOfCounts,
  'total variation': totalVariationOfCounts,
  'L-infinity': lInfinityOfCounts,
  'chi-squared': chiSquaredOfCounts,
  G: gTestOfCounts,
} as const;
const all = Object.entries(distances);
const only = (...names: (keyof typeof distances)[]) => names.map((name) => [name, distances[name]] as const);

type OfCounts = (reference: readonly number[], current: readonly number[]) => Computation;

function expectAtMost(smaller: number, larger: number): void {
  expect(smaller).toBeLessThanOrEqual(larger + 1e-9 * (1e-3 + larger));
}

it.each(all)('%s is 0 between equal counts', (_, ofCounts: OfCounts) => {
  fc.assert(
    fc.property(pairsOfCounts, ({ a }) => {
      expect(statisticOf(ofCounts(a, a))).toBe(0);
    }),
  );
});

it.each(all)('%s does not depend on the order of the bins', (_, ofCounts: OfCounts) => {
  fc.assert(
    fc.property(pairsOfCounts, ({ a, b }) => {
      const [plain, turned] = [ofCounts(a, b), ofCounts(a.toReversed(), b.toReversed())].map(statisticOf);
      expectAtMost(Math.abs(plain! - turned!), 1e-9 * plain!);
    }),
  );
});

it.each(all.filter(([name]) => name !== 'Kullback-Leibler'))('%s is symmetric', (_, ofCounts: OfCounts) => {
  fc.assert(
    fc.property(pairsOfCounts, ({ a, b }) => {
      const [there, back] = [ofCounts(a, b), ofCounts(b, a)].map(statisticOf);
      expectAtMost(Math.abs(there! - back!), 1e-7 * there!);
    }),
  );
});

it.each(only('Jensen-Shannon', 'Hellinger', 'total variation', 'L-infinity'))(
  '%s is within [0, 1], whatever the sizes, and obeys the triangle inequality',
  (_, ofCounts: OfCounts) => {
    fc.assert(
      fc.property(pairsOfCounts, pairsOfCounts, ({ a, b }, other) => {
        const c = [...other.a, ...b].slice(0, b.length);
        fc.pre(c.some((count) => count > 0));
        const distance = (x: number[], y: number[]) => statisticOf(ofCounts(x, y));
        expect(distance(a, b)).toBeGreaterThanOrEqual(0);
        expect(distance(a, b)).toBeLessThanOrEqual(1);
        expect(distance(a, b)).toBeLessThanOrEqual(distance(a, c) + distance(c, b) + 1e-7);
        expect(distance(a.map((count) => count * 1000), b)).toBeCloseTo(distance(a, b), 7); // prettier-ignore
      }),
    );
  },
);

it.each(all)('%s is never negative, and its p-value is a probability', (_, ofCounts: OfCounts) => {
  fc.assert(
    fc.property(pairsOfCounts, ({ a, b }) => {
      const { statistic, pValue, effect } = foundOf(ofCounts(a, b));
      expect(statistic).toBeGreaterThanOrEqual(0);
      expect(effect).toBeGreaterThanOrEqual(0);
      expect(pValue ?? 0).toBeGreaterThanOrEqual(0);
      expect(pValue ?? 0).toBeLessThanOrEqual(1);
    }),
  );
});

it.each(only('chi-squared', 'G'))('%s has an effect from 0 to 1', (_, ofCounts: OfCounts) => {
  fc.assert(
    fc.property(pairsOfCounts, ({ a, b }) => {
      expect(foundOf(ofCounts(a, b)).effect).toBeLessThanOrEqual(1);
    }),
  );
  expect(foundOf(ofCounts([50, 0], [0, 20])).effect).toBe(1);
});

const counts = fc.integer({ min: 5, max: 60 });
const mixtures = fc.array(fc.tuple(counts, counts), { minLength: 2, maxLength: 8 });

it.each(all)('%s does not fall as more of the current window is contaminated', (_, ofCounts: OfCounts) => {
  fc.assert(
    fc.property(mixtures, (bins) => {
      const [sizeOfA, sizeOfB] = [0, 1].map((side) => bins.reduce((sum, bin) => sum + bin[side]!, 0));
      // In tenths of the window; all windows have the size of the reference.
      const contaminated = (tenths: number) =>
        bins.map(([a, b]) => a * sizeOfB! * (10 - tenths) + b * sizeOfA! * tenths);
      const reference = contaminated(0);
      const found = [0, 1, 3, 6, 10].map((tenths) => statisticOf(ofCounts(reference, contaminated(tenths))));
      for (const [i, distance] of found.slice(1).entries()) expectAtMost(found[i]!, distance);
    }),
  );
});

it.each(only('Jensen-Shannon', 'Hellinger', 'total variation'))(
  '%s does not rise when two bins are seen as one',
  (_, ofCounts: OfCounts) => {
    fc.assert(
      fc.property(
        pairsOfCounts.filter(({ a }) => a.length > 1),
        ({ a, b }) => {
          const merge = ([first = 0, second = 0, ...rest]: number[]) => [first + second, ...rest];
          expectAtMost(statisticOf(ofCounts(merge(a), merge(b))), statisticOf(ofCounts(a, b)));
        },
      ),
    );
  },
);

describe('an empty bin on both sides', () => {
  it.each(all)('does not change %s', (_, ofCounts: OfCounts) => {
    fc.assert(
      fc.property(pairsOfCounts, ({ a, b }) => {
        expect(ofCounts([...a, 0], [...b, 0])).toEqual(ofCounts(a, b));
      }),
    );
  });
});

describe('the p-value at an effective number of values', () => {
  const onCounts = methodNames.filter((name) => methodOf(name).kinds.includes('categorical'));

  it.each(onCounts)('of %s is a probability, however few values and rows there are', (name) => {
    const { compute, pValueAt } = methodOf(name);
    fc.assert(
      fc.property(
        pairsOfCounts,
        fc.nat(50),
        fc.double({ min: 1, max: 1e8, noNaN: true }),
        (pair, unseen, effect) => {
          const counts = { reference: pair.a, current: pair.b };
          const comparison = countComparison(counts, { reference: 0, current: unseen });
          const found = compute(comparison);
          if ('notComputable' in found) return;
          const { reference, current } = sizesOf(counts);
          const pValue = pValueAt!(found, comparison, {
            reference: reference / effect,
            current: (current + unseen) / effect,
          });
          expect(pValue).toBeGreaterThanOrEqual(0);
          expect(pValue).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 50 },
    );
  });
});
