import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  buildCategoricalGrid,
  buildContinuousGrid,
  cellCountOf,
  gridFromJson,
  gridFromTrainingStatistics,
  nextUp,
} from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { numbers, someTameNumbers } from './arbitraries.ts';

const upTo = (count: number) => Float64Array.from({ length: count }, (_, i) => i);

describe('buildContinuousGrid', () => {
  it('cuts a reference without ties into 250 cells of equal mass and two empty outer ones', () => {
    const values = upTo(2500);
    const { cells } = buildProfile(buildContinuousGrid(values), values);
    expect([cells[0], cells.at(-1), cells.length]).toEqual([0, 0, 252]);
    expect(Math.max(...cells)).toBe(10);
    expect(Math.min(...cells.subarray(1, -1))).toBeGreaterThanOrEqual(9);
  });

  it('keeps one large cell from holding more than 1/250 of the rows unless it is one value', () => {
    const values = Float64Array.from({ length: 5000 }, (_, i) =>
      i % 3 === 0 ? 7 : Math.exp((i % 997) / 50),
    );
    const grid = buildContinuousGrid(values);
    const { cells } = buildProfile(grid, values);
    const large = [...cells.keys()].filter((cell) => cells[cell]! > 5000 / 250 + 1);
    expect(large.map((cell) => [grid.edges[cell - 1], cells[cell]])).toEqual([[7, 1667]]);
    expect(grid.edges).toContain(nextUp(7));
  });

  it('gives a value that holds more than 1/256 of the rows a cell of its own', () => {
    const values = Float64Array.of(...upTo(252), 100.5, 100.5, 100.5);
    const { edges } = buildContinuousGrid(values);
    expect(edges.slice(edges.indexOf(100.5), edges.indexOf(100.5) + 2)).toEqual([100.5, nextUp(100.5)]);
  });

  it('isolates a constant: below, at and above it', () => {
    expect(buildContinuousGrid(Float64Array.of(1, 1, 1))).toMatchObject({
      edges: [1, 1.0000000000000002],
      binStarts: [0, 1, 2],
      summary: { min: 1, max: 1, mean: 1, standardDeviation: 0 },
      count: 3,
    });
  });

  it('counts the maximum of the reference in an inner cell, and nothing of the reference in the outer ones', () => {
    fc.assert(
      fc.property(someTameNumbers, (values) => {
        const { cells, belowMinimum, aboveMaximum } = buildProfile(
          buildContinuousGrid(Float64Array.from(values)),
          values,
        );
        expect([cells[0], cells.at(-1), belowMinimum, aboveMaximum]).toEqual([0, 0, 0, 0]);
      }),
    );
  });

  it('has strictly increasing finite edges, at most 761, and at most 10 bins that start at cells', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const { edges, binStarts } = buildContinuousGrid(Float64Array.from(values));
        expect(edges.every((edge, i) => Number.isFinite(edge) && edge > (edges[i - 1] ?? -Infinity))).toBe(
          true,
        );
        expect(edges.length).toBeLessThanOrEqual(761);
        expect(binStarts.length).toBeLessThanOrEqual(10);
        expect(binStarts.every((start, i) => start > (binStarts[i - 1] ?? -1))).toBe(true);
      }),
    );
  });

  it('starts its bins at the deciles of the reference (type 7)', () => {
    const { edges, binStarts } = buildContinuousGrid(upTo(12));
    expect(binStarts.slice(1).map((start) => edges[start - 1])).toEqual(
      [1.1, 2.2, 3.3, 4.4, 5.5, 6.6, 7.7, 8.8, 9.9].map((edge) => expect.closeTo(edge, 12) as number),
    );
  });

  it('leaves out bin edges equal to the minimum, below which nothing lies', () => {
    const { edges, binStarts } = buildContinuousGrid(Float64Array.of(0, 0, 0, 0, 0, 1, 2, 3, 4, 5));
    expect(binStarts.slice(1).map((start) => edges[start - 1]!)[0]).toBeGreaterThan(0);
  });

  it('keeps the digits of the moments behind a large offset', () => {
    const { summary } = buildContinuousGrid(Float64Array.of(1e9, 1e9 + 0.25, 1e9 + 0.5));
    expect(summary).toEqual({
      min: 1e9,
      max: 1e9 + 0.5,
      mean: 1e9 + 0.25,
      standardDeviation: expect.closeTo(Math.sqrt(1 / 24), 12) as number,
    });
  });

  it('leaves out what is not finite or too large to be squared', () => {
    expect(buildContinuousGrid(Float64Array.of(NaN, 1, Infinity, -1e200, 2))).toMatchObject({
      count: 2,
      summary: { min: 1, max: 2 },
    });
  });

  it('has one cell and no summary without values', () => {
    const grid = buildContinuousGrid(new Float64Array());
    expect(grid).toMatchObject({ count: 0, edges: [], binStarts: [0] });
    expect(grid).not.toHaveProperty('summary');
  });
});

