import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cellGrids } from '../../../core/performance/cell-grid.ts';
import { summarizeClassification } from '../../../core/performance/classification-summary.ts';
import { evaluateSummary } from '../../../core/performance/evaluate.ts';
import { decodeSummary, encodeSummary } from '../../../core/performance/encode.ts';
import { areaUnderPrecisionRecall, areaUnderRoc, type Area } from '../../../core/performance/ranking.ts';
import { summarizeRegression } from '../../../core/performance/regression-summary.ts';
import type { OutcomeSummary } from '../../../core/performance/summary.ts';
import {
  countValues,
  edgesOf,
  mergeValueCounts,
  storedCounts,
  totalOf,
  type ValueCounts,
} from '../../../core/performance/value-counts.ts';

const rows = (...values: number[]) => Float64Array.from(values);
const many = (count: number, valueOf: (i: number) => number) =>
  Float64Array.from({ length: count }, (_, i) => valueOf(i));
/** Spread over 0 to 1 without a pattern. */
const spread = (i: number): number => (i * 0.6180339887498949) % 1;

describe('countValues', () => {
  it('counts each value of each group once', () => {
    expect(countValues('score', [rows(0.5, 0.1, 0.5), rows(0.5, 1)])).toMatchObject({
      values: rows(0.1, 0.5, 1),
      counts: [rows(1, 2, 0), rows(0, 1, 1)],
    });
  });

  it('takes no rows', () => {
    expect(countValues('magnitude', [rows()])).toMatchObject({ values: rows(), counts: [rows()] });
  });

  it('takes 0 and -0 for one value', () => {
    expect(countValues('score', [rows(0, -0), rows(-0)]).values).toEqual(rows(0));
  });
});

describe('the cells', () => {
  it('of scores are 4,096 of equal width, and one for exactly 1', () => {
    const { cellOf, lowerEdgeOf } = cellGrids.score;
    expect([0, 0.5, 0.99999, 1].map(cellOf)).toEqual([0, 2_048, 4_095, 4_096]);
    expect(lowerEdgeOf(2_048)).toBe(0.5);
  });

  it('of magnitudes are at most 2^-7 of their values wide, however large or small these are', () => {
    const { cellOf, lowerEdgeOf } = cellGrids.magnitude;
    fc.assert(
      fc.property(fc.double({ min: 2 ** -1022, max: 2 ** 1023, noNaN: true }), (value) => {
        const [low, high] = [lowerEdgeOf(cellOf(value)), lowerEdgeOf(cellOf(value) + 1)];
        expect(low).toBeLessThanOrEqual(value);
        expect(value).toBeLessThan(high);
        expect(high - low).toBeLessThanOrEqual(value / 128);
      }),
    );
    expect([0, 1, 2].map((value) => lowerEdgeOf(cellOf(value)))).toEqual([0, 1, 2]);
  });
});

describe('storedCounts', () => {
  it('keeps up to 512 values, and counts more of them in cells', () => {
    const exact = countValues('score', [many(512, spread)]);
    expect(storedCounts(exact)).toBe(exact);
    expect(storedCounts(countValues('score', [many(513, spread)])).resolution).toBe('cells');
  });

  it('loses no row', () => {
    const errors = many(2_000, (i) => (i % 7 === 0 ? 0 : 10 ** (40 * spread(i) - 20)));
    const cells = storedCounts(countValues('magnitude', [errors]));
    expect(totalOf(cells.counts[0]!)).toBe(2_000);
    const places = Array.from(cells.counts[0]!.keys()).filter((place) => cells.counts[0]![place]! > 0);
    for (const place of places) {
      const [low, high] = edgesOf(cells, place);
      expect(errors.filter((error) => error >= low && error < high)).toHaveLength(cells.counts[0]![place]!);
    }
  });

  it('takes a few kilobytes an hour for errors of any size', () => {
    const hour = (sizeOf: (i: number) => number): number =>
      encodeSummary(
        summarizeRegression({ predictions: many(20_000, sizeOf), actuals: new Float64Array(20_000) }),
      ).length;
    expect(hour((i) => Math.exp(spread(i)))).toBeLessThan(1_500);
    expect(hour((i) => 10 ** (20 * spread(i)))).toBeLessThan(20_000);
  });
});

describe('mergeValueCounts', () => {
  const parts: readonly ValueCounts[] = [
    countValues('score', [many(30, spread), many(40, (i) => spread(i + 9))]),
    storedCounts(countValues('score', [many(700, (i) => spread(i) ** 2), many(900, (i) => spread(i + 500))])),
    countValues('score', [rows(0, 1), rows(0, 0, 0.5)]),
    countValues('score', [rows(), rows()]),
  ];

  it('gives the same in any order and nesting when one part is in cells', () => {
    const whole = mergeValueCounts(parts);
    expect(whole.resolution).toBe('cells');
    expect(mergeValueCounts(parts.toReversed())).toEqual(whole);
    const [first, second, third, fourth] = parts;
    expect(
      mergeValueCounts([mergeValueCounts([third!, first!]), mergeValueCounts([fourth!, second!])]),
    ).toEqual(whole);
  });

  it('moves exact values into the cells that they would have been counted in', () => {
    const groups = [many(1_500, spread), many(900, (i) => spread(i) ** 3)];
    const hours = [0, 1, 2].map((hour) => groups.map((group) => group.filter((_, i) => i % 3 === hour)));
    const [exact, ...others] = hours.map((hour) => countValues('score', hour));
    expect(mergeValueCounts([exact!, ...others.map(storedCounts)])).toEqual(
      storedCounts(countValues('score', groups)),
    );
  });

  it('stays exact where most values come back, and where none does', () => {
    for (const valueOf of [(i: number) => (i % 10) / 10, spread]) {
      const hours = Array.from({ length: 20 }, (_, hour) => many(50, (i) => valueOf(50 * hour + i)));
      expect(mergeValueCounts(hours.map((hour) => countValues('score', [hour])))).toEqual(
        countValues('score', [many(1_000, valueOf)]),
      );
    }
  });
});

