import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';

import type { DailyError, DriftDay } from '../../../core/retraining/regime-change.ts';
import { lastRegimeChange, levelShift } from '../../../core/retraining/regime-change.ts';
import { dayMs } from '../../../core/window.ts';
// By test/oracles/level-shift.py.
import oracle from '../../oracles/level-shift.json' with { type: 'json' };

/** A series of roughly normal values with a likeness from neighbour to neighbour. */
function noise(seed: number, n: number, likeness = 0): number[] {
  const random = xoroshiro128plus(seed);
  const normal = (): number =>
    Array.from({ length: 12 }, () => uniformFloat64(random)).reduce((sum, value) => sum + value, -6);
  const values = [normal()];
  while (values.length < n) {
    values.push(likeness * values.at(-1)! + Math.sqrt(1 - likeness ** 2) * normal());
  }
  return values;
}

describe('levelShift', () => {
  it.each(oracle)('finds in $name what Mann-Whitney at every split finds', ({ values, expected }) => {
    const shift = levelShift(values);
    expect(shift?.index).toBe(expected.index);
    expect(shift?.pValue).toBeCloseTo(expected.pValue, 12);
  });

  it('has none with fewer than 7 values on a side, nor in a constant series', () => {
    expect(levelShift([])).toBeNull();
    expect(levelShift([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])).toBeNull();
    expect(levelShift(Array.from({ length: 30 }, () => 4))).toBeNull();
  });

  it.each([0, 0.5])(
    'is surprised at .01 by at most 1 in 50 series without a change, of a likeness of %s',
    (likeness) => {
      const series = Array.from({ length: 500 }, (_, seed) => noise(seed, 60, likeness));
      const alarms = series.filter((values) => levelShift(values)!.pValue <= 0.01).length;
      expect(alarms / series.length).toBeLessThanOrEqual(0.04);
    },
  );
});

const errorsOf = (version: string, from: number, values: readonly number[]): DailyError[] =>
  values.map((value, index) => ({ version, day: (from + index) * dayMs, value }));

/** Around a level, by a tenth of it. */
const around = (level: number, days: number, seed = 1): number[] =>
  noise(seed, days).map((value) => level * (1 + value / 10));

const find = (errors: readonly DailyError[], drift: readonly DriftDay[] = []) =>
  lastRegimeChange({ metric: 'rmse', errors, drift });

describe('lastRegimeChange', () => {
  it('finds nothing in nothing, nor in a steady error', () => {
    expect(find([])).toBeNull();
    expect(find(errorsOf('a', 0, around(50, 90)))).toBeNull();
  });

  it('finds where the error of a version moved', () => {
    const change = find(errorsOf('a', 0, [...around(50, 40), ...around(75, 30)]));
    expect(change?.at).toBe(40 * dayMs);
    expect(change?.reason).toMatch(/^RMSE of a moved from [45]\d\.\d+ to 7\d\.\d+ on 1970-02-10 \(p = /);
  });

  it('finds the last of several', () => {
    const moved = [...around(50, 40), ...around(75, 30, 2), ...around(110, 30, 3)];
    expect(find(errorsOf('a', 0, moved))?.at).toBe(70 * dayMs);
  });

  it('takes no promotion for a change: each version is looked at on its own', () => {
    expect(find([...errorsOf('a', 0, around(80, 40)), ...errorsOf('b', 40, around(50, 40))])).toBeNull();
  });

  it('takes no change of less than a tenth for one, however sure it is', () => {
    const small = (level: number, seed: number) => noise(seed, 60).map((value) => level + value / 10);
    const values = [...small(50, 1), ...small(54, 2)];
    expect(levelShift(values)!.pValue).toBeLessThan(1e-6);
    expect(find(errorsOf('a', 0, values))).toBeNull();
  });

  describe('of the data', () => {
    const drift = (...drifted: boolean[]): DriftDay[] =>
      drifted.map((has, index) => ({
        window: { start: index * dayMs, end: (index + 7) * dayMs },
        drifted: has,
      }));

    it('is in the middle of the first window that drifted after one that had not', () => {
      const change = find([], drift(true, false, false, true, true, true));
      expect(change).toEqual({
        at: 6.5 * dayMs,
        reason: 'the dataset drifted in the days from 1970-01-04 to 1970-01-10',
      });
    });

    it('is not known to be one where it had drifted from the beginning', () => {
      expect(find([], drift(true, true, true))).toBeNull();
    });

    it('is the answer where it is the newer one', () => {
      const values = [...around(50, 30), ...around(90, 30)];
      const onset = drift(false, true);
      expect(find(errorsOf('a', -60, values), onset)?.at).toBe(4.5 * dayMs);
      expect(find(errorsOf('a', 0, values), onset)?.at).toBe(30 * dayMs);
    });
  });
});
