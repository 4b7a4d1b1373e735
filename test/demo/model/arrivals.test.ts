import { describe, expect, it } from 'vitest';
import { dayMs, hourMs, minuteMs, parseInstant } from '../../../core/window.ts';
import { knownAtOf } from '../../../demo/data/arrivals.ts';
import { loadBikes } from '../../../demo/data/bikes.ts';

const bikes = loadBikes();
const arrivals = bikes.map((row) => ({ ...row, knownAt: knownAtOf(row) }));
const delays = arrivals.flatMap(({ knownAt, eventTime }) => (knownAt === null ? [] : [knownAt - eventTime]));
const shareOf = (count: number) => count / bikes.length;

describe('the time at which an actual becomes known', () => {
  it('never comes for about 2% of the rows', () => {
    expect(shareOf(bikes.length - delays.length)).toBeCloseTo(0.02, 2);
  });

  it('is 1 to 4 weeks later for about 3%', () => {
    const late = delays.filter((delay) => delay > 48 * hourMs);
    expect(shareOf(late.length)).toBeCloseTo(0.03, 2);
    expect(late.every((delay) => delay >= 7 * dayMs && delay <= 28 * dayMs)).toBe(true);
  });

  it('is 1 to 48 hours later for the others, half of them within 13', () => {
    const soon = delays.filter((delay) => delay <= 48 * hourMs).sort((a, b) => a - b);
    expect(soon[0]).toBeGreaterThanOrEqual(hourMs);
    expect(soon[Math.floor(soon.length / 2)]! / hourMs).toBeCloseTo(12.75, 0);
  });

  it('is on a full minute', () => {
    expect(delays.every((delay) => delay % minuteMs === 0)).toBe(true);
  });

  it('is the same in every replay, and another with another seed', () => {
    const row = { entity: 'washington-dc', eventTime: parseInstant('2011-05-20T08:00:00Z') };
    expect(knownAtOf(row)).toBe(knownAtOf({ ...row }));
    expect(bikes.some((each) => knownAtOf(each, 1) !== knownAtOf(each, 2))).toBe(true);
  });

  it('has nothing to do with the actual: rows that never arrive are as busy as the others', () => {
    const meanOf = (rows: typeof arrivals) => rows.reduce((sum, row) => sum + row.actual, 0) / rows.length;
    const never = arrivals.filter((row) => row.knownAt === null);
    // 2% of the rows: their mean has a standard error of 10 bikes.
    expect(Math.abs(meanOf(never) - meanOf(arrivals))).toBeLessThan(30);
  });
});
