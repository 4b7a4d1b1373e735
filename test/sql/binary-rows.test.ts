import { describe, expect, it } from 'vitest';

import { readVectors, type VectorType } from '../../sql/binary-rows.ts';
import { useDatabase } from '../setup/world.ts';

const world = useDatabase('shared by all tests');

const read = (query: string, types: readonly VectorType[]): Promise<unknown[][]> =>
  world.database.withClient(async (client) => {
    const found: unknown[][] = [];
    await readVectors(client, query, types, ({ rows, columns }) => {
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
        client,
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
});
