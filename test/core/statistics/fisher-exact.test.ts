import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { normalSurvival } from '../../../core/statistics/distributions.ts';
import {
  fisherExact,
  fisherExactOfCounts,
  fisherExactPValueAt,
} from '../../../core/statistics/fisher-exact.ts';
import { compareValues, foundOf, levelComparison } from './comparisons.ts';
import { countComparison } from './counts.ts';

describe('fisherExactOfCounts', () => {
  it('gives the odds ratio, and how probable the tables are that are as improbable', () => {
    // All tables with these margins: 3,003; as improbable as the observed one: 1 + 14 + 90 = 105 of them.
    const { statistic, pValue, effect, bins } = foundOf(fisherExactOfCounts([8, 2], [1, 5]));
    expect(statistic).toBe(20);
    expect(pValue).toBeCloseTo(0.034965, 6);
    expect(effect).toBeCloseTo(1.3732, 4);
    expect(bins).toBe(2);
  });

  it('tells by the odds ratio whether the second level has become more or less frequent', () => {
    expect(foundOf(fisherExactOfCounts([90, 10], [80, 20])).statistic).toBeCloseTo(2.25, 12);
    expect(foundOf(fisherExactOfCounts([80, 20], [90, 10])).statistic).toBeCloseTo(1 / 2.25, 12);
  });

  it('adds half a count to every cell where one is empty, so that the odds ratio is finite', () => {
    expect(foundOf(fisherExactOfCounts([40, 0], [20, 6])).statistic).toBeCloseTo(
      (40.5 * 6.5) / (0.5 * 20.5),
      12,
    );
    expect(foundOf(fisherExactOfCounts([40, 6], [20, 0])).statistic).toBeCloseTo(
      (40.5 * 0.5) / (6.5 * 20.5),
      12,
    );
  });

  it('is 1 with p = 1 where a column has one level', () => {
    expect(fisherExactOfCounts([0, 50], [0, 7])).toEqual({ statistic: 1, pValue: 1, effect: 0, bins: 1 });
  });

  it('sees a column turn over completely', () => {
    const { pValue, effect } = foundOf(fisherExactOfCounts([1000, 0], [0, 12]));
    expect(pValue).toBeLessThan(1e-27);
    expect(effect).toBeCloseTo(Math.PI, 12);
  });

  it('agrees with the normal law at 10^9 rows', () => {
    const z = (0.1 - 0.09997) / Math.sqrt(0.099985 * 0.900015 * 2e-9);
    const { pValue } = foundOf(fisherExactOfCounts([9e8, 1e8], [900_030_000, 99_970_000]));
    expect(pValue! / (2 * normalSurvival(z))).toBeCloseTo(1, 3);
  });

  it('is not computable for more than two levels, or without values', () => {
    expect(fisherExactOfCounts([1, 1, 1], [1, 1, 1])).toEqual({
      notComputable: 'it compares two levels, here are 3 (unseen ones as one)',
    });
    expect(fisherExactOfCounts([1, 1], [0, 0])).toEqual({ notComputable: 'the current window has no value' });
  });

  it('has a p-value within [0, 1] that does not depend on the order of sides and of levels', () => {
    const cell = fc.oneof(fc.nat(40), fc.nat(100_000));
    fc.assert(
      fc.property(cell, cell, cell, cell, (a, b, c, d) => {
        fc.pre(a + b > 0 && c + d > 0);
        const { pValue } = foundOf(fisherExactOfCounts([a, b], [c, d]));
        expect(pValue).toBeGreaterThanOrEqual(0);
        expect(pValue).toBeLessThanOrEqual(1);
        for (const [first, second] of [
          [
            [c, d],
            [a, b],
          ],
          [
            [b, a],
            [d, c],
          ],
        ] as const) {
          // prettier-ignore
          const other = foundOf(fisherExactOfCounts(first, second)).pValue!;
          expect(Math.abs(other - pValue!)).toBeLessThanOrEqual(1e-9 * pValue!);
        }
      }),
    );
  });

  it('gives p = 1 for equal counts', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (a, b) => {
        fc.pre(a + b > 0);
        const { pValue, effect } = foundOf(fisherExactOfCounts([a, b], [a, b]));
        expect([pValue, effect]).toEqual([1, 0]);
      }),
    );
  });

  it('falls as more of the current values are of the second level, from where the shares are equal on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 60 }), (half, rows) => {
        const reference = [half, half];
        const seconds = [rows, rows + 1, Math.ceil(1.5 * rows), 2 * rows];
        const found = seconds.map((second) =>
          foundOf(fisherExactOfCounts(reference, [2 * rows - second, second])),
        );
        const increasing = (values: readonly number[]) => values.every((value, i) => i === 0 || value >= values[i - 1]! - 1e-12); // prettier-ignore
        expect(increasing(found.map(({ effect }) => effect))).toBe(true);
        expect(increasing(found.map(({ pValue }) => -pValue!))).toBe(true);
      }),
    );
  });
});

describe('fisherExact of profiles', () => {
  it('takes unseen values as a level', () => {
    expect(fisherExact(levelComparison(['a', 'a', 'a'], ['a', 'x', 'y']))).toEqual(
      fisherExactOfCounts([3, 0], [1, 2]),
    );
    expect(fisherExact(levelComparison(['a', 'b'], ['x']))).toEqual({
      notComputable: 'it compares two levels, here are 3 (unseen ones as one)',
    });
  });

  it('is not computable for a continuous column', () => {
    expect(fisherExact(compareValues([1], [1]))).toMatchObject({
      notComputable: 'only a categorical column has levels',
    });
  });
});

describe('fisherExactPValueAt', () => {
  const comparison = countComparison({ reference: [9000, 1000], current: [140, 28] });
  const found = foundOf(fisherExact(comparison));

  it('is the p-value found at the sizes found', () => {
    expect(fisherExactPValueAt(found, comparison, { reference: 10_000, current: 168 })).toBe(found.pValue);
  });

  it('is that of the shares in whole rows at fewer effective ones', () => {
    expect(fisherExactPValueAt(found, comparison, { reference: 2500, current: 42 })).toBe(
      foundOf(fisherExactOfCounts([2250, 250], [35, 7])).pValue,
    );
    expect(fisherExactPValueAt(found, comparison, { reference: 0.1, current: 0.1 })).toBe(1);
  });
});
