import { describe, expect, it } from 'vitest';

import { judgeVolume, longestGapOf, type WindowVolume } from '../../../core/quality/volume.ts';
import { hourMs, hoursOf, weekMs } from '../../../core/window.ts';
import { start } from './spans.ts';

/** A week so many weeks before the current one. */
const week = (before: number, rowsAt: (hour: number) => number): WindowVolume => {
  const window = { start: start - before * weekMs, end: start - (before - 1) * weekMs };
  return { window, hours: hoursOf(window).map((hour, i) => ({ hour, rows: rowsAt(i) })) };
};
const steady = [1, 2, 3, 4, 5, 6, 7, 8].map((before) => week(before, () => 1));
/** By day about 100 rows an hour, none from 1 to 5 in the night; a little more or less each week. */
const daily = (factor: number) => (hour: number) =>
  hour % 24 >= 1 && hour % 24 < 5 ? 0 : Math.round(100 * factor);
const busy = [1, 2, 3, 4, 5, 6, 7, 8].map((before) => week(before, daily(1 + (before % 3) / 50)));

describe('judgeVolume', () => {
  it('is content with what is usual, and knows the hours that are always empty', () => {
    const { verdict, counts } = judgeVolume(week(0, daily(1)), busy);
    expect(counts).toMatchObject({ rows: 14_000, expectedHours: 140, emptyHours: 0, pastWindows: 8 });
    expect(verdict).toEqual({ level: 'ok', reason: '14000 rows, usually 14280' });
  });

  it('names hours that are missing, and warns when they are more than chance', () => {
    const one = judgeVolume(
      week(0, (hour) => (hour === 30 ? 0 : 1)),
      steady,
    );
    expect(one.verdict).toEqual({
      level: 'ok',
      reason:
        '167 rows, usually 168; 1 of 168 hours that usually have rows is empty, the first 2024-01-02T06:00:00Z',
    });
    const eight = judgeVolume(
      week(0, (hour) => (hour >= 30 && hour < 38 ? 0 : 1)),
      steady,
    );
    expect([eight.verdict.level, eight.counts['emptyHours']]).toEqual(['warning', 8]);
  });

  it('is used to gaps that were there before', () => {
    const leaky = [1, 2, 3, 4, 5, 6, 7, 8].map((before) =>
      week(before, (hour) => Number((hour + before) % 20 !== 0)),
    );
    const now = judgeVolume(
      week(0, (hour) => Number(hour % 20 !== 0)),
      leaky,
    );
    expect([now.verdict.level, now.counts['emptyHours']]).toEqual(['ok', 9]);
  });

  it.each([
    [0.7, 'warning'],
    [0.45, 'critical'],
    [0, 'critical'],
    [0.8, 'ok'],
    [1.4, 'ok'],
    [1.6, 'warning'],
  ])('calls %d times the usual rows %s', (factor, level) => {
    expect(judgeVolume(week(0, daily(factor)), busy).verdict.level).toBe(level);
  });

  it('allows few rows their chance', () => {
    const few = [1, 2, 3, 4].map((before) => week(before, (hour) => Number(hour === 5) * 4));
    expect(
      judgeVolume(
        week(0, (hour) => Number(hour === 5) * 1),
        few,
      ).verdict.level,
    ).toBe('ok');
  });

  it('asks for three earlier windows', () => {
    expect(
      judgeVolume(
        week(0, () => 1),
        steady.slice(0, 2),
      ).verdict.level,
    ).toBe('insufficient-data');
    expect(
      judgeVolume(
        week(0, () => 1),
        [],
      ).verdict.level,
    ).toBe('insufficient-data');
    expect(judgeVolume({ window: { start, end: start }, hours: [] }, steady).verdict.level).toBe(
      'insufficient-data',
    );
  });
});

describe('longestGapOf', () => {
  it('is from the start of an hour with rows to the end of the next one', () => {
    expect(longestGapOf([week(0, daily(1))])).toBe(6 * hourMs);
    expect(longestGapOf([week(0, () => 1)])).toBe(2 * hourMs);
    expect(longestGapOf([week(0, () => 0)])).toBeUndefined();
  });
});
