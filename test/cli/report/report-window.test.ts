import { describe, expect, it } from 'vitest';

import { reportWindow } from '../../../cli/report/report-window.ts';
import { formatWindow, parseInstant } from '../../../core/window.ts';

const known = {
  now: parseInstant('2011-05-20T03:15:00Z'),
  newestHour: parseInstant('2011-05-20T02:00:00Z'),
  length: '7d',
};
const asked = (options: Parameters<typeof reportWindow>[0], times: Partial<typeof known> = {}) =>
  formatWindow(reportWindow(options, { ...known, ...times }));

describe('reportWindow', () => {
  it('is the days of the monitor up to the last midnight', () => {
    expect(asked({})).toEqual({ start: '2011-05-13T00:00:00Z', end: '2011-05-20T00:00:00Z' });
    expect(asked({}, { length: '1d' })).toMatchObject({ start: '2011-05-19T00:00:00Z' });
  });

  it('ends with the newest predictions where these are older', () => {
    const newestHour = parseInstant('2011-05-10T22:00:00Z');
    expect(asked({}, { newestHour })).toEqual({ start: '2011-05-04T00:00:00Z', end: '2011-05-11T00:00:00Z' });
  });

  it('takes days and hours', () => {
    expect(asked({ from: '2011-05-01', to: '2011-05-02T06:00:00Z' })).toEqual({
      start: '2011-05-01T00:00:00Z',
      end: '2011-05-02T06:00:00Z',
    });
    expect(asked({ to: '2011-05-08' })).toEqual({
      start: '2011-05-01T00:00:00Z',
      end: '2011-05-08T00:00:00Z',
    });
  });

  it.each([
    [{ from: 'yesterday' }, 'INVALID_OPTION', /--from: "yesterday" is no day and no full UTC hour; write/],
    [{ to: '2011-02-30' }, 'INVALID_OPTION', /--to: "2011-02-30" is no day/],
    [
      { from: '2011-05-20', to: '2011-05-13' },
      'INVALID_OPTION',
      /^--from and --to: the range would end at 2011-05-13, not after its start 2011-05-20;/,
    ],
    [{ from: '2012-01-01' }, 'INVALID_OPTION', /end at 2011-05-20, not after its start 2012-01-01/],
    [{ from: '2011-05-13T00:30:00Z' }, 'INVALID_OPTION', /--from: "2011-05-13T00:30:00Z" is no day and no/],
  ])('refuses %j and says what to write', (options, code, message) => {
    expect(() => asked(options)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
