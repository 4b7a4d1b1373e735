import { expect, it } from 'vitest';

import { hourCounter } from '../../../activities/sources/hour-counter.ts';

const columns = [
  { what: 'entity', column: 'who', use: 'key' },
  { what: 'event_time', column: 'at', use: 'instant' },
] as const;
const hour = Date.parse('2026-03-01T09:00:00Z');
const rows = (count: number, at: number): unknown[][] =>
  Array.from({ length: count }, (_, i) => [`${i}`, at + i]);

it('says which hour has more rows than can be watched, however they are spread over batches', () => {
  const count = hourCounter(columns, 1_000);
  count(rows(600, hour));
  count(rows(900, hour + 3_600_000));
  count(rows(400, hour));
  expect(() => count(rows(1, hour))).toThrow(
    'the hour from 2026-03-01T09:00:00Z has more than 1,000 rows; name a view that gives a sample of them, or each of them once where a join repeats it',
  );
});

it('gives the hours of which another tenth of what can be watched was read', () => {
  const count = hourCounter(columns, 1_000);
  expect(count(rows(99, hour))).toEqual(new Set());
  expect(count(rows(1, hour))).toEqual(new Set([hour]));
  expect(count(rows(50, hour))).toEqual(new Set());
  expect(count([...rows(250, hour), ...rows(100, hour + 3_600_000)])).toEqual(
    new Set([hour, hour + 3_600_000]),
  );
});

it('counts no row without a time: it is rejected elsewhere', () => {
  const count = hourCounter(columns, 2);
  expect(() =>
    count([
      ['a', null],
      ['b', null],
      ['c', undefined],
      ['d', Number.POSITIVE_INFINITY],
    ]),
  ).not.toThrow();
});
