import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { copyLine, copyNewRows, mergeRows } from '../../sql/copy.ts';
import { createTestDatabase, type TestDatabase } from '../setup/servers.ts';

let test: TestDatabase;
beforeEach(async () => {
  test = await createTestDatabase('empty');
  await test.database.execute(
    'create table notes (key text primary key, note text); create table done (key text)',
  );
});
afterEach(() => test.drop());

const written = (rows: readonly (readonly [string, string | null])[]) => ({
  table: 'notes',
  columns: { key: 'text', note: 'text' },
  rows: rows.map(([key, note]) => copyLine(key, [note])),
  statements: [{ text: 'insert into done values ($1)', values: ['x'] }],
});
const copy = (rows: readonly (readonly [string, string | null])[]): Promise<boolean> =>
  copyNewRows(test.database, written(rows));
const merge = (rows: readonly (readonly [string, string | null])[]): Promise<number> =>
  mergeRows(test.database, {
    ...written(rows),
    merge: `
      insert into notes select distinct on (key) key, note from staged_notes order by key, row_number desc
      on conflict (key) do update set note = excluded.note where notes.note is distinct from excluded.note`,
  });
const notes = async (): Promise<unknown[][]> =>
  (await test.database.query('select key, note from notes order by key')).map((row) => Object.values(row));
const done = async (): Promise<number> => (await test.database.query('select from done')).length;

describe('copyNewRows', () => {
  it('stores rows with whatever is in their texts, and runs the statements', async () => {
    const odd = 'tab\t, line\r\n, \\N, \\., quote ", emoji \u{1F6B2}';
    expect(
      await copy([
        ['a', odd],
        ['b\\', null],
        ['c', ''],
      ]),
    ).toBe(true);
    expect(await notes()).toEqual([
      ['a', odd],
      ['b\\', null],
      ['c', ''],
    ]);
    expect(await done()).toBe(1);
  });

  it.each([
    [
      'is there already',
      [
        ['b', '2'],
        ['a', '3'],
      ],
    ],
    [
      'comes twice',
      [
        ['b', '2'],
        ['b', '3'],
      ],
    ],
  ] as const)('says so where a key %s, and changes nothing', async (_, rows) => {
    await copy([['a', '1']]);
    expect(await copy(rows)).toBe(false);
    expect(await notes()).toEqual([['a', '1']]);
    expect(await done()).toBe(1);
  });

  it('gives way where another transaction writes the same rows in another order', async () => {
    await test.database.execute(`
      create function give_way() returns trigger language plpgsql as $$ begin
        raise 'deadlock detected' using errcode = 'deadlock_detected'; end $$;
      create trigger give_way before insert on notes for each row execute function give_way()`);
    expect(await copy([['a', '1']])).toBe(false);
  });

  it('throws what is no matter of keys, and leaves a connection that works', async () => {
    await expect(copyNewRows(test.database, { ...written([['a', '1']]), table: 'nothing' })).rejects.toThrow(
      'relation "nothing" does not exist',
    );
    await expect(
      copyNewRows(test.database, {
        ...written([['a', '1']]),
        statements: [{ text: 'select 1 / 0', values: [] }],
      }),
    ).rejects.toThrow('division by zero');
    expect(await notes()).toEqual([]);
    expect(await copy([['a', '1']])).toBe(true);
  });
});

describe('mergeRows', () => {
  it('keeps the last row of a key, and tells how many rows it wrote', async () => {
    await copy([
      ['a', '1'],
      ['b', '1'],
    ]);
    expect(
      await merge([
        ['a', '1'],
        ['b', '2'],
        ['c', '1'],
        ['b', '3'],
      ]),
    ).toBe(2);
    expect(await merge([['c', '1']])).toBe(0);
    expect(await notes()).toEqual([
      ['a', '1'],
      ['b', '3'],
      ['c', '1'],
    ]);
    expect(await done()).toBe(3);
  });

  it('stores nothing where a statement fails', async () => {
    await test.database.execute('drop table done');
    await expect(merge([['a', '1']])).rejects.toThrow('relation "done" does not exist');
    expect(await notes()).toEqual([]);
  });
});
