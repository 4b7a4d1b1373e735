import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { importanceShift } from '../../../core/importance/importance-shift.ts';
import { importancesFrom, type Importances } from '../../../core/importance/importances.ts';

describe('importanceShift', () => {
  it('says how much of importance moved, and between which features', () => {
    const shift = importanceShift({ temp: 0.6, hum: 0.4 }, { temp: 0.3, hum: 0.7 });
    expect(shift.distance).toBeCloseTo(0.3);
    expect(shift.inWords).toBe(
      '30% of importance moved: temp 60% -> 30% (rank 1 -> 2), hum 40% -> 70% (rank 2 -> 1)',
    );
  });

  it('knows features that only one side has, and equal ones that share a rank', () => {
    const { distance, features } = importanceShift({ old: 1 }, { new: 0.5, newer: 0.5 });
    expect(distance).toBe(1);
    expect(features[0]).toEqual({ feature: 'old', before: 1, after: 0, rankBefore: 1, rankAfter: 3 });
    expect(features.slice(1).map(({ rankAfter }) => rankAfter)).toEqual([1, 1]);
  });

  it('says nothing of features where nothing has moved', () => {
    expect(importanceShift({ temp: 0.999, hum: 0.001 }, { temp: 1 }).inWords).toBe(
      '0.1% of importance moved',
    );
  });

  it('is a distance: 0 to itself, symmetric, at most 1', () => {
    const shares = fc
      .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 100 }), { minKeys: 1 })
      .map((raw) => (importancesFrom(raw) as { importances: Importances }).importances);
    fc.assert(
      fc.property(shares, shares, (a, b) => {
        const { distance } = importanceShift(a, b);
        expect(importanceShift(a, a).distance).toBe(0);
        expect(importanceShift(b, a).distance).toBeCloseTo(distance, 12);
        expect(distance).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});
