import { describe, expect, it } from 'vitest';

import { formatInstant, instantOfLocal, parseInstant } from '../../core/window.ts';

describe('instantOfLocal', () => {
  it.each([
    [
      'an hour that the clocks repeat: the first',
      '2026-10-25T02:30:00Z',
      'Europe/Berlin',
      '2026-10-25T00:30:00Z',
    ],
    [
      'an hour that they skip: as if not changed',
      '2026-03-29T02:30:00Z',
      'Europe/Berlin',
      '2026-03-29T01:30:00Z',
    ],
    ['the hour after it', '2026-03-29T03:30:00Z', 'Europe/Berlin', '2026-03-29T01:30:00Z'],
    ['a change of half an hour', '2026-04-05T01:45:00Z', 'Australia/Lord_Howe', '2026-04-04T14:45:00Z'],
    ['before 1970', '1965-07-01T00:00:00Z', 'America/New_York', '1965-07-01T04:00:00Z'],
    ['UTC', '2026-07-01T08:00:00Z', 'UTC', '2026-07-01T08:00:00Z'],
  ])('%s', (_, shown, zone, expected) => {
    expect(formatInstant(instantOfLocal(parseInstant(shown), zone))).toBe(expected);
  });
});
