import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  compareWithEarlier,
  importanceShift,
  shiftInWords,
} from '../../../core/importance/importance-shift.ts';
import {
  importancesFrom,
  type Importances,
  type VersionImportances,
} from '../../../core/importance/importances.ts';
import { parseInstant, weekMs } from '../../../core/window.ts';

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

describe('compareWithEarlier', () => {
  const start = parseInstant('2011-03-03T00:00:00Z');
  const set = (
    version: string,
    source: VersionImportances['source'],
    weeks: number,
    temp: number,
  ): VersionImportances => ({
    version,
    source,
    asOf: start + weeks * weekMs,
    importances: { temp, hum: 1 - temp },
  });
  const compared = (sets: readonly VersionImportances[], version: string): string[] =>
    compareWithEarlier(sets, version).map(shiftInWords);

  it('compares what was learned of a version with what was learned of other outcomes, at least four weeks older', () => {
    const learned = [0.5, 0.55, 0.6, 0.7, 0.8, 0.9].map((temp, weeks) => set('1', 'surrogate', weeks, temp));
    expect(compared(learned, '1')).toEqual([
      'since 2011-03-10, 35% of importance moved: temp 55% -> 90% (still rank 1), hum 45% -> 10% (still rank 2)',
    ]);
    expect(compared(learned.slice(0, 4), '1')).toEqual([]);
  });

  it('compares with the version before by what both trainers reported', () => {
    const sets = [
      set('1', 'trainer', 0, 0.5),
      set('1', 'surrogate', 2, 0.9),
      set('2', 'trainer', 3, 0.8),
      set('2', 'surrogate', 4, 0.1),
    ];
    expect(compared(sets, '2')).toEqual([
      'since version 1, 30% of importance moved: temp 50% -> 80% (still rank 1), hum 50% -> 20% (rank 1 -> 2)',
    ]);
  });

  it('or else by what was learned of both, and never one by the other', () => {
    const learned = [set('1', 'surrogate', 2, 0.5), set('2', 'surrogate', 4, 0.6)];
    expect(compared([set('1', 'trainer', 0, 1), ...learned], '2')).toEqual([
      expect.stringMatching(/^since version 1, 10% of importance moved/),
    ]);
    expect(compared([set('1', 'trainer', 0, 1), set('2', 'surrogate', 4, 0.6)], '2')).toEqual([]);
    expect(compared([], '2')).toEqual([]);
  });
});