describe('buildCategoricalGrid', () => {
  it('orders levels by frequency, equally frequent ones by their characters', () => {
    expect(buildCategoricalGrid(['b', 'rain', 'clear', 'clear', 'a']).levels).toEqual([
      'clear',
      'a',
      'b',
      'rain',
    ]);
  });

  it('keeps the 1,000 most frequent levels', () => {
    const values = Array.from({ length: 1500 }, (_, i) => `level ${i}`);
    const grid = buildCategoricalGrid([...values, 'level 1499']);
    expect([grid.levels.length, grid.levels[0], grid.count]).toEqual([1000, 'level 1499', 1501]);
    expect(buildProfile(grid, values).unseen).toBe(500);
  });
});

describe('gridFromTrainingStatistics', () => {
  it('knows the range and the moments, and has one cell', () => {
    const grid = gridFromTrainingStatistics({ min: 0, max: 1, mean: 0.5, std: 0.1 });
    expect(grid).toMatchObject({ origin: 'training-statistics', count: 0, edges: [] });
    expect(grid.summary).toEqual({ min: 0, max: 1, mean: 0.5, standardDeviation: 0.1 });
    expect(cellCountOf(grid)).toBe(1);
  });

  it.each([
    { min: 1, max: 0, mean: 0.5, std: 0.1 },
    { min: 0, max: 1, mean: NaN, std: 0.1 },
    { min: 0, max: 1, mean: 0.5, std: -1 },
  ])('refuses %j', (statistics) => {
    expect(() => gridFromTrainingStatistics(statistics)).toThrow(
      expect.objectContaining({ code: 'INVALID_STATISTIC_INPUT' }),
    );
  });
});

describe('a stored grid', () => {
  it('survives JSON, in which jsonb reorders keys and drops the sign of zero', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const grid = buildContinuousGrid(Float64Array.from(values));
        const stored: unknown = JSON.parse(
          JSON.stringify(Object.fromEntries(Object.entries(grid).toReversed())),
        );
        expect(gridFromJson(stored)).toEqual(grid);
      }),
    );
  });

  it.each([
    ['another version', { ...buildCategoricalGrid(['a']), version: 2 }, /version 1/],
    ['another content', { ...buildCategoricalGrid(['a']), levels: ['b'] }, /fingerprint/],
    ['nothing', null, /version 1/],
    ['a text', 'grid', /version 1/],
  ])('is refused with %s', (_, json, message) => {
    expect(() => gridFromJson(json)).toThrow(message);
  });

  it('has a fingerprint that differs with any edge, level or moment', () => {
    const fingerprints = [
      buildContinuousGrid(Float64Array.of(1, 2)),
      buildContinuousGrid(Float64Array.of(1, 2.0000001)),
      buildContinuousGrid(Float64Array.of(1, 1, 2, 2)),
      gridFromTrainingStatistics({ min: 0, max: 1, mean: 0.5, std: 0.1 }),
      gridFromTrainingStatistics({ min: 0, max: 1, mean: 0.5, std: 0.2 }),
      buildCategoricalGrid(['a', 'b']),
      buildCategoricalGrid(['a,b']),
    ].map(({ fingerprint }) => fingerprint);
    expect(new Set(fingerprints).size).toBe(fingerprints.length);
    expect(fingerprints.every((fingerprint) => /^[0-9a-f]{8}$/.test(fingerprint))).toBe(true);
  });
});

describe('nextUp', () => {
  it.each([
    [1, 1.0000000000000002],
    [0, Number.MIN_VALUE],
    [-0, Number.MIN_VALUE],
    [-Number.MIN_VALUE, 0],
    [-1, -0.9999999999999999],
    [1e9, 1000000000.0000001],
  ])('of %d is %d', (value, next) => {
    expect(nextUp(value)).toBe(next);
  });
});
