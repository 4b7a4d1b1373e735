import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { blockLengthOf, effectiveBlocks } from '../../../core/comparison/blocks.ts';
import { compareMeans, type ComparedBlock } from '../../../core/comparison/compare-means.ts';
import { studentQuantile } from '../../../core/statistics/distributions.ts';
import { dayMs, hourMs } from '../../../core/window.ts';
import { certain } from './certain.ts';
import { randomOf } from './random.ts';

const block = (subject: number, against: number, rows = 10): ComparedBlock => ({
  subject: { rows, sum: subject },
  against: { rows, sum: against },
});
const days = { length: 'day' } as const;

describe('compareMeans', () => {
  it('is negative where the subject has the smaller mean', () => {
    const found = certain(compareMeans([block(10, 20), block(12, 21), block(11, 23), block(13, 22)], days));
    expect(found).toMatchObject({ value: 46 / 40, against: 86 / 40, difference: -1 });
    expect(found.high).toBeLessThan(0);
    expect(found.pValue).toBeLessThan(0.01);
  });

  it('mirrors when the sides are swapped', () => {
    const blocks = fc.array(
      fc.record({
        subject: fc.record({ rows: fc.integer({ min: 1, max: 9 }), sum: fc.integer({ min: 0, max: 99 }) }),
        against: fc.record({ rows: fc.integer({ min: 1, max: 9 }), sum: fc.integer({ min: 0, max: 99 }) }),
      }),
      { minLength: 10, maxLength: 30 },
    );
    fc.assert(
      fc.property(blocks, fc.constantFrom('day', 'hour'), (blocks, length) => {
        const one = certain(compareMeans(blocks, { length }));
        const other = certain(
          compareMeans(
            blocks.map(({ subject, against }) => ({ subject: against, against: subject })),
            { length },
          ),
        );
        expect(other.difference).toBeCloseTo(-one.difference, 9);
        expect(other.low).toBeCloseTo(-one.high, 9);
        expect(other.pValue).toBeCloseTo(one.pValue, 9);
      }),
    );
  });

  it('finds no difference, for certain, between a side and itself', () => {
    const same = certain(
      compareMeans(
        [3, 8, 1, 9, 4].map((loss) => block(loss, loss)),
        days,
      ),
    );
    expect(same).toMatchObject({ difference: 0, low: 0, high: 0, pValue: 1 });
  });

  it('takes what only rounding tells apart for equal', () => {
    const found = certain(
      compareMeans(
        [1, 1, 1, 1].map(() => block(0.1 + 0.2, 0.3, 1)),
        days,
      ),
    );
    expect(found).toMatchObject({ difference: 0, pValue: 1 });
  });

  it('compares roots of means by the delta method, as the jackknife that leaves out a day does', () => {
    const random = randomOf(5);
    const blocks = Array.from({ length: 30 }, () =>
      block(
        ...(Array.from({ length: 2 }, (_, side) =>
          Array.from({ length: 10 }, () => ((1 + side) * random.normal()) ** 2).reduce((a, b) => a + b),
        ) as [number, number]),
      ),
    );
    const found = certain(compareMeans(blocks, { ...days, of: 'root-mean' }));
    const without = blocks.map((_, left) => {
      const kept = blocks.filter((_, day) => day !== left);
      return certain(compareMeans(kept, { ...days, of: 'root-mean' })).difference;
    });
    const mean = without.reduce((a, b) => a + b) / 30;
    const jackknife = Math.sqrt((29 / 30) * without.reduce((sum, each) => sum + (each - mean) ** 2, 0));
    const reach = (found.high - found.low) / 2;
    expect(reach / studentQuantile(0.975, 29) / jackknife).toBeCloseTo(1, 1);
    expect(found.difference).toBeLessThan(0);
  });

  it('has a root even where no row has an error', () => {
    const perfect = compareMeans(
      [1, 2, 3, 4].map((loss) => block(0, loss)),
      { ...days, of: 'root-mean' },
    );
    expect(certain(perfect)).toMatchObject({ value: 0, against: 0.5 });
  });

  it('is not computable without rows on a side', () => {
    const none = { rows: 0, sum: 0 };
    expect(compareMeans([], days)).toHaveProperty('notComputable');
    expect(compareMeans([{ subject: none, against: { rows: 3, sum: 1 } }], days)).toHaveProperty(
      'notComputable',
    );
  });

  it('says the numbers, but not how sure they are, with fewer than four blocks on a side', () => {
    expect(compareMeans([block(1, 2), block(2, 2), block(3, 4)], days)).toMatchObject({
      difference: 6 / 30 - 8 / 30,
      certainty: { notComputable: 'the rows are of 3 days; how sure the difference is takes 4' },
    });
  });

  it('is the less sure, the more of the rows are of one block', () => {
    const even = certain(
      compareMeans(
        [1, 2, 1, 2, 1, 2, 1, 2].map((loss) => block(loss, 2 * loss)),
        days,
      ),
    );
    const uneven = [1000, 2, 1, 2, 1, 2, 1, 2].map((loss, i) => block(loss, 2 * loss, i === 0 ? 1000 : 10));
    expect(even.degreesOfFreedom).toBe(7);
    expect(certain(compareMeans(uneven, days)).degreesOfFreedom).toBeLessThan(0.2);
  });
});

