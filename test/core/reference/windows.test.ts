import { describe, expect, it } from 'vitest';

import {
  calibrationSpan,
  earlierWindows,
  referenceWindows,
  windowsToProfile,
} from '../../../core/reference/windows.ts';
import { dayMs, formatWindow, hourMs, parseWindow, weekMs, type Window } from '../../../core/window.ts';

const window = (start: string, end: string): Window =>
  parseWindow({ start: `${start}T00:00:00Z`, end: `${end}T00:00:00Z` });
const text = (windows: readonly Window[]): string[] =>
  windows.map((one) => Object.values(formatWindow(one)).join(' ').replaceAll('T00:00:00Z', ''));

const week = window('2011-05-13', '2011-05-20');
const aDay = window('2011-05-19', '2011-05-20');
const march = { kind: 'fixed', start: '2011-03-01', end: '2011-04-01' } as const;
const wholeYear = { kind: 'fixed', start: '2010-03-01', end: '2011-03-01' } as const;

describe('referenceWindows', () => {
  it('is one window for the grid and the comparison, fixed or right before the current window', () => {
    expect(text(referenceWindows(march, week).compared)).toEqual(['2011-03-01 2011-04-01']);
    const rolling = referenceWindows({ kind: 'rolling', length: '30d' }, week);
    expect(text(rolling.compared)).toEqual(['2011-04-13 2011-05-13']);
    expect(rolling.grid).toEqual(rolling.compared[0]);
  });

  it('of a season is the same hours of the weeks before', () => {
    const { compared } = referenceWindows({ kind: 'seasonal', weeks: 3 }, aDay);
    expect(text(compared)).toEqual([
      '2011-05-12 2011-05-13',
      '2011-05-05 2011-05-06',
      '2011-04-28 2011-04-29',
    ]);
  });

  it('of a season keeps its grid for as many weeks as it looks back', () => {
    const seasonal = { kind: 'seasonal', weeks: 4 } as const;
    const grids = Array.from(
      { length: 56 },
      (_, n) =>
        referenceWindows(seasonal, { start: week.start + n * dayMs, end: week.end + n * dayMs }).grid!,
    );
    expect(new Set(grids.map(({ start }) => start)).size).toBe(3);
    for (const [n, grid] of grids.entries()) {
      expect(grid.end - grid.start).toBe(4 * weekMs);
      expect(grid.end).toBeLessThanOrEqual(week.start + n * dayMs);
    }
  });

  it('of training statistics has no rows', () => {
    expect(referenceWindows({ kind: 'training-statistics' }, week)).toEqual({ grid: null, compared: [] });
  });
});

describe('earlierWindows', () => {
  it('steps by weeks, so that the hours of the week are the same and nothing overlaps', () => {
    expect(text(earlierWindows(week, 2))).toEqual(['2011-05-06 2011-05-13', '2011-04-29 2011-05-06']);
    expect(text(earlierWindows(aDay, 2))).toEqual(['2011-05-12 2011-05-13', '2011-05-05 2011-05-06']);
    expect(text(earlierWindows(window('2011-05-10', '2011-05-20'), 2))).toEqual([
      '2011-04-26 2011-05-06',
      '2011-04-12 2011-04-22',
    ]);
  });
});

describe('calibrationSpan', () => {
  it('is the reference alone where it holds 20 windows, and lasts as long as it', () => {
    const { spans, before } = calibrationSpan(wholeYear, week);
    expect(text(spans)).toEqual(['2010-03-01 2011-03-01']);
    expect(before).toBe(window('2010-03-01', '2011-03-01').end);
  });

  it('takes 26 weeks before the current window in where the reference is short', () => {
    const { spans, before } = calibrationSpan(march, window('2011-12-10', '2011-12-17'));
    expect(text(spans)).toEqual(['2011-03-01 2011-04-01', '2011-06-11 2011-12-10']);
    expect(before).toBe(window('2011-12-10', '2011-12-17').start);
    expect(text(calibrationSpan(march, week).spans)).toEqual(['2010-11-12 2011-05-13']);
  });

  it('never reaches into the current window', () => {
    for (const reference of [
      march,
      { kind: 'rolling', length: '30d' },
      { kind: 'seasonal', weeks: 4 },
    ] as const) {
      for (const current of [week, aDay, window('2011-03-10', '2011-03-17')]) {
        for (const { end } of calibrationSpan(reference, current).spans.slice(1))
          expect(end).toBeLessThanOrEqual(current.start);
      }
    }
  });
});

describe('windowsToProfile', () => {
  it('starts at the first prediction, and always holds the current window', () => {
    expect(text(windowsToProfile(march, week, window('2011-04-20', '2011-04-21').start))).toEqual([
      '2011-04-20 2011-05-20',
    ]);
    expect(text(windowsToProfile(march, week, week.end + hourMs))).toEqual(['2011-05-13 2011-05-20']);
  });

  it('looks back no further than the weeks that a sudden change is looked for in, where the reference is long', () => {
    expect(text(windowsToProfile(wholeYear, week, 0))).toEqual([
      '2010-03-01 2011-03-01',
      '2011-03-18 2011-05-20',
    ]);
  });
});
