import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase } from '../../sql/database.ts';
import type { Queryable } from '../../sql/database.ts';
import { createTestDatabase } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  await test.database.execute('create table counted (n integer)');
});
afterAll(() => test.drop());

const count = async (connection: Queryable): Promise<number> =>
  (await connection.query<{ count: number }>('select count(*) as count from counted'))[0]!.count;
const insert = (connection: Queryable): Promise<number> =>
  connection.execute('insert into counted (n) values (1)');

describe('a transaction', () => {
  it('stores all or nothing', async () => {
    const before = await count(test.database);
    await expect(
      test.database.transaction(async (connection) => {
        await insert(connection);
        throw new Error('stopped');
      }),
    ).rejects.toThrow('stopped');
    expect(await count(test.database)).toBe(before);
    await test.database.transaction(insert);
    expect(await count(test.database)).toBe(before + 1);
  });
});

describe('a snapshot', () => {
  it('shows what was stored at its first query, whatever is committed meanwhile', async () => {
    await test.database.snapshot(async (connection) => {
      const before = await count(connection);
      await insert(test.database);
      expect(await count(connection)).toBe(before);
      expect(await count(test.database)).toBe(before + 1);
    });
  });

  it('cannot write', async () => {
    await expect(test.database.snapshot(insert)).rejects.toThrow('read-only transaction');
  });
});

describe.each([{}, { pipelined: true } as const])(
  'statements that are asked for side by side: %o',
  (options) => {
    it('are each answered with their own rows, within one snapshot', async () => {
      const database = openDatabase({ url: test.url, ...options });
      const answers = await database.snapshot((connection) =>
        Promise.all([1, 2, 3].map((n) => connection.query(`select $1::int as n`, [n]))),
      );
      expect(answers).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
      await database.close();
    });

    it('fail with the first that does, and leave a connection that can be used', async () => {
      const database = openDatabase({ url: test.url, poolSize: 1, ...options });
      const failing = database.snapshot((connection) =>
        Promise.all(['select 1', 'select 1 / 0', 'select 2'].map((text) => connection.query(text))),
      );
      await expect(failing).rejects.toThrow('division by zero');
      expect(await database.query('select 3 as n')).toEqual([{ n: 3 }]);
      await database.close();
    });

    it('may follow one that has failed where that was expected', async () => {
      const database = openDatabase({ url: test.url, poolSize: 1, ...options });
      await database.withClient(async () => {});
      await expect(database.query('select 1 / 0')).rejects.toThrow('division by zero');
      expect(await Promise.all([1, 2].map((n) => database.query('select $1::int as n', [n])))).toEqual([
        [{ n: 1 }],
        [{ n: 2 }],
      ]);
      await database.close();
    });
  },
);

it('says what to write where the server wants a password and the URL has none', async () => {
  const url = new URL(test.url);
  url.password = '';
  const database = openDatabase({ url: url.href });
  await expect(database.query('select 1')).rejects.toMatchObject({
    code: 'POSTGRES_PASSWORD_MISSING',
    message: expect.stringContaining(`Write postgres://<user>:<password>@${url.host}${url.pathname}.`),
  });
  await database.close();
});
