import { describe, expect, it } from 'vitest';

import { judgeDuplicates } from '../../../core/quality/duplicates.ts';
import { judgeFreshness } from '../../../core/quality/freshness.ts';
import { dayMs, hourMs } from '../../../core/window.ts';
import { start } from './spans.ts';

describe('judgeFreshness', () => {
  const newest = start - 7 * hourMs;

  it('holds the age of the newest row against the limit of the monitor', () => {
    const judge = (limitMs: number) =>
      judgeFreshness({ column: 'prediction', newest, asOf: start, limitMs }).verdict;
    expect(judge(4 * hourMs)).toEqual({
      level: 'warning',
      reason: 'the newest is of 2023-12-31T17:00:00Z, 7 h old (limit 4 h)',
    });
    expect(judge(2 * hourMs).level).toBe('critical');
    expect(judge(7 * hourMs).level).toBe('ok');
  });

  it('allows twice the usual age, and 3 hours at least', () => {
    const judge = (usualMs: number) =>
      judgeFreshness({ column: 'actual', newest, asOf: start, usualMs }).counts['limitHours'];
    expect([judge(hourMs), judge(2 * dayMs)]).toEqual([3, 96]);
  });

  it('takes what is about the future as fresh', () => {
    const { verdict, counts } = judgeFreshness({
      column: 'prediction',
      newest: start + dayMs,
      asOf: start,
      limitMs: 1,
    });
    expect([verdict.level, counts['ageHours']]).toEqual(['ok', 0]);
  });

  it('says why it cannot judge', () => {
    expect(
      judgeFreshness({ column: 'actual', newest: undefined, asOf: start, limitMs: 1 }).verdict.level,
    ).toBe('insufficient-data');
    expect(judgeFreshness({ column: 'actual', newest, asOf: start }).verdict.level).toBe('insufficient-data');
  });

  it('does not forget a stream that ended long ago, when nobody knows any more what is usual', () => {
    expect(judgeFreshness({ column: 'prediction', newest, asOf: start + 77 * dayMs }).verdict).toEqual({
      level: 'critical',
      reason:
        'the newest is of 2023-12-31T17:00:00Z, 77.3 days old; there was none in the eight weeks before',
    });
  });
});

describe('judgeDuplicates', () => {
  it.each([
    [1000, 0, 'ok', 'none of 1000 rows repeats another one'],
    [50, 1, 'ok', '1 of 50 rows (2%) repeat another one'],
    [1000, 20, 'warning', '20 of 1000 rows (2%) repeat another one'],
    [1000, 100, 'critical', '100 of 1000 rows (10%) repeat another one'],
    [0, 0, 'insufficient-data', 'the current window has no row'],
  ])('of %d rows with %d repeats says %s', (rows, repeats, level, reason) => {
    expect(judgeDuplicates(rows, repeats).verdict).toEqual({ level, reason });
  });
});
