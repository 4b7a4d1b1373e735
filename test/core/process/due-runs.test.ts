import { expect, it } from 'vitest';

import { dueRuns } from '../../../core/process/due-runs.ts';
import { formatInstant, parseInstant } from '../../../core/window.ts';

const due = (cron: string, after: string, upTo: string, timeZone = 'UTC', most = 100) =>
  dueRuns({ cron, timeZone }, { after: parseInstant(after), upTo: parseInstant(upTo), most }).map(
    formatInstant,
  );

it('counts the end of the time asked for, and not its beginning', () => {
  expect(due('0 3 * * *', '2026-11-26T03:00:00Z', '2026-11-28T03:00:00Z')).toEqual([
    '2026-11-27T03:00:00Z',
    '2026-11-28T03:00:00Z',
  ]);
  expect(due('0 3 * * *', '2026-11-28T03:00:00Z', '2026-11-28T03:00:00Z')).toEqual([]);
});

it('gives the first ones only, where there are many', () => {
  expect(due('5 * * * *', '2026-11-26T03:00:00Z', '2027-11-28T03:00:00Z', 'UTC', 2)).toEqual([
    '2026-11-26T03:05:00Z',
    '2026-11-26T04:05:00Z',
  ]);
});

it('asks for the day of the month and the day of the week, as Temporal does', () => {
  expect(due('0 0 1 * mon', '2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z')).toEqual([
    '2026-06-01T00:00:00Z',
  ]);
});

it('goes by the clocks of its time zone, once a day when they change', () => {
  const days = (from: string, to: string) => due('30 1 * * *', from, to, 'Europe/Lisbon');
  // On 29 March 01:00 is followed by 02:00, on 25 October 01:59 by 01:00.
  expect(days('2026-03-28T00:00:00Z', '2026-03-30T12:00:00Z')).toEqual([
    '2026-03-28T01:30:00Z',
    '2026-03-29T01:00:00Z',
    '2026-03-30T00:30:00Z',
  ]);
  expect(days('2026-10-24T00:00:00Z', '2026-10-26T12:00:00Z')).toEqual([
    '2026-10-24T00:30:00Z',
    '2026-10-25T00:30:00Z',
    '2026-10-26T01:30:00Z',
  ]);
});

it('gives none for a day that never comes', () => {
  expect(due('0 0 31 2 *', '2026-01-01T00:00:00Z', '2030-01-01T00:00:00Z')).toEqual([]);
});
