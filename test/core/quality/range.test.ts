import { describe, expect, it } from 'vitest';

import { gridFromTrainingStatistics } from '../../../core/profile/grid.ts';
import { judgeRange } from '../../../core/quality/range.ts';
import { curve, hoursWith, numbers } from './spans.ts';

const grid = numbers(curve(1344));
const usual = hoursWith(grid, curve(1344));

const judge = (values: readonly unknown[]) =>
  judgeRange('x', grid, usual, usual, hoursWith(grid, values, 1344));
const put = (values: readonly number[], at: number, ...others: readonly number[]) =>
  values.map((value, i) => others[i - at] ?? value);

describe('judgeRange', () => {
  const week = curve(168, 1344);

  it('is quiet about values within the known range', () => {
    expect(judge(week)).toMatchObject({ verdict: { level: 'ok' }, counts: { suspicious: 0 } });
  });

  it('is quiet about a record that is set step by step', () => {
    const rising = week.map((value, i) => value + i / 40);
    const { verdict, counts } = judge(rising);
    expect(counts['outsideReference']).toBeGreaterThan(20);
    expect(verdict.level).toBe('ok');
    expect(verdict.reason).toMatch(/outside the reference's range, but not far, and reached step by step$/);
  });

  it('warns of a spell that begins with a jump', () => {
    // Near the top of the curve, from which no usual step leads to -1.
    const { verdict, counts } = judge(put(week, 54, -1, -1, -1, -1));
    expect(counts['suspicious']).toBe(4);
    expect(verdict).toEqual({
      level: 'warning',
      reason: `4 of 168 values (2.4%) are outside ${grid.summary!.min} to ${grid.summary!.max}, far away or reached by a jump`,
    });
  });

  it('is critical where a tenth is far away', () => {
    const { verdict, counts } = judge(put(week, 0, ...Array.from({ length: 20 }, () => -999)));
    expect([verdict.level, counts['suspicious']]).toEqual(['critical', 20]);
  });

  it('shows a single value far away, and lets it pass', () => {
    const { verdict, counts } = judge(put(week, 54, -999));
    expect([verdict.level, counts['suspicious']]).toEqual(['ok', 1]);
  });

  it('counts all values outside of an hour that holds several', () => {
    const { counts } = judge(week.map((value, i) => (i === 54 ? [value, -999, -998] : [value])));
    expect(counts['suspicious']).toBe(2);
  });

  it('expects showers beyond the heaviest so far, but not a flood', () => {
    // Dry but for a shower of one hour each day; of thirty showers, each a little rarer one is heavier.
    const rain = Array.from({ length: 720 }, (_, i) => (i % 24 === 18 ? 1 / (1 + (((7 * i) / 24) % 30)) : 0));
    const sky = numbers(rain);
    const known = hoursWith(sky, rain);
    const judgeRain = (heaviest: number) =>
      judgeRange(
        'rain',
        sky,
        known,
        known,
        hoursWith(
          sky,
          Array.from({ length: 168 }, (_, i) => (i % 24 === 18 ? heaviest : 0)),
          720,
        ),
      );
    expect(judgeRain(1.5).counts).toMatchObject({ outsideReference: 7, suspicious: 0 });
    expect(judgeRain(9).verdict.level).toBe('warning');
  });

  it('takes any other value as far away from a constant', () => {
    const constant = numbers(Array.from({ length: 200 }, () => 7));
    const known = hoursWith(
      constant,
      Array.from({ length: 200 }, () => 7),
    );
    const check = judgeRange('x', constant, known, known, hoursWith(constant, [7, 7.1, 7.1, 7], 200));
    expect(check).toMatchObject({ verdict: { level: 'critical' }, counts: { suspicious: 2 } });
  });

  it('knows the range of training statistics, and nothing of steps', () => {
    const statistics = gridFromTrainingStatistics({ min: 0, max: 10, mean: 5, std: 2 });
    const judgeWith = (value: number) =>
      judgeRange(
        'x',
        statistics,
        [],
        [],
        hoursWith(
          statistics,
          Array.from({ length: 24 }, () => value),
        ),
      );
    expect(judgeWith(12).counts['suspicious']).toBe(0);
    expect(judgeWith(15).counts['suspicious']).toBe(24);
  });

  it('says why it cannot judge', () => {
    expect(judge([null, null]).verdict.level).toBe('insufficient-data');
    const empty = numbers([]);
    expect(judgeRange('x', empty, [], [], hoursWith(empty, [1, 2])).verdict).toEqual({
      level: 'insufficient-data',
      reason: 'no range is known',
    });
  });
});
