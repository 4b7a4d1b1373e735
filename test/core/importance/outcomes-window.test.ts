import { expect, it } from 'vitest';

import { learnedFromMs, outcomesWindow } from '../../../core/importance/outcomes-window.ts';
import { dayMs, formatDay, parseInstant } from '../../../core/window.ts';

const windowAsOf = (asOf: string, horizonDays: number): string[] => {
  const { start, end } = outcomesWindow(parseInstant(asOf), horizonDays * dayMs);
  expect(end - start).toBe(learnedFromMs);
  return [formatDay(start), formatDay(end)];
};

it('is four weeks whose actuals are known, and moves on once a week', () => {
  expect(windowAsOf('2011-05-20T00:00:00Z', 7)).toEqual(['2011-04-14', '2011-05-12']);
  expect(windowAsOf('2011-05-19T00:00:00Z', 7)).toEqual(['2011-04-14', '2011-05-12']);
  expect(windowAsOf('2011-05-18T23:00:00Z', 7)).toEqual(['2011-04-07', '2011-05-05']);
});

it('waits as long as actuals take', () => {
  expect(windowAsOf('2011-05-20T00:00:00Z', 45)).toEqual(['2011-03-03', '2011-03-31']);
});