/** How often the p-value of two sides that do not differ is at most 5%. */
function falseAlarms(draw: (seed: number) => readonly ComparedBlock[], length: 'hour' | 'day'): number {
  const runs = 600;
  let alarms = 0;
  for (let seed = 1; seed <= runs; seed += 1) {
    const { pValue, low, high } = certain(compareMeans(draw(seed), { length }));
    expect(pValue <= 0.05).toBe(low > 0 || high < 0);
    if (pValue <= 0.05) alarms += 1;
  }
  return alarms / runs;
}

describe('about 5% of comparisons of equal sides are called a difference (600 each)', () => {
  const autocorrelated = (seed: number, count: number, carried: number): ComparedBlock[] => {
    const random = randomOf(seed);
    let shock = random.normal();
    return Array.from({ length: count }, (_, hour) => {
      shock = carried * shock + Math.sqrt(1 - carried ** 2) * random.normal();
      const rhythm = 3 * Math.sin((2 * Math.PI * hour) / 24);
      return block(10 * (shock + rhythm), 10 * (0.5 * random.normal() + rhythm));
    });
  };
  const byDay = (hours: readonly ComparedBlock[]): ComparedBlock[] =>
    Array.from({ length: hours.length / 24 }, (_, day) => {
      const own = hours.slice(24 * day, 24 * day + 24);
      const total = (side: 'subject' | 'against') => ({
        rows: own.reduce((sum, each) => sum + each[side].rows, 0),
        sum: own.reduce((sum, each) => sum + each[side].sum, 0),
      });
      return { subject: total('subject'), against: total('against') };
    });

  it.each([
    ['72 hours', 'hour', 0.08, (seed: number) => autocorrelated(seed, 72, 0)],
    [
      '72 hours that resemble their neighbours',
      'hour',
      0.08,
      (seed: number) => autocorrelated(seed, 72, 0.5),
    ],
    [
      '7 days of hours that carry 80% of a shock to the next',
      'day',
      0.11,
      (seed: number) => byDay(autocorrelated(seed, 168, 0.8)),
    ],
    ['30 days of such hours', 'day', 0.1, (seed: number) => byDay(autocorrelated(seed, 720, 0.8))],
  ] as const)('%s', (_, length, most, draw) => {
    const rate = falseAlarms(draw, length);
    expect(rate).toBeGreaterThan(0.03);
    expect(rate).toBeLessThan(most);
  });
});

it('sums up by days from seven days on', () => {
  expect(blockLengthOf({ start: 0, end: 7 * dayMs - hourMs })).toBe('hour');
  expect(blockLengthOf({ start: 0, end: 30 * dayMs })).toBe('day');
});

it('counts blocks by how evenly they share the rows', () => {
  expect(effectiveBlocks([5, 5, 5, 5])).toBe(4);
  expect(effectiveBlocks([5, 5, 0, 0])).toBe(2);
  expect(effectiveBlocks([100, 1, 1])).toBeLessThan(1.1);
});
