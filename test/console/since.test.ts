import { expect, it } from 'vitest';

import { driftedSince, sinceInWords, type PastVerdict } from '../../console/since.ts';
import { instantText } from '../../console/instant-text.ts';

/** Daily windows from 13 May on. */
const past = (...levels: PastVerdict['level'][]): PastVerdict[] =>
  levels.map((level, i) => ({ windowEnd: `2011-05-${13 + i}T00:00:00Z`, level }));

it('counts the windows that drifted on end, up to the last one', () => {
  expect(driftedSince(past('critical', 'ok', 'warning', 'critical'))).toEqual({
    windowEnd: '2011-05-15T00:00:00Z',
    windows: 2,
    before: 'calm',
  });
});

it('is not broken by windows that could not be judged, nor begins with one', () => {
  expect(driftedSince(past('ok', 'insufficient-data', 'warning', 'insufficient-data', 'warning'))).toEqual({
    windowEnd: '2011-05-15T00:00:00Z',
    windows: 2,
    before: 'calm',
  });
});

it('does not know of a time before the first window', () => {
  expect(driftedSince(past('insufficient-data', 'warning'))).toMatchObject({ windows: 1, before: 'unknown' });
});

it('is nothing while the last window has not drifted', () => {
  expect(driftedSince([])).toBeUndefined();
  expect(driftedSince(past('critical', 'ok'))).toBeUndefined();
  expect(driftedSince(past('critical', 'insufficient-data'))).toBeUndefined();
});

it.each([
  [past('ok', 'warning'), 'new'],
  [past('ok', 'warning', 'warning'), 'since 2011-05-14'],
  [past('warning'), 'since 2011-05-13 or earlier'],
] as const)('is said in words', (windows, words) => {
  expect(sinceInWords(driftedSince(windows)!)).toBe(words);
});

it.each([
  ['2011-05-13T00:00:00Z', '2011-05-13'],
  ['2011-05-13T03:00:00Z', '2011-05-13 03:00'],
  ['2011-05-13T03:00:07Z', '2011-05-13 03:00:07'],
])('an instant %s is said as %s', (instant, text) => {
  expect(instantText(instant)).toBe(text);
});
