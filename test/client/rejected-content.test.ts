import { expect, it } from 'vitest';

import { readableContent } from '../../client/rejected-content.ts';

it('writes what JSON cannot hold as text', () => {
  const given = {
    nan: Number.NaN,
    infinite: -Infinity,
    missing: undefined,
    big: 12n,
    call: () => 1,
    date: new Date('2011-05-20T08:00:00Z'),
    never: new Date('never'),
  };
  expect(readableContent(given)).toEqual({
    nan: 'NaN',
    infinite: '-Infinity',
    missing: 'undefined',
    big: '12n',
    call: 'function',
    date: '2011-05-20T08:00:00.000Z',
    never: 'Invalid Date',
  });
});

it('keeps what JSON can hold', () => {
  const given = { text: 'a', number: 1.5, no: false, none: null, list: [1, 'b', { deep: true }], empty: {} };
  expect(readableContent(given)).toEqual(given);
});

it('replaces characters that Postgres cannot store, in values and in names', () => {
  expect(readableContent({ 'a\0': 'b\0', half: '\uD800!' })).toEqual({
    'a\uFFFD': 'b\uFFFD',
    half: '\uFFFD!',
  });
});

it('ends in a row that contains itself', () => {
  const row: Record<string, unknown> = { entity: 'a' };
  row.self = row;
  expect(JSON.stringify(readableContent(row))).toContain('"..."');
});

it.each([
  [undefined, 'undefined'],
  [null, null],
  ['text', 'text'],
  [[Number.NaN], ['NaN']],
])('takes a row that is no object: %o', (given, expected) => {
  expect(readableContent(given)).toEqual(expected);
});
