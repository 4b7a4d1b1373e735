import { describe, expect, it } from 'vitest';

import { deadProcess, timesText } from '../../../core/process/dead-man.ts';
import { parseInstant } from '../../../core/window.ts';

const daily = { id: 'drift-detection', cron: '0 3 * * *', timeZone: 'UTC' } as const;
const hourly = { id: 'actuals-backfill', cron: '5 * * * *', timeZone: 'UTC' } as const;
/** A Monday. */
const succeededAt = parseInstant('2026-11-23T03:01:00Z');
const longAgo = parseInstant('2026-01-01T00:00:00Z');

const dead = (
  process: Parameters<typeof deadProcess>[0]['process'],
  now: string,
  life: { succeededAt?: number | null; watchedSince?: number } = {},
  missedRuns = 2,
) => deadProcess({ process, succeededAt, watchedSince: longAgo, ...life }, { missedRuns }, parseInstant(now));

describe('a daily process that succeeded on Monday', () => {
  it('is alive until two runs have had an hour each', () => {
    expect(dead(daily, '2026-11-24T12:00:00Z')).toBeNull();
    expect(dead(daily, '2026-11-25T03:59:59Z')).toBeNull();
    expect(dead(daily, '2026-11-25T04:00:00Z')).toEqual({
      missed: 2,
      since: parseInstant('2026-11-25T04:00:00Z'),
      summary: '2 of its runs missed, the last success was 2026-11-23 03:01 UTC; it runs daily at 03:00 UTC',
    });
  });

  it('says the same until it misses another run', () => {
    expect(dead(daily, '2026-11-26T03:59:00Z')).toEqual(dead(daily, '2026-11-25T04:00:00Z'));
    expect(dead(daily, '2026-11-26T04:00:00Z')).toMatchObject({
      missed: 3,
      since: parseInstant('2026-11-26T04:00:00Z'),
    });
  });

  it('is given as many runs as the monitor says', () => {
    expect(dead(daily, '2026-11-24T04:00:00Z', {}, 1)).toMatchObject({ missed: 1 });
    expect(dead(daily, '2026-11-25T04:00:00Z', {}, 3)).toBeNull();
  });

  it('is given its next runs where its times are new', () => {
    const watchedSince = parseInstant('2026-11-24T10:00:00Z');
    expect(dead(daily, '2026-11-25T12:00:00Z', { watchedSince })).toBeNull();
    expect(dead(daily, '2026-11-26T12:00:00Z', { watchedSince })?.summary).toContain(
      '2 of its runs missed, the last success was 2026-11-23 03:01 UTC;',
    );
  });
});

it('an hourly process is dead after two hours and the one that the second run has', () => {
  expect(dead(hourly, '2026-11-23T05:04:00Z')).toBeNull();
  expect(dead(hourly, '2026-11-23T05:05:00Z')).toMatchObject({ missed: 2 });
});

it('a process of working days may rest on the others', () => {
  const weekdays = { ...daily, cron: '0 3 * * mon-fri' };
  const friday = { succeededAt: parseInstant('2026-11-27T03:01:00Z') };
  expect(dead(weekdays, '2026-11-30T12:00:00Z', friday)).toBeNull();
  expect(dead(weekdays, '2026-12-01T12:00:00Z', friday)).toMatchObject({ missed: 2 });
});

it('a process that has never run is not dead for as long as it could not have', () => {
  const watchedSince = parseInstant('2026-11-23T02:00:00Z');
  const never = { succeededAt: null, watchedSince };
  expect(dead(daily, '2026-11-23T03:10:00Z', never)).toBeNull();
  expect(dead(daily, '2026-11-24T04:00:00Z', never)?.summary).toBe(
    '2 of its runs missed, none has succeeded since it was first watched, 2026-11-23 02:00 UTC; it runs daily at 03:00 UTC',
  );
});

it('a process that is dead for long misses at least 100 runs', () => {
  expect(dead(hourly, '2026-12-23T05:05:00Z')?.summary).toContain('at least 100 of its runs missed');
});

it('a process whose day never comes is not dead', () => {
  expect(dead({ ...daily, cron: '0 3 31 2 *' }, '2036-11-23T00:00:00Z')).toBeNull();
});

it.each([
  ['5 * * * *', 'hourly at minute 5'],
  ['5 7 * * *', 'daily at 07:05 Europe/Lisbon'],
  ['0 4 * * 7', 'on Sundays at 04:00 Europe/Lisbon'],
  ['0 4 1 * *', 'at "0 4 1 * *" Europe/Lisbon'],
  ['*/5 * * * *', 'at "*/5 * * * *" Europe/Lisbon'],
])('%s runs %s', (cron, text) => {
  expect(timesText({ cron, timeZone: 'Europe/Lisbon' })).toBe(text);
});
