import { describe, expect, it } from 'vitest';

import { expectedRuns, fitRunLaw, runsOf } from '../../../core/quality/runs.ts';
import { judgeRuns } from '../../../core/quality/stuck.ts';
import { curve, hoursWith, levels, numbers } from './spans.ts';

const grid = numbers(curve(400));
const usual = hoursWith(grid, curve(400));

const judge = (values: readonly unknown[]) => {
  const [constant, stuck] = judgeRuns('x', 'continuous', usual, hoursWith(grid, values, 400));
  return { constant: constant!, stuck: stuck! };
};

describe('runsOf', () => {
  it('joins hours of one value, over an outage of hours but not of more than a day', () => {
    const hours = [...hoursWith(grid, [1, 1]), ...hoursWith(grid, [1], 9), ...hoursWith(grid, [1], 60)];
    expect(runsOf(hours).map(({ hours, value }) => [hours, value])).toEqual([
      [3, 1],
      [1, 1],
    ]);
  });

  it('takes no notice of hours without values, and none of equal ranges with different rows', () => {
    expect(runsOf(hoursWith(grid, [1, null, 1, [1, 2], [1, 2]])).map(({ hours }) => hours)).toEqual([
      2, 1, 1,
    ]);
  });
});

describe('fitRunLaw', () => {
  it('finds the chance to go on of geometric runs', () => {
    // 512 runs end at once, half as many after one more hour, and so on: the chance is 1/2.
    const runs = Array.from({ length: 10 }, (_, i) => i + 1).flatMap((hours) =>
      Array.from({ length: 2 ** (10 - hours) }, () => ({ hours, start: 0, end: 0 })),
    );
    const law = fitRunLaw(runs)!;
    expect(law.stay).toBeGreaterThan(0.45);
    expect(law.stay).toBeLessThan(0.52);
    expect(expectedRuns(law, law.from, law.meanHours)).toBeCloseTo(law.share, 12);
    expect(expectedRuns(law, law.from + 1, 100) / expectedRuns(law, law.from, 100)).toBeCloseTo(law.stay, 12);
  });

  it('keeps a chance above 0 where no value ever repeats', () => {
    expect(fitRunLaw(runsOf(usual))!.stay).toBeGreaterThan(0);
    expect(fitRunLaw([])).toBeUndefined();
  });
});

describe('judgeRuns', () => {
  it('says that a fine sensor stands still after 6 hours', () => {
    const values = curve(168, 400);
    const { stuck } = judge([
      ...values.slice(0, 50),
      ...Array.from({ length: 6 }, () => 12.34),
      ...values.slice(56),
    ]);
    expect(stuck.verdict).toEqual({
      level: 'warning',
      reason: 'it stood still at 12.34 for 6 hours from 2024-01-19T18:00:00Z, usually for at most 1',
    });
    expect(judge(values).stuck.verdict.level).toBe('ok');
    expect(
      judge([...values.slice(0, 50), ...Array.from({ length: 5 }, () => 12.34)]).stuck.verdict.level,
    ).toBe('ok');
  });

  it('does not mind a value that often stands still', () => {
    const nights = (hours: number, first: number) =>
      curve(hours, first).map((value, i) => ((first + i) % 24 < 11 ? 0 : value));
    const calm = hoursWith(grid, nights(400, 0));
    const week = nights(168, 400).map((value, i) => (i >= 8 && i < 24 ? 0 : value));
    const [, stuck] = judgeRuns('wind', 'continuous', calm, hoursWith(grid, week, 400));
    expect(stuck!.counts['longestRunHours']).toBe(16);
    expect(stuck!.verdict.level).toBe('ok');
  });

  it('calls a column constant when one value fills the window, unless that is usual', () => {
    const frozen = judge(Array.from({ length: 24 }, () => 5));
    expect(frozen.constant.verdict).toEqual({
      level: 'critical',
      reason: 'it is 5 in all 24 hours, usually in at most 1 on end',
    });
    expect(frozen.stuck.verdict.level, 'said once').toBe('ok');
    const flag = levels(['0', '1']);
    const usualFlag = hoursWith(
      flag,
      Array.from({ length: 400 }, (_, i) => (i < 300 ? '0' : '1')),
    );
    const [constant] = judgeRuns(
      'holiday',
      'categorical',
      usualFlag,
      hoursWith(flag, Array(24).fill('0'), 400),
    );
    expect(constant!.verdict).toEqual({
      level: 'ok',
      reason: 'it is 0 in all 24 hours, which is not unusual',
    });
  });

  it('says why it cannot judge', () => {
    expect(judge([]).stuck.verdict).toEqual({
      level: 'insufficient-data',
      reason: 'the current window has no value',
    });
    const [constant] = judgeRuns('x', 'continuous', usual.slice(0, 10), hoursWith(grid, [1, 1]));
    expect(constant!.verdict.level).toBe('insufficient-data');
  });
});
