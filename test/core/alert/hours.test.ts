import { describe, expect, it } from 'vitest';

import { firstWithin, isWithin } from '../../../core/alert/hours.ts';
import type { Hours } from '../../../core/alert/route-settings.ts';
import { formatInstant, parseInstant } from '../../../core/window.ts';

const office: Hours = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '09:00',
  to: '17:00',
  timeZone: 'Europe/Berlin',
  otherwise: 'hold',
};
const night: Hours = { ...office, days: ['fri'], from: '22:00', to: '06:00' };

describe('isWithin', () => {
  it.each([
    ['when they begin', office, '2026-11-27T08:00:00Z', true],
    ['a moment before', office, '2026-11-27T07:59:59Z', false],
    ['when they end', office, '2026-11-27T16:00:00Z', false],
    ['an hour of UTC earlier in summer', office, '2026-06-01T07:00:00Z', true],
    ['on another day', office, '2026-11-28T12:00:00Z', false],
    ['in the night they begin', night, '2026-11-27T21:30:00Z', true],
    ['after midnight of that night', night, '2026-11-28T04:59:00Z', true],
    ['after midnight of the night before', night, '2026-11-27T04:00:00Z', false],
    [
      'all day long, with one time for both',
      { ...night, from: '00:00', to: '00:00' },
      '2026-11-27T12:00:00Z',
      true,
    ],
  ])('%s', (_, hours, instant, within) => {
    expect(isWithin(hours, parseInstant(instant))).toBe(within);
  });
});

describe('firstWithin', () => {
  it.each([
    ['now, within them', '2026-11-27T12:00:00Z', '2026-11-27T12:00:00Z'],
    ['today, before them', '2026-11-27T05:00:00Z', '2026-11-27T08:00:00Z'],
    ['after the weekend', '2026-11-27T18:00:00Z', '2026-11-30T08:00:00Z'],
    ['by the clocks of summer, after the change', '2026-03-27T18:00:00Z', '2026-03-30T07:00:00Z'],
  ])('is %s', (_, from, first) => {
    expect(formatInstant(firstWithin(office, parseInstant(from)))).toBe(first);
  });
});
