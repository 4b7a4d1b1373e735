/** What is told of statements, on a real Postgres. */

import { pipeline } from 'node:stream/promises';

import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openDatabase, type Database } from '../../sql/database.ts';
import { useDatabase } from '../setup/world.ts';

const test = useDatabase('shared by all tests');
let database: Database;
const told: { readonly text: string; end?: 'ended' | { readonly failed: string | undefined } }[] = [];

beforeAll(() => {
  database = openDatabase({
    url: test.url,
    poolSize: 2,
    observe: (text) => {
      if (text.includes('not worth it')) return undefined;
      const statement: (typeof told)[number] = { text };
      told.push(statement);
      return (error) => {
        statement.end = error === undefined ? 'ended' : { failed: (error as { code?: string }).code };
      };
    },
  });
});
beforeEach(() => void told.splice(0));
afterAll(() => database.close());

describe('of each statement is told', () => {
  it('its text, when it is sent, and that it has ended', async () => {
    expect(await database.query('select $1::int as n', [7])).toEqual([{ n: 7 }]);
    expect(told).toEqual([{ text: 'select $1::int as n', end: 'ended' }]);
  });

  it('also in a transaction, and of the transaction', async () => {
    await database.transaction((connection) => connection.execute('create temporary table t (n int)'));
    expect(told.map(({ text }) => text)).toEqual(['begin', 'create temporary table t (n int)', 'commit']);
  });

  it('how it failed, and who sent it gets the same error', async () => {
    await expect(database.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
    expect(told).toEqual([{ text: 'select 1 / 0', end: { failed: '22012' } }]);
  });

  it('the end of a COPY, which is a stream', async () => {
    await database.withClient(async (client) => {
      await client.query('create temporary table copied (n int)');
      await pipeline([`1\n2\n`], client.query(copyFrom('copy copied from stdin')));
      expect((await client.query('select count(*) as n from copied')).rows).toEqual([{ n: 2 }]);
    });
    expect(told[1]).toEqual({ text: 'copy copied from stdin', end: 'ended' });
  });

  it('the failure of a COPY', async () => {
    const failing = database.withClient(async (client) => {
      await client.query('create temporary table copied_badly (n int)');
      await pipeline(['no number\n'], client.query(copyFrom('copy copied_badly from stdin')));
    });
    await expect(failing).rejects.toMatchObject({ code: '22P02' });
    expect(told[1]).toEqual({ text: 'copy copied_badly from stdin', end: { failed: '22P02' } });
  });

  it('nothing where that is not wanted', async () => {
    await database.query('select 1 /* not worth it */');
    expect(told).toEqual([]);
  });
});
