import { describe, expect, it } from 'vitest';

import { restOf, sumHistory } from '../../../core/calibration/window-sums.ts';
import { buildCategoricalGrid } from '../../../core/profile/grid.ts';
import { mergeProfiles } from '../../../core/profile/merge.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { dayMs, hourMs } from '../../../core/window.ts';
import { autoregressive, hoursOf } from './made-hours.ts';

const { grid, hours } = hoursOf(autoregressive(24 * 30, 0.8));
const between = (start: number, end: number) =>
  mergeProfiles(
    grid,
    hours.filter((hour) => hour.start >= start && hour.start < end).map(({ profile }) => profile),
  );

describe('the sums of a history', () => {
  it.each([
    ['days', dayMs, 30 * dayMs],
    ['weeks that end at noon', 7 * dayMs, 20 * dayMs + 12 * hourMs],
    ['windows of 6 hours', 6 * hourMs, 9 * dayMs + 5 * hourMs],
  ])('equal the merged hours of %s', (_, length, end) => {
    const history = sumHistory(grid, hours, { length, end });
    for (const window of [
      { start: end - length, end },
      { start: end - length - dayMs, end: end - dayMs },
    ]) {
      const expected = between(window.start, window.end);
      const sum = history.sumOf([window]);
      expect(history.countIn(window)).toBe(length / hourMs);
      expect(sum.cells).toEqual(expected.cells);
      expect(sum).toMatchObject({ extent: expected.extent });
      if (sum.kind !== 'continuous') throw new Error('not continuous');
      for (const [cell, total] of expected.cellSums.entries()) {
        expect(sum.cellSums[cell]).toBeCloseTo(total, 9);
      }
      expect(sum.sumOfSquares).toBeCloseTo(expected.sumOfSquares, 9);
    }
  });

  it('leave a window out', () => {
    const history = sumHistory(grid, hours, { length: dayMs, end: 30 * dayMs });
    const [whole, part] = [30, 10].map((days) => history.sumOf([{ start: 0, end: days * dayMs }]));
    const rest = restOf(grid, whole!, part!);
    expect(rest.cells).toEqual(between(10 * dayMs, 30 * dayMs).cells);
  });

  it('count unseen levels too', () => {
    const levels = buildCategoricalGrid(['a']);
    const profile = buildProfile(levels, ['a', 'z', 'z', null]);
    const history = sumHistory(levels, [{ start: 0, profile }], { length: dayMs, end: dayMs });
    expect(history.sumOf([{ start: 0, end: dayMs }])).toMatchObject({ unseen: 2, missing: 0 });
    expect(history.countIn({ start: 0, end: dayMs })).toBe(3);
  });

  it('are empty without hours, and outside of them', () => {
    const none = sumHistory(grid, [], { length: dayMs, end: dayMs });
    expect(none.countIn({ start: 0, end: dayMs })).toBe(0);
    const history = sumHistory(grid, hours, { length: dayMs, end: 30 * dayMs });
    expect(history.countIn({ start: 40 * dayMs, end: 41 * dayMs })).toBe(0);
  });
});