describe('counts in cells are off by at most the published bound', () => {
  /** So narrow that all rows share a cell, or as wide as all scores. */
  const width = fc.integer({ min: 0, max: 14 }).map((power) => 2 ** -power);
  const shape = fc.record({
    width,
    own: fc.integer({ min: 300, max: 900 }),
    others: fc.integer({ min: 300, max: 900 }),
    skew: fc.constantFrom(0.2, 1, 5),
    start: fc.nat(1_000_000),
  });

  it.each<[string, (counts: ValueCounts) => Area | undefined]>([
    ['areaUnderRoc', areaUnderRoc],
    ['areaUnderPrecisionRecall', areaUnderPrecisionRecall],
  ])('%s', (_, area) => {
    fc.assert(
      fc.property(shape, ({ width, own, others, skew, start }) => {
        const scores = (count: number, from: number, power: number) =>
          many(count, (i) => 0.3 * (1 - width) + width * spread(from + i) ** power);
        const exact = countValues('score', [scores(own, start, 1 / skew), scores(others, start + own, skew)]);
        const cells = storedCounts(exact);
        const { value, errorBound } = area(cells)!;
        expect(cells.resolution).toBe('cells');
        expect(Math.abs(value - area(exact)!.value)).toBeLessThanOrEqual(errorBound! + 1e-12);
      }),
    );
  });

  it('areas whose rows share one cell, in the best and in the worst order', () => {
    for (const better of [1, -1]) {
      const low = many(400, (i) => 0.5 + i * 1e-7);
      const high = many(400, (i) => 0.5001 + i * 1e-7);
      const exact = countValues('score', better === 1 ? [high, low] : [low, high]);
      const cells = storedCounts(exact);
      for (const area of [areaUnderRoc, areaUnderPrecisionRecall]) {
        const { value, errorBound } = area(cells)!;
        expect(value).toBe(0.5);
        expect(Math.abs(value - area(exact)!.value)).toBeLessThanOrEqual(errorBound!);
      }
      expect(areaUnderRoc(cells)).toEqual({ value: 0.5, errorBound: 0.5 });
    }
  });

  it('is small for many rows', () => {
    const groups = [many(20_000, (i) => spread(i) ** 0.5), many(20_000, (i) => spread(i + 7_000))];
    const cells = storedCounts(countValues('score', groups));
    expect(areaUnderRoc(cells)!.errorBound).toBeLessThan(0.0002);
    expect(areaUnderPrecisionRecall(cells)!.errorBound).toBeLessThan(0.001);
  });

  it('the median error', () => {
    fc.assert(
      fc.property(shape, ({ own, skew, start }) => {
        const errors = many(own + 300, (i) => 10 ** (skew * 20 * spread(start + i) - 10));
        const whole = summarizeRegression({ predictions: errors, actuals: new Float64Array(errors.length) });
        const [exact, cells] = [whole, decodeSummary(encodeSummary(whole))].map(medianOf);
        expect(exact).not.toHaveProperty('errorBound');
        expect(Math.abs(cells!.value - exact!.value)).toBeLessThanOrEqual(cells!.errorBound!);
        expect(cells!.errorBound).toBeLessThanOrEqual(cells!.value / 128);
      }),
    );
  });

  it('and nothing else is off at all', () => {
    const scores = [...many(9_000, spread)];
    const classes = scores.map((score, i) => (spread(i * i) < score ? 'yes' : 'no'));
    const whole = summarizeClassification({
      classes: ['no', 'yes'],
      actualClasses: classes,
      predictedClasses: scores.map((score) => (score > 0.5 ? 'yes' : 'no')),
      probabilities: scores.map((yes) => ({ yes })),
    });
    const [exact, cells] = [whole, decodeSummary(encodeSummary(whole))].map(
      (summary) => evaluateSummary(summary).metrics,
    );
    const bounded = Object.entries(cells!).flatMap(([name, computed]) =>
      'errorBound' in computed ? [name] : [],
    );
    expect(bounded).toEqual(['roc_auc', 'pr_auc']);
    const others = Object.entries(cells!).filter(([name]) => !bounded.includes(name));
    for (const [name, computed] of others) expect(exact).toHaveProperty(name, computed);
  });
});

function medianOf(summary: OutcomeSummary): { value: number; errorBound?: number } {
  const median = evaluateSummary(summary).metrics.median_ae;
  if (median === undefined || !('value' in median)) throw new Error('no median');
  return median;
}
