import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  dayMs,
  formatInstant,
  hourMs,
  localTime,
  minuteMs,
  minuteOfDay,
  nextLocalTime,
  parseInstant,
} from '../../core/window.ts';

const next = (from: string, time: string, timeZone: string): string =>
  formatInstant(nextLocalTime(parseInstant(from), time, timeZone));

describe('localTime', () => {
  it.each([
    ['2026-11-29T07:46:00Z', 'UTC', { weekday: 'sun', minute: 466 }],
    ['2026-11-29T23:30:00Z', 'Asia/Kolkata', { weekday: 'mon', minute: 300 }],
    ['2026-01-01T00:15:00Z', 'America/New_York', { weekday: 'wed', minute: 1155 }],
  ])('at %s in %s', (instant, timeZone, shown) => {
    expect(localTime(parseInstant(instant), timeZone)).toEqual(shown);
  });
});

describe('nextLocalTime', () => {
  it.each([
    ['today, when it is still to come', '2026-06-01T05:00:00Z', '08:00', '2026-06-01T06:00:00Z'],
    ['now, when it is just that time', '2026-06-01T06:00:00Z', '08:00', '2026-06-01T06:00:00Z'],
    ['tomorrow, when it has passed', '2026-06-01T06:00:01Z', '08:00', '2026-06-02T06:00:00Z'],
    ['an hour of UTC earlier when summer begins', '2026-03-28T07:00:01Z', '08:00', '2026-03-29T06:00:00Z'],
    ['an hour of UTC later when summer ends', '2026-10-24T06:00:01Z', '08:00', '2026-10-25T07:00:00Z'],
    [
      'when clocks jump over a time, the moment they do',
      '2026-03-28T20:00:00Z',
      '02:30',
      '2026-03-29T01:00:00Z',
    ],
    ['the first of two times that clocks repeat', '2026-10-24T20:00:00Z', '02:30', '2026-10-25T00:30:00Z'],
    ['the second of them after the first', '2026-10-25T00:31:00Z', '02:30', '2026-10-25T01:30:00Z'],
  ])('is %s', (_, from, time, expected) => {
    expect(next(from, time, 'Europe/Berlin')).toBe(expected);
  });

  it('keeps to zones off the full hour', () => {
    expect(next('2026-06-01T00:00:00Z', '08:00', 'Asia/Kathmandu')).toBe('2026-06-01T02:15:00Z');
    // Lord Howe changes its clocks by half an hour: 02:00 to 02:30.
    expect(next('2026-10-03T10:00:00Z', '02:10', 'Australia/Lord_Howe')).toBe('2026-10-03T15:30:00Z');
  });

  it('is at most a day and the hours of a change away, and the clocks show the time or have jumped over it', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2020, 0, 1) / minuteMs, max: Date.UTC(2030, 0, 1) / minuteMs }),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.constantFrom(...zones),
        (minute, hours, minutes, zone) => {
          const from = minute * minuteMs;
          const time = `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
          const found = nextLocalTime(from, time, zone);
          const before = localTime(found - minuteMs, zone).minute;
          const shown = localTime(found, zone).minute;
          const wanted = minuteOfDay(time);
          expect(found).toBeGreaterThanOrEqual(from);
          expect(found - from).toBeLessThanOrEqual(dayMs + hourMs);
          expect(shown === wanted || (before < wanted && wanted < shown)).toBe(true);
        },
      ),
      { numRuns: 300, seed: 20261129 },
    );
  });
});
