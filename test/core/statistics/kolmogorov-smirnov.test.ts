import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  kolmogorovSmirnov,
  kolmogorovSmirnovOfValues,
  kolmogorovSmirnovPValueAt,
} from '../../../core/statistics/kolmogorov-smirnov.ts';
import { someTameNumbers, sorted } from '../profile/arbitraries.ts';
import {
  compareInGridOf,
  compareValues,
  foundOf,
  gridNumbers,
  levelComparison,
  statisticOf,
} from './comparisons.ts';

describe('kolmogorovSmirnovOfValues', () => {
  it('gives 1 for disjoint supports, with the share of orders that are disjoint as p', () => {
    expect(kolmogorovSmirnovOfValues(sorted([1, 2]), sorted([3, 4]))).toEqual({
      statistic: 1,
      pValue: expect.closeTo(1 / 3, 12),
      effect: 1,
    });
  });

  it('gives 0 with p = 1 for equal samples, constant ones too', () => {
    const equal = { statistic: 0, pValue: 1, effect: 0 };
    expect(kolmogorovSmirnovOfValues(sorted([2, 2, 2]), sorted([2, 2]))).toEqual(equal);
    expect(kolmogorovSmirnovOfValues(sorted([3, 1, 2]), sorted([2, 1, 3]))).toEqual(equal);
  });

  it('compares after all ties of a value', () => {
    expect(statisticOf(kolmogorovSmirnovOfValues(sorted([1, 1, 1, 2]), sorted([1, 2, 2, 2])))).toBe(0.5);
  });

  it('cannot say anything from one row against one row: p = 1', () => {
    expect(kolmogorovSmirnovOfValues(sorted([1]), sorted([9]))).toEqual({
      statistic: 1,
      pValue: 1,
      effect: 1,
    });
  });

  it('takes the exact law up to 50,000 pairs of rows', () => {
    const rows = (count: number, shift: number) =>
      Float64Array.from({ length: count }, (_, i) => i / count + shift);
    for (const [n, law] of [
      [2000, 'exact'],
      [2001, 'asymptotic'],
    ] as const) {
      const [reference, current] = [rows(n, 0), rows(25, 0.1)];
      expect(kolmogorovSmirnovOfValues(reference, current)).toEqual(
        kolmogorovSmirnovOfValues(reference, current, law),
      );
    }
  });

  it('is not computable without values', () => {
    expect(kolmogorovSmirnovOfValues(sorted([]), sorted([1]))).toEqual({
      notComputable: 'the reference has no value',
    });
    expect(kolmogorovSmirnovOfValues(sorted([1]), sorted([]))).toEqual({
      notComputable: 'the current window has no value',
    });
  });
});

describe('kolmogorovSmirnov of profiles', () => {
  it('is never above the value of the raw rows, and below it by at most its bound', () => {
    fc.assert(
      fc.property(gridNumbers, someTameNumbers, someTameNumbers, (gridValues, reference, current) => {
        const raw = statisticOf(kolmogorovSmirnovOfValues(sorted(reference), sorted(current)));
        const { statistic, errorBound = 0 } = foundOf(
          kolmogorovSmirnov(compareInGridOf(gridValues, reference, current)),
        );
        expect(statistic).toBeLessThanOrEqual(raw);
        expect(statistic + errorBound).toBeGreaterThanOrEqual(raw - 1e-15);
      }),
    );
  });

  it('publishes a bound that some rows with the same counts reach', () => {
    // All values of both sides lie in the one cell between 0 and 40: their order is unknown.
    const [reference, current] = [
      Array.from({ length: 40 }, (_, i) => 1 + i / 100),
      Array.from({ length: 40 }, (_, i) => 2 + i / 100),
    ];
    expect(kolmogorovSmirnov(compareInGridOf([0, 10_000], reference, current))).toMatchObject({
      statistic: 0,
      errorBound: 1,
    });
    expect(statisticOf(kolmogorovSmirnovOfValues(sorted(reference), sorted(current)))).toBe(1);
  });

  it('is off by at most 1/250 for a reference without ties', () => {
    const reference = Array.from({ length: 5000 }, (_, i) => Math.sqrt(i));
    const current = Array.from({ length: 900 }, (_, i) => Math.sqrt(i * 3) + 0.001);
    const { errorBound } = foundOf(kolmogorovSmirnov(compareValues(reference, current)));
    expect(errorBound).toBeGreaterThan(0);
    expect(errorBound).toBeLessThanOrEqual(1 / 250 + 1e-15);
  });

  it('is exact where every value has a cell of its own, and then publishes no bound', () => {
    const reference = [1, 2, 2, 3, 5, 5, 5];
    const current = [0, 2, 3, 3, 3, 8];
    expect(kolmogorovSmirnov(compareValues(reference, current))).toEqual(
      kolmogorovSmirnovOfValues(sorted(reference), sorted(current)),
    );
  });

  it('is not computable for a categorical column or an empty side', () => {
    expect(kolmogorovSmirnov(levelComparison(['a'], ['a']))).toEqual({
      notComputable: 'only a continuous column has an order',
    });
    expect(kolmogorovSmirnov(compareValues([1], [null]))).toEqual({
      notComputable: 'the current window has no value',
    });
  });
});

describe('kolmogorovSmirnovPValueAt', () => {
  const comparison = compareValues(
    Array.from({ length: 100 }, (_, i) => i),
    Array.from({ length: 60 }, (_, i) => i + 20),
  );
  const found = foundOf(kolmogorovSmirnov(comparison));

  it('gives back the p-value that was found at the full sizes', () => {
    expect(kolmogorovSmirnovPValueAt(found, comparison, { reference: 100, current: 60 })).toBe(found.pValue);
  });

  it('grows as the rows tell less, up to 1', () => {
    const pValues = [60, 30, 10, 5, 1, 0.2].map((current) =>
      kolmogorovSmirnovPValueAt(found, comparison, { reference: 90, current }),
    );
    expect(pValues).toEqual(pValues.toSorted((a, b) => a - b));
    expect(pValues.at(-1)).toBe(1);
  });
});
