/** Names and texts of a configuration in statements, as the real server reads them. */

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { identifierSql, textSql } from '../../sql/table-types.ts';
import { useDatabase } from '../setup/world.ts';

const world = useDatabase('shared by all tests');

const hostile = [
  'plain',
  'With Capitals and spaces',
  'x"; drop table predictions; --',
  '"',
  '""',
  "it's",
  "'; select pg_sleep(10); --",
  'a.b',
  '$1',
  '$$',
  '/* */',
  '--',
  '\\',
  "\\'; --",
  'E\\x',
  'é',
  '名',
  '\u202e',
  '\n',
  'select',
];

async function asNameAndText(text: string): Promise<unknown> {
  const [row] = await world.database.query<Record<string, unknown>>(
    `with it (${identifierSql(text)}) as (select ${textSql(text)}::text) select to_jsonb(it)::text as row from it`,
  );
  return JSON.parse(row!['row'] as string);
}

it.each(hostile)('%j is one name and one text', async (text) => {
  expect(await asNameAndText(text)).toEqual({ [text]: text });
});

it('any text that Postgres can hold is one name and one text', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 15 })
        // No name is longer than 63 bytes, and none has a NUL.
        .filter((text) => Buffer.byteLength(text) <= 63 && !text.includes('\0') && text.isWellFormed()),
      async (text) => {
        expect(await asNameAndText(text)).toEqual({ [text]: text });
      },
    ),
    { numRuns: 200 },
  );
  expect(await world.database.query(`select to_regclass('predictions') is not null as there`)).toEqual([
    { there: true },
  ]);
});
