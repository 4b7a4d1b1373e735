import { describe, expect, it } from 'vitest';

import { readVectors, type VectorType } from '../../sql/binary-rows.ts';
import { useDatabase } from '../setup/world.ts';

const world = useDatabase('shared by all tests');

const read = (query: string, types: readonly VectorType[]): Promise<unknown[][]> =>
  world.database.withClient(async (client) => {
    const found: unknown[][] = [];
    await readVectors({ client }, query, types, ({ rows, columns }) => {
      for (let row = 0; row < rows; row += 1) found.push(columns.map((column) => column[row]));
    });
    return found;
  });

describe('readVectors', () => {
  it('reads each type, and what is missing', async () => {
    expect(
      await read(
        `values (0.1::float8, timestamptz '1999-12-31T23:59:59.9999Z', true, 'é'), ('-Infinity', '2026-03-01T00:00:00.0019Z', false, ''),
           (null, null, null, null)`,
        ['number', 'instant', 'truth', 'text'],
      ),
    ).toEqual([
      [0.1, Date.parse('1999-12-31T23:59:59.999Z'), true, 'é'],
      [-Infinity, Date.parse('2026-03-01T00:00:00.001Z'), false, ''],
      [Number.NaN, Number.NaN, null, null],
    ]);
  });

  it('reads rows wherever the pieces of the answer end', async () => {
    const rows = await read(
      `select i::float8, repeat('x', i % 700) || i from generate_series(1, 20000) as i`,
      ['number', 'text'],
    );
    expect(rows).toHaveLength(20_000);
    expect(rows.every(([i, text]) => text === 'x'.repeat(Number(i) % 700) + String(i))).toBe(true);
  });

  it('gives nothing of no rows', async () => {
    expect(await read('select 1::float8 where false', ['number'])).toEqual([]);
  });

  it('leaves the connection as it was when who takes the rows fails', async () => {
    await world.database.withClient(async (client) => {
      const failing = readVectors(
        { client },
        'select i::float8 from generate_series(1, 50000) as i',
        ['number'],
        () => {
          throw new Error('no more');
        },
      );
      await expect(failing).rejects.toThrow('no more');
      expect((await client.query('select 7 as seven')).rows).toEqual([{ seven: 7 }]);
    });
  });

  it('ends a query without end when who takes the rows fails', async () => {
    const { database } = world;
    await database.withClient(async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const failing = readVectors(
        { client },
        'with recursive rows (i) as (select 1::float8 union all select i + 1 from rows) select i from rows',
        ['number'],
        () => {
          throw new Error('no more');
        },
        () => database.query('select pg_cancel_backend($1)', [rows[0]!.pid]),
      );
      await expect(failing).rejects.toThrow('no more');
      expect((await client.query('select 7 as seven')).rows).toEqual([{ seven: 7 }]);
    });
  });

  it('takes the connection of a transaction, or one of a pool', async () => {
    const { database } = world;
    const counted: number[] = [];
    const count = ({ rows }: { readonly rows: number }): void => void counted.push(rows);
    await database.transaction((connection) =>
      readVectors(connection, 'select 1::float8', ['number'], count),
    );
    await readVectors(database, 'values (1::float8), (2)', ['number'], count);
    expect(counted).toEqual([1, 2]);
    await expect(readVectors({}, 'select 1::float8', ['number'], count)).rejects.toThrow('pool');
  });
});
