import { describe, expect, it } from 'vitest';

import { againstUsual, usualWindows } from '../../../core/multivariate/usual-windows.ts';
import { formatWindow, parseWindow, weekMs, type Window } from '../../../core/window.ts';

describe('againstUsual', () => {
  it('asks how probable one more value this large is', () => {
    expect(againstUsual(4, [1, 2, 3], 'above')).toMatchObject({ windows: 3, mean: 2, standardDeviation: 1 });
    // t = 2 / sqrt(4 / 3) with 2 degrees of freedom.
    expect(againstUsual(4, [1, 2, 3], 'above')!.pValue).toBeCloseTo(0.1127, 4);
    expect(againstUsual(0, [1, 2, 3], 'above')!.pValue).toBeCloseTo(1 - 0.1127, 4);
    expect(againstUsual(4, [1, 2, 3], 'both')!.pValue).toBeCloseTo(0.2254, 4);
    expect(againstUsual(0, [1, 2, 3], 'both')!.pValue).toBeCloseTo(0.2254, 4);
    expect(againstUsual(2, [1, 2, 3], 'both')!.pValue).toBe(1);
  });

  it('knows nothing from two windows, and where all are equal calls any other value impossible', () => {
    expect(againstUsual(4, [1, 2], 'above')).toBeUndefined();
    expect(againstUsual(1, [1, 1, 1], 'both')!.pValue).toBe(1);
    expect(againstUsual(1.5, [1, 1, 1], 'both')!.pValue).toBe(0);
    expect(againstUsual(0.5, [1, 1, 1], 'above')!.pValue).toBe(1);
  });
});

describe('usualWindows', () => {
  const window = (start: string, end: string): Window =>
    parseWindow({ start: `2011-${start}T00:00:00Z`, end: `2011-${end}T00:00:00Z` });
  const march = window('03-01', '04-01');
  const texts = (windows: readonly Window[]): string[] =>
    windows
      .map((each) => formatWindow(each))
      .map(({ start, end }) => `${start.slice(5, 10)}/${end.slice(5, 10)}`);

  it('are those of the same length and weekday that lie within the spans, before or after', () => {
    expect(texts(usualWindows([march], window('07-15', '07-22')))).toEqual([
      '03-04/03-11',
      '03-11/03-18',
      '03-18/03-25',
      '03-25/04-01',
    ]);
    expect(texts(usualWindows([march], window('01-01', '01-02')))).toEqual([
      '03-05/03-06',
      '03-12/03-13',
      '03-19/03-20',
      '03-26/03-27',
    ]);
  });

  it('never overlap the current window or each other', () => {
    expect(texts(usualWindows([march], window('03-11', '03-18')))).toEqual([
      '03-04/03-11',
      '03-18/03-25',
      '03-25/04-01',
    ]);
    const month = usualWindows([window('01-01', '07-01')], window('07-01', '07-31'));
    for (const [i, each] of month.entries())
      if (i > 0) expect(each.start - month[i - 1]!.start).toBe(5 * weekMs);
  });

  it('are eight at most, spread over all there are', () => {
    const found = usualWindows([window('01-01', '12-01')], window('12-05', '12-06'));
    expect(found).toHaveLength(8);
    expect(found[7]!.start - found[0]!.start).toBeGreaterThan(45 * weekMs);
  });

  it('are none where no span is long enough', () => {
    expect(usualWindows([window('03-01', '03-05')], window('07-15', '07-22'))).toEqual([]);
    expect(usualWindows([], march)).toEqual([]);
  });
});
