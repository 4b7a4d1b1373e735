import { describe, expect, it } from 'vitest';

import { peakFlags } from '../../../core/performance/peak-hours.ts';
import { hoursOf, parseInstant, parseWindow } from '../../../core/window.ts';

const newYork = (hours: readonly number[]) => ({ timeZone: 'America/New_York', hours });

function peakTimes(times: readonly string[], peakHours: Parameters<typeof peakFlags>[1]): string[] {
  const flags = peakFlags(Float64Array.from(times, parseInstant), peakHours);
  return times.filter((_, row) => flags[row] === 1);
}

describe('peakFlags', () => {
  it('flags the hours as local clocks show them', () => {
    const times = [
      '2011-01-10T07:00:00Z',
      '2011-01-10T12:00:00Z',
      '2011-01-10T12:59:59.999Z',
      '2011-01-10T13:00:00Z',
    ];
    expect(peakTimes(times, newYork([7]))).toEqual(times.slice(1, 3));
  });

  it('moves by an hour of UTC when clocks go forward on 13 March 2011', () => {
    const times = [
      '2011-03-12T11:30:00Z',
      '2011-03-12T12:30:00Z',
      '2011-03-13T11:30:00Z',
      '2011-03-13T12:30:00Z',
    ];
    expect(peakTimes(times, newYork([7]))).toEqual(['2011-03-12T12:30:00Z', '2011-03-13T11:30:00Z']);
  });

  it('never flags the hour that clocks skip', () => {
    const day = Float64Array.from(
      hoursOf(parseWindow({ start: '2011-03-13T05:00:00Z', end: '2011-03-14T04:00:00Z' })),
    );
    expect(day).toHaveLength(23);
    expect(peakFlags(day, newYork([2]))).not.toContain(1);
    expect(peakFlags(day, newYork([1, 3])).reduce((sum, flag) => sum + flag)).toBe(2);
  });

  it('flags the hour that clocks repeat on 6 November 2011 twice', () => {
    const times = [
      '2011-11-06T04:30:00Z',
      '2011-11-06T05:30:00Z',
      '2011-11-06T06:30:00Z',
      '2011-11-06T07:30:00Z',
    ];
    expect(peakTimes(times, newYork([1]))).toEqual(times.slice(1, 3));
  });

  it('is right where the local hour starts within an hour of UTC', () => {
    const times = [
      '2011-03-13T01:29:00Z',
      '2011-03-13T01:30:00Z',
      '2011-03-13T02:29:00Z',
      '2011-03-13T02:30:00Z',
    ];
    expect(peakTimes(times, { timeZone: 'Asia/Kolkata', hours: [7] })).toEqual(times.slice(1, 3));
    const nepal = ['2011-03-13T01:14:00Z', '2011-03-13T01:15:00Z'];
    expect(peakTimes(nepal, { timeZone: 'Asia/Kathmandu', hours: [7] })).toEqual(nepal.slice(1));
  });

  it('flags nothing without peak hours, and no event gives no flag', () => {
    expect(peakTimes(['2011-03-13T12:00:00Z'], { timeZone: 'UTC', hours: [] })).toEqual([]);
    expect(peakFlags(new Float64Array(), newYork([7]))).toHaveLength(0);
  });
});
