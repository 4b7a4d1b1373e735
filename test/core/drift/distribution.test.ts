import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  distributionOf,
  type CategoricalDistribution,
  type ContinuousDistribution,
} from '../../../core/drift/distribution.ts';
import { gridFromTrainingStatistics } from '../../../core/profile/grid.ts';
import { emptyProfile } from '../../../core/profile/profile.ts';
import type { Comparison } from '../../../core/statistics/comparison.ts';
import { compareValues, levelComparison } from '../statistics/comparisons.ts';
import { ramp } from './columns.ts';

function continuous(comparison: Comparison): ContinuousDistribution {
  const distribution = distributionOf(comparison);
  if (!('kind' in distribution) || distribution.kind !== 'continuous')
    throw new Error('it is not continuous');
  return distribution;
}

function categorical(comparison: Comparison): CategoricalDistribution {
  const distribution = distributionOf(comparison);
  if (!('kind' in distribution) || distribution.kind !== 'categorical')
    throw new Error('it is not categorical');
  return distribution;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
const rounded = (numbers: readonly number[]): number[] => numbers.map((number) => Number(number.toFixed(3)));
/** Numbers without steps: the fractional parts of multiples of the golden ratio, which lie evenly in [0, 1). */
const even = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * 0.618_033_988_75) % 1);

