import { describe, expect, it } from 'vitest';

import {
  energyDistance,
  energyDistanceOfValues,
  energyDistancePValueAt,
} from '../../../core/statistics/energy-distance.ts';
import { sorted } from '../profile/arbitraries.ts';
import { compareValues, foundOf } from './comparisons.ts';

describe('energyDistanceOfValues', () => {
  it('is the root of twice the mean distance between the samples less those within them', () => {
    // 2 E|X - Y| = 6, E|X - X'| = E|Y - Y'| = 1.
    expect(energyDistanceOfValues(sorted([0, 2]), sorted([3, 5]))).toEqual({
      statistic: 2,
      pValue: null,
      effect: expect.closeTo(Math.sqrt(4 / 6), 12),
    });
  });

  it('has the effect 1 for two constants and 0 for equal ones', () => {
    expect(foundOf(energyDistanceOfValues(sorted([5, 5]), sorted([7]))).effect).toBe(1);
    expect(energyDistanceOfValues(sorted([5, 5]), sorted([5]))).toEqual({
      statistic: 0,
      pValue: null,
      effect: 0,
    });
  });

  it('has, for a normal column that moves a little, half the effect in standard deviations', () => {
    const normal = Float64Array.from(
      { length: 4000 },
      (_, i) => Math.sqrt(-2 * Math.log((i + 0.5) / 4000)) * Math.cos(Math.PI * (i * Math.SQRT2)),
    ).sort();
    const moved = normal.map((value) => value + 0.2);
    expect(foundOf(energyDistanceOfValues(normal, moved)).effect).toBeCloseTo(0.1, 2);
  });

  it('is not computable without values', () => {
    expect(energyDistanceOfValues(sorted([]), sorted([1]))).toEqual({
      notComputable: 'the reference has no value',
    });
  });
});

describe('energyDistancePValueAt', () => {
  const comparison = compareValues(
    Array.from({ length: 300 }, (_, i) => i),
    Array.from({ length: 60 }, (_, i) => 5 * i + 40),
  );
  const found = foundOf(energyDistance(comparison));

  it('grows as the rows tell less', () => {
    const pValues = [60, 30, 10, 3, 0.5].map((current) =>
      energyDistancePValueAt(found, comparison, { reference: 300, current }),
    );
    expect(pValues).toEqual(pValues.toSorted((a, b) => a - b));
    expect(pValues[0]).toBeLessThan(0.05);
    expect(pValues.at(-1)).toBeGreaterThan(0.5);
  });

  it('is 1 for equal columns', () => {
    const constant = compareValues([5, 5], [5]);
    expect(
      energyDistancePValueAt(foundOf(energyDistance(constant)), constant, { reference: 2, current: 1 }),
    ).toBe(1);
  });
});
