import { describe, expect, it } from 'vitest';
import { formatInstant, hourMs, localHour, parseInstant } from '../../../core/window.ts';
import { bikeTimeZone, instantOfLocalHour, loadBikes } from '../../../demo/data/bikes.ts';

const bikes = loadBikes();
const hourAt = (instant: string) => bikes.find((row) => row.eventTime === parseInstant(instant));

describe('the bike data', () => {
  it('has 8,645 of the 8,760 hours of 2011, in order and none twice', () => {
    expect(bikes).toHaveLength(8_645);
    expect(bikes.every((row, i) => i === 0 || row.eventTime > bikes[i - 1]!.eventTime)).toBe(true);
    expect(formatInstant(bikes[0]!.eventTime)).toBe('2011-01-01T05:00:00Z');
    expect(formatInstant(bikes.at(-1)!.eventTime)).toBe('2012-01-01T04:00:00Z');
  });

  it('has the local hour of every instant as hr', () => {
    expect(bikes.every((row) => localHour(row.eventTime, bikeTimeZone) === row.features.hr)).toBe(true);
  });

  it('goes from 1 to 3 o’clock on 13 March, when clocks skipped the hour between', () => {
    expect(hourAt('2011-03-13T06:00:00Z')?.features.hr).toBe(1);
    expect(hourAt('2011-03-13T07:00:00Z')?.features.hr).toBe(3);
    expect(() => instantOfLocalHour(72, 2)).toThrow(RangeError);
  });

  it('has the repeated hour of 6 November once, at its first instant, with the bikes of both', () => {
    expect(hourAt('2011-11-06T05:00:00Z')).toMatchObject({ actual: 115, features: { hr: 1 } });
    expect(hourAt('2011-11-06T06:00:00Z')).toBeUndefined();
    expect(hourAt('2011-11-06T07:00:00Z')?.features.hr).toBe(2);
  });

  it('leaves missing hours missing', () => {
    expect(hourAt('2011-01-02T10:00:00Z')).toBeUndefined();
    const gaps = bikes.filter((row, i) => i > 0 && row.eventTime - bikes[i - 1]!.eventTime > hourMs);
    expect(gaps.length).toBeGreaterThan(50);
  });

  it('has no feature that adds up to the actual', () => {
    expect(Object.keys(bikes[0]!.features)).toEqual([
      'hr',
      'weekday',
      'workingday',
      'holiday',
      'weathersit',
      'temp',
      'atemp',
      'hum',
      'windspeed',
    ]);
  });

  it('keeps the natural fault of 10 March, when the humidity sensor showed 0', () => {
    expect(bikes.filter((row) => row.features.hum === 0)).toHaveLength(22);
  });
});