describe('the bars of a continuous column', () => {
  it('show where the values of both sides lie', () => {
    const { edges, bars, below, above } = continuous(
      compareValues(
        even(10_000),
        even(1_000).map((value) => value / 2),
      ),
    );
    expect(edges).toHaveLength(21);
    expect(rounded([edges[0]!, edges.at(-1)!])).toEqual([0, 1]);
    for (const share of bars.reference) expect(share).toBeCloseTo(0.05, 3);
    for (const [i, share] of bars.current.entries())
      expect(share, `bar ${i}`).toBeCloseTo(i < 10 ? 0.1 : 0, 2);
    expect([below, above]).toEqual([
      { reference: 0, current: expect.closeTo(0, 2) },
      { reference: 0, current: 0 },
    ]);
  });

  it('are fewer for a small window, and never more than 40', () => {
    const barCount = (values: number): number =>
      continuous(compareValues(even(100_000), even(values))).bars.current.length;
    expect([24, 168, 5_000, 100_000].map(barCount)).toEqual([10, 12, 35, 40]);
  });

  it('leave thin tails to `above` and `below`', () => {
    const values = even(10_000);
    const reference = [...values, -1_000, 1e6, 1e6];
    const current = [...values, 5_000, 1e9, -1e9];
    const samples = {
      reference: Float64Array.from(reference).sort(),
      current: Float64Array.from(current).sort(),
    };
    const { edges, above, below } = continuous({ ...compareValues(reference, current), samples });
    expect(edges[0]).toBeCloseTo(-0.85, 1);
    expect(edges.at(-1)).toBeCloseTo(1.85, 1);
    expect(above).toEqual({
      reference: expect.closeTo(2 / 10_003, 9),
      current: expect.closeTo(2 / 10_003, 9),
    });
    expect(below.current).toBeCloseTo(1 / 10_003, 9);
  });

  it('are one a value in a column of few steps', () => {
    const hours = Array.from({ length: 240 }, (_, i) => i % 24);
    const { edges, bars, points } = continuous(compareValues(hours, [0, 0, 23, 23]));
    expect(edges).toEqual(ramp(25, 1, -0.5));
    expect(bars.current).toEqual([0.5, ...Array<number>(22).fill(0), 0.5]);
    expect(points).toEqual([]);
  });

  it('hold whole steps where there are more: a flat column looks flat', () => {
    const hundredths = Array.from({ length: 9_600 }, (_, i) => (i % 96) / 100);
    const { edges, bars } = continuous(compareValues(hundredths, hundredths));
    expect(edges[0]).toBeCloseTo(-0.005, 9);
    expect(edges[1]! - edges[0]!).toBeCloseTo(0.03, 9);
    for (const share of bars.reference) expect(share).toBeCloseTo(1 / 32, 9);
  });

  it('keep a value apart that would flatten the others', () => {
    const { edges, bars, points } = continuous(
      compareValues(
        [...Array<number>(500).fill(0), ...even(500).map((value) => 1 + value)],
        [...Array<number>(50).fill(0), ...even(150).map((value) => 1 + value)],
      ),
    );
    expect(points).toEqual([{ value: 0, shares: { reference: 0.5, current: 0.25 } }]);
    expect([edges[0], edges.at(-1)]).toEqual([expect.closeTo(0.1, 1), expect.closeTo(2, 1)]);
    expect(sumOf(bars.reference)).toBeCloseTo(0.5, 9);
    expect(Math.max(...bars.reference)).toBeLessThan(0.15);
  });

  it('show values at uneven distances, where a column has no others', () => {
    const prices = [1, 2, 5, 10, 50].flatMap((price) => Array<number>(20).fill(price));
    const { bars, points } = continuous(compareValues(prices, prices));
    expect([points, sumOf(bars.reference)]).toEqual([[], expect.closeTo(1, 9)]);
  });

  it('go where the current values went, if that is not too far', () => {
    const reference = even(10_000);
    const near = continuous(
      compareValues(
        reference,
        even(1_000).map((value) => value + 0.75),
      ),
    );
    expect([near.edges[0], near.edges.at(-1)]).toEqual([expect.closeTo(0, 2), expect.closeTo(1.75, 2)]);
    expect([near.above.current, sumOf(near.bars.current)]).toEqual([0, expect.closeTo(1, 9)]);
    for (const share of near.bars.current.slice(9)) expect(share).toBeCloseTo(1.75 / 20, 2);

    const far = continuous(
      compareValues(
        reference,
        even(1_000).map((value) => value * 1_000),
      ),
    );
    expect(far.edges.at(-1)).toBeCloseTo(1, 2);
    expect(far.above.current).toBeGreaterThan(0.99);
  });

  it.each([0, -5, 1e12])('show a column that is always %d as one bar', (value) => {
    const { edges, bars, above } = continuous(
      compareValues(Array<number>(30).fill(value), [value, value, value, value + 1e14]),
    );
    expect(edges).toHaveLength(2);
    expect((edges[0]! + edges[1]!) / 2).toBe(value);
    expect([bars, above]).toEqual([
      { reference: [1], current: [expect.closeTo(0.75, 3)] },
      { reference: 0, current: expect.closeTo(0.25, 3) },
    ]);
  });

  it('are exact from raw values, and within a cell without them', () => {
    const { hum } = bikes();
    const comparison = compareValues(hum.march, hum.july);
    const samples = {
      reference: Float64Array.from(hum.march).sort(),
      current: Float64Array.from(hum.july).sort(),
    };
    const exact = continuous({ ...comparison, samples });
    for (const [bar, low] of exact.edges.slice(0, -1).entries()) {
      const inBar = hum.july.filter((value) => value >= low && value < exact.edges[bar + 1]!).length;
      expect(exact.bars.current[bar], `bar ${bar}`).toBeCloseTo(inBar / hum.july.length, 12);
    }
    const fromCells = continuous(comparison);
    expect(fromCells.edges).toEqual(exact.edges);
    for (const [bar, share] of fromCells.bars.current.entries()) {
      expect(share, `bar ${bar}`).toBeCloseTo(exact.bars.current[bar]!, 1);
    }
  });

  it('and what is beside them make 1 on each side, for any values', () => {
    const column = fc.array(
      fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, 0, 0, 1, 2.5), fc.integer({ min: -3, max: 3 })),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(column, column, fc.boolean(), (reference, current, raw) => {
        const usable = (values: number[]): Float64Array =>
          Float64Array.from(values.filter((value) => Math.abs(value) <= 1e145)).sort();
        const samples = { reference: usable(reference), current: usable(current) };
        fc.pre(samples.reference.length > 0 && samples.current.length > 0);
        const comparison = compareValues(reference, current);
        const distribution = continuous(raw ? { ...comparison, samples } : comparison);
        const { edges, bars, below, above, points } = distribution;
        expect(edges.length).toBeLessThanOrEqual(42);
        expect(bars.current).toHaveLength(edges.length - 1);
        expect(edges.every((edge, i) => i === 0 || edge >= edges[i - 1]!)).toBe(true);
        for (const side of ['reference', 'current'] as const) {
          const shares = [
            ...bars[side],
            below[side],
            above[side],
            ...points.map((point) => point.shares[side]),
          ];
          expect(Math.min(...shares)).toBeGreaterThanOrEqual(-1e-9);
          expect(sumOf(shares)).toBeCloseTo(1, 6);
        }
        expect(JSON.parse(JSON.stringify(distribution))).toEqual(distribution);
      }),
    );
  });
});

