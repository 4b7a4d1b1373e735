import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ReferenceGrid } from '../../../core/profile/grid.ts';
import { gridFromTrainingStatistics } from '../../../core/profile/grid.ts';
import {
  judgeColumnQuality,
  judgeNewColumns,
  type ColumnHistory,
} from '../../../core/quality/column-quality.ts';
import { isFailed } from '../../../core/quality/check.ts';
import { curve, daysWith, hoursWith, levels, numbers } from './spans.ts';

const usual = curve(30 * 24);

/** 30 days of a column, and the hours after them. */
function history(
  current: readonly unknown[],
  before: readonly unknown[] = usual,
  kind = numbers(usual),
): ColumnHistory {
  const days = Array.from({ length: 30 }, (_, day) => before.slice(24 * day, 24 * (day + 1)));
  return {
    column: 'x',
    grid: kind,
    reference: daysWith(kind, days),
    others: [],
    usual: hoursWith(kind, before),
    current: hoursWith(kind, current, 30 * 24),
  };
}

/** check -> level and reason, of those that failed. */
const failedIn = (input: ColumnHistory) =>
  Object.fromEntries(
    judgeColumnQuality(input)
      .filter(isFailed)
      .map(({ check, verdict: { level, reason } }) => [check, `${level}: ${reason}`]),
  );

const week = curve(168, 30 * 24);
const replaced = (value: unknown, from: number, to: number) =>
  week.map((each, i) => (i >= from && i < to ? value : each));

describe('judgeColumnQuality', () => {
  it('passes a week like those before', () => {
    expect(failedIn(history(week))).toEqual({});
    expect(judgeColumnQuality(history(week)).map(({ check }) => check)).toEqual([
      'schema',
      'missing',
      'range',
      'constant',
      'stuck',
    ]);
  });

  it('says that values are missing', () => {
    expect(failedIn(history(replaced(null, 10, 15)))).toEqual({
      missing: 'warning: 5 of 168 rows have no value (3%; reference 0%)',
    });
    expect(failedIn(history(replaced(null, 10, 50)))).toEqual({
      missing: 'critical: 40 of 168 rows have no value (24%; reference 0%)',
    });
  });

  it('does not mind what was missing before', () => {
    const gaps = usual.map((value, i) => (i % 10 === 0 ? null : value));
    const now = week.map((value, i) => (i % 9 === 0 ? null : value));
    expect(failedIn(history(now, gaps))).toEqual({});
  });

  it('says that a column is gone', () => {
    expect(failedIn(history(week.map(() => null)))).toEqual({
      schema: 'critical: none of 168 rows has a value',
    });
  });

  it('does not take a dry week for a column that is gone, where most days were dry', () => {
    const kind = levels(['fog', 'rain']);
    const rainOn = (days: readonly number[]) =>
      Array.from({ length: 720 }, (_, i) => (days.includes(Math.floor(i / 24)) ? 'rain' : null));
    const dry = week.map(() => null);
    const failed = (days: readonly number[]) => failedIn(history(dry, rainOn(days), kind as never))['schema'];
    expect(failed([2, 20])).toBeUndefined();
    expect(failed([0, 4, 9, 13, 18, 22, 27])).toBeUndefined();
    // Four days of five have had a value: seven without any are no chance.
    expect(failed(Array.from({ length: 30 }, (_, day) => day).filter((day) => day % 5 > 0))).toBe(
      'critical: none of 168 rows has a value',
    );
  });

  it('says that values have another type', () => {
    const failed = failedIn(history(replaced('0.5', 10, 40)));
    expect(failed['schema']).toBe(
      'critical: 30 of 168 rows hold something else than a number in it (18%; reference 0%)',
    );
  });

  it('says that categories are new', () => {
    const kind = levels(['clear', 'rain']);
    const before = Array.from({ length: 720 }, (_, i) => (i % 7 < 4 ? 'clear' : 'rain'));
    const now = before.slice(0, 168).map((value, i) => (i >= 100 && i < 124 ? 'CLEAR' : value));
    const input = history(now, before, kind as never);
    expect(failedIn(input)).toEqual({
      unseen: 'warning: 24 of 168 values are categories that the reference does not have (14%; reference 0%)',
    });
    expect(
      failedIn(
        history(
          now.map(() => 'dry'),
          before,
          kind as never,
        ),
      )['unseen'],
    ).toMatch(/^critical/);
  });

  it('needs no rows of a reference of training statistics to see that a column is gone', () => {
    const grid = gridFromTrainingStatistics({ min: 0, max: 20, mean: 10, std: 5 });
    const judge = (values: readonly unknown[]) =>
      judgeColumnQuality({
        column: 'x',
        grid,
        reference: [],
        others: [],
        usual: [],
        current: hoursWith(grid, values),
      });
    expect(judge(week.map(() => null))[0]!.verdict.level).toBe('critical');
    expect(judge(week)[1]!.verdict).toEqual({
      level: 'insufficient-data',
      reason: 'the reference has no row',
    });
  });

  const strange = fc.constantFrom<unknown>(
    null,
    undefined,
    0,
    1,
    -0,
    NaN,
    Infinity,
    1e300,
    'a',
    '',
    true,
    {},
    [],
    [[]],
  );
  const grids: [string, ReferenceGrid][] = [
    ['numbers', numbers(usual)],
    ['one number', numbers([5])],
    ['a constant', numbers(Array(100).fill(5))],
    ['no number', numbers([])],
    ['levels', levels(['a', 'b'])],
    ['no level', levels([])],
    ['training statistics', gridFromTrainingStatistics({ min: 0, max: 1, mean: 0, std: 0 })],
  ];
  it.each(grids)('never throws, and gives JSON, whatever the rows are: a reference of %s', (_, grid) => {
    const values = fc.array(fc.oneof(strange, fc.array(strange, { maxLength: 3 })), { maxLength: 60 });
    const spans = (given: readonly unknown[], first = 0) => hoursWith(grid, given, first);
    fc.assert(
      fc.property(values, values, values, (reference, usual, current) => {
        const checks = judgeColumnQuality({
          column: 'x',
          grid,
          reference: spans(reference),
          others: spans(usual),
          usual: spans(usual),
          current: spans(current, 100),
        });
        expect(JSON.parse(JSON.stringify(checks))).toEqual(checks);
        for (const { verdict } of checks) expect(verdict.reason).not.toMatch(/NaN|undefined/);
      }),
    );
  });
});

describe('judgeNewColumns', () => {
  it('warns of features that nothing watches', () => {
    expect(judgeNewColumns([{ column: 'gust', rows: 84 }], 168)).toEqual([
      {
        check: 'new-column',
        column: 'gust',
        verdict: {
          level: 'warning',
          reason:
            '84 of 168 rows (50%) have it, but no monitor watches it and the reference does not have it',
        },
        counts: { rows: 168, withColumn: 84 },
      },
    ]);
  });
});
