import { describe, expect, it } from 'vitest';

import { readRequest } from '../../cli/reprocess/request.ts';
import { resultLine } from '../../cli/reprocess/result-text.ts';
import type { ReprocessingCounts } from '../../workflows/reprocessing.ts';

const options = { model: 'bikes', from: '2011-05-01', to: '2011-05-08', step: '1d' };
const counts: ReprocessingCounts = {
  hours: 168,
  attached: 12,
  changed: 3,
  summarized: 15,
  windows: 9,
  restated: 4,
  unchanged: 5,
  estimated: 1,
  compared: 2,
};

describe('the request', () => {
  it('is a range of full days in UTC, the last one not included', () => {
    expect(readRequest(options)).toEqual({
      workflowId: 'reprocessing:bikes:2011-05-01T00:00:00Z:2011-05-08T00:00:00Z',
      input: {
        model: 'bikes',
        window: { start: '2011-05-01T00:00:00Z', end: '2011-05-08T00:00:00Z' },
        step: '1d',
      },
    });
  });

  it('takes instants as well', () => {
    const { input } = readRequest({ ...options, from: '2011-05-01T05:00:00+01:00' });
    expect(input.window.start).toBe('2011-05-01T04:00:00Z');
  });

  it.each([
    [
      { to: '2011-05-01' },
      '--from and --to: the range would end at 2011-05-01, not after its start 2011-05-01; --to is',
    ],
    [{ from: 'May' }, '--from: "May" is no day and no full UTC hour; write for example 2011-05-13 or'],
    [{ from: '2011-02-30' }, '--from: "2011-02-30" is no day and no'],
    [{ from: '2011-05-01T05:30:00Z' }, '--from: "2011-05-01T05:30:00Z" is no day and no full UTC hour'],
    [{ step: 'day' }, '--step: "day" is not one; write whole hours, days or weeks, for example 1d.'],
    [{ step: '0d' }, '--step: "0d" is not one'],
    [{ step: '90m' }, '--step: "90m" is not one'],
  ])('refuses %o', (part, message) => {
    expect(() => readRequest({ ...options, ...part })).toThrow(message);
  });
});

it('says in one line what was done', () => {
  expect(resultLine('bikes', { start: '2011-05-01T00:00:00Z', end: '2011-05-08T06:00:00Z' }, counts)).toBe(
    'bikes, 2011-05-01 to 2011-05-08T06:00:00Z: 168 hours looked at, 15 changed; 12 outcomes attached, 3 corrected; ' +
      '9 stored windows evaluated again: 4 evaluations restated, 5 unchanged; 1 estimate and 2 comparisons made anew',
  );
});

it('says why evaluations are restated though no outcome is new', () => {
  const line = (part: Partial<ReprocessingCounts>): string =>
    resultLine(
      'bikes',
      { start: '2011-05-01T00:00:00Z', end: '2011-05-08T00:00:00Z' },
      { ...counts, attached: 0, changed: 0, summarized: 0, ...part },
    );
  expect(line({})).toMatch(
    /4 evaluations restated, 5 unchanged; those restated were final when their actuals came/,
  );
  expect(line({ summarized: 1 })).not.toContain('those restated');
  expect(line({ restated: 0 })).not.toContain('those restated');
});