describe('the bars of a categorical column', () => {
  it('are its levels by frequency, with what the reference has not seen beside them', () => {
    const { levels, unseen, others, rest } = categorical(
      levelComparison(['clear', 'clear', 'clear', 'rain'], ['rain', 'clear', 'hail', 'hail', null]),
    );
    expect(levels).toEqual([
      { level: 'clear', shares: { reference: 0.75, current: 0.25 } },
      { level: 'rain', shares: { reference: 0.25, current: 0.25 } },
    ]);
    expect([unseen, others.levels]).toEqual([{ reference: 0, current: 0.5 }, 0]);
    expect(rest).toEqual({ missing: { reference: 0, current: 0.2 }, invalid: { reference: 0, current: 0 } });
  });

  it('are in ascending order where all levels are numbers', () => {
    const { levels } = categorical(levelComparison(['10', '10', '9', '-1.5'], ['9']));
    expect(levels.map(({ level }) => level)).toEqual(['-1.5', '9', '10']);
  });

  it('are the 24 most frequent on either side; the others are one', () => {
    const reference = Array.from({ length: 60 }, (_, i) => Array<string>(60 - i).fill(`level ${i}`)).flat();
    const { levels, others } = categorical(levelComparison(reference, Array<string>(9).fill('level 59')));
    expect(levels).toHaveLength(24);
    expect(levels.at(-1)).toEqual({
      level: 'level 59',
      shares: { reference: expect.closeTo(1 / 1830, 9), current: 1 },
    });
    expect(others.levels).toBe(36);
    expect(sumOf([...levels, others].map(({ shares }) => shares.reference))).toBeCloseTo(1, 9);
  });
});

describe('a column without two distributions', () => {
  it('says which side is missing', () => {
    expect(distributionOf(compareValues([], [1]))).toEqual({ notComputable: 'the reference has no value' });
    expect(distributionOf(levelComparison(['a'], [null]))).toEqual({
      notComputable: 'the current window has no value',
    });
    const grid = gridFromTrainingStatistics({ min: 0, max: 1, mean: 0.5, std: 0.1 });
    const profile = emptyProfile(grid);
    expect(
      distributionOf({ kind: 'continuous', grid, reference: profile, current: profile } as Comparison),
    ).toEqual({
      notComputable: 'the reference has no distribution (training statistics)',
    });
  });
});

function bikes(): { hum: { march: number[]; july: number[] } } {
  const rows: Record<string, string>[] = parse(
    readFileSync(new URL('../../../demo/data/bikeshare_2011.csv', import.meta.url)),
    { columns: true },
  );
  const humidityOf = (month: string): number[] =>
    rows.filter((row) => row['mnth'] === month).map((row) => Number(row['hum']));
  return { hum: { march: humidityOf('March'), july: humidityOf('July') } };
}
