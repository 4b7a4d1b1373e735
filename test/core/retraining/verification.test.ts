import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';

import { compareLosses } from '../../../core/comparison/compare-losses.ts';
import type { LossSums, MetricDifference } from '../../../core/comparison/compare-losses.ts';
import { lookLevel, verifyPromotion } from '../../../core/retraining/verification.ts';
import { dayMs, hourMs } from '../../../core/window.ts';

const versions = { subject: '2', against: '1' };
const look = { day: 5, previousDay: 4, days: 7, versions };
const rmse = (
  value: number,
  [low, high]: readonly [number, number],
  pValue: number,
  rows = 120,
): MetricDifference => ({
  metric: 'rmse',
  rows,
  againstRows: rows,
  found: {
    value,
    against: 50,
    difference: value - 50,
    certainty: { low, high, pValue, degreesOfFreedom: 20 },
  },
});
const verified = (difference: MetricDifference, more = {}) =>
  verifyPromotion({ ...look, difference, ...more });

describe('a promotion', () => {
  it('has helped when the whole interval says so', () => {
    expect(verified(rmse(40, [-15, -5], 0.001))).toMatchObject({
      helped: 'yes',
      decision: 'go on',
      gain: { value: 10, low: 5, high: 15 },
      relativeGain: 0.2,
    });
  });

  it('is unclear when the interval holds 0', () => {
    expect(verified(rmse(48, [-6, 2], 0.3))).toMatchObject({ helped: 'unclear', decision: 'go on' });
  });

  it('goes back when it is clearly worse, and says how much and how sure', () => {
    expect(verified(rmse(60, [5, 15], 0.002))).toMatchObject({
      helped: 'no',
      decision: 'roll back',
      reason:
        'version 2 is not better than version 1: RMSE 60 against 50 on the same 120 rows (difference 10, 95% 5 to 15, p 0.002); clearly worse by 20% (one-sided p 0.001, at most 0.0092 at this look)',
    });
  });

  it('does not go back for chance: worse by 95%, but not at the level of this look', () => {
    expect(verified(rmse(60, [1, 19], 0.03))).toMatchObject({ helped: 'no', decision: 'go on' });
  });

  it('does not go back for a trifle, however sure', () => {
    expect(verified(rmse(50.5, [0.4, 0.6], 1e-9))).toMatchObject({ helped: 'no', decision: 'go on' });
  });

  it('does not go back by a handful of rows', () => {
    expect(verified(rmse(90, [30, 50], 1e-9, 11))).toMatchObject({ helped: 'unclear', decision: 'go on' });
  });

  it('is not known to have helped before the first full day is over', () => {
    expect(verified(rmse(40, [-15, -5], 0.001), { day: 0 })).toMatchObject({
      helped: null,
      decision: 'go on',
    });
    const difference: MetricDifference = {
      metric: 'rmse',
      rows: 0,
      againstRows: 0,
      found: { notComputable: 'no full day is over' },
    };
    expect(verified(difference, { day: 0 })).toMatchObject({ helped: null, decision: 'go on' });
  });

  it('is unclear, with the reason, where the version before does not predict', () => {
    const difference: MetricDifference = {
      metric: 'rmse',
      rows: 0,
      againstRows: 0,
      found: { notComputable: 'there are no rows to compare' },
    };
    expect(verified(difference)).toMatchObject({
      helped: 'unclear',
      decision: 'go on',
      relativeGain: null,
      reason:
        'version 2 and version 1 cannot be compared by RMSE on the same rows: there are no rows to compare',
    });
  });

  it('of a metric of which more is better gains upwards', () => {
    const { found } = rmse(50, [0, 0], 1);
    const certainty = { low: 0.02, high: 0.06, pValue: 0.001, degreesOfFreedom: 6 };
    const better = { ...found, value: 0.9, against: 0.86, difference: 0.04, certainty };
    expect(verified({ metric: 'accuracy', rows: 900, againstRows: 900, found: better })).toMatchObject({
      helped: 'yes',
      gain: { value: 0.04, low: 0.02, high: 0.06 },
    });
  });
});

describe('the level of a look', () => {
  it('is small at first, and adds up to 5% over all looks, also when some are missed', () => {
    const sum = (days: readonly number[]) =>
      days.reduce((total, day, i) => total + lookLevel({ day, previousDay: days[i - 1] ?? 0, days: 7 }), 0);
    expect(sum([1, 2, 3, 4, 5, 6, 7])).toBeCloseTo(0.05, 12);
    expect(sum([3, 7])).toBeCloseTo(0.05, 12);
    expect(lookLevel({ day: 1, previousDay: 0, days: 7 })).toBeCloseTo(0.05 / 49, 12);
  });

  it('is 0 for a day that was looked at already, and after the last one', () => {
    expect(lookLevel({ day: 3, previousDay: 3, days: 7 })).toBe(0);
    expect(lookLevel({ day: 9, previousDay: 7, days: 7 })).toBe(0);
  });
});

describe('over seven days of hourly errors that resemble their neighbours', () => {
  const random = xoroshiro128plus(7);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniformFloat64(random))) * Math.cos(2 * Math.PI * uniformFloat64(random));
  const tries = 300;

  /** The share of promotions that are taken back, of versions that err by `worse` more. */
  function takenBack(inertia: number, worse: number): number {
    let count = 0;
    for (let i = 0; i < tries; i += 1) if (isTakenBack(inertia, worse)) count += 1;
    return count / tries;
  }

  function isTakenBack(inertia: number, worse: number): boolean {
    const sums = squaredErrors(inertia, worse);
    let previousDay = 0;
    for (let day = 1; day < 7; day += 1) {
      const window = { start: 0, end: day * dayMs };
      const known = sums.filter(({ block }) => block < window.end);
      const [difference] = compareLosses({ window, metrics: ['rmse'], sums: known });
      if (
        verifyPromotion({ difference: difference!, day, previousDay, days: 7, versions }).decision ===
        'roll back'
      )
        return true;
      previousDay = day;
    }
    return false;
  }

  function squaredErrors(inertia: number, worse: number): LossSums[] {
    const shock = Math.sqrt(1 - inertia ** 2);
    let [both, old, young] = [normal(), normal(), normal()];
    return Array.from({ length: 7 * 24 }, (_, hour) => {
      both = inertia * both + shock * normal();
      old = inertia * old + shock * normal();
      young = inertia * young + shock * normal();
      const errors = { subject: (0.6 * both + 0.8 * young) * (1 + worse), against: 0.6 * both + 0.8 * old };
      return (['subject', 'against'] as const).map((side) => ({
        side,
        block: hour * hourMs,
        sums: { rmse: { rows: 1, sum: errors[side] ** 2 } },
      }));
    }).flat();
  }

  it.each([0, 0.8])(
    'at most 5% of versions exactly as good go back (%d of a shock carried on)',
    (inertia) => {
      // 300 tries of 5%: more than 8.3% would be chance once in 200.
      expect(takenBack(inertia, 0)).toBeLessThan(0.083);
    },
  );

  it('and nearly all that err twice as much', () => {
    expect(takenBack(0.5, 1)).toBeGreaterThan(0.9);
  });
});
