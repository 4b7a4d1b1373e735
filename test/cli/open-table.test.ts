import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { openTable } from '../../cli/open-table.ts';
import { writeTableProfile } from '../../cli/profile/write-profile.ts';
import { createTestDatabase, type TestDatabase } from '../setup/servers.ts';
import { makeTables, type MadeTables } from '../sql/made-tables.ts';
import { columnOf, compareToJson } from './comparing.ts';

let test: TestDatabase;
let tables: MadeTables;
beforeAll(async () => {
  test = await createTestDatabase('empty');
  tables = await makeTables();
  await test.database.execute(`
    create table weather as
    select i as day, i * 0.01::numeric as hum, (i * 0.5)::real as temp, i % 2 = 0 as rain, 'w' || i % 3 as sky,
      date '2011-01-01' + i as date, timestamptz '2011-01-01 00:00:00+00' + i * interval '1 hour' as at
    from generate_series(1, 90) i`);
});
afterAll(async () => {
  await tables.remove();
  await test.drop();
});
beforeEach(() => {
  vi.stubEnv('DATABASE_URL', test.url);
  return () => vi.unstubAllEnvs();
});

async function rowsOf(name: string) {
  const table = await openTable(name);
  try {
    const rows: unknown[] = [];
    const names = table.columns.map(({ name }) => name);
    for await (const chunk of table.readChunks(names))
      for (const row of chunk[0]!.keys()) rows.push(chunk.map((column) => column[row]));
    return { columns: table.columns.map(({ name, type }) => [name, type]), rows };
  } finally {
    await table.close();
  }
}

describe('a table of Postgres', () => {
  it('is read with its own types', async () => {
    const { columns, rows } = await rowsOf('postgres:weather');
    expect(columns).toEqual([
      ['day', 'BIGINT'],
      ['hum', 'DOUBLE'],
      ['temp', 'DOUBLE'],
      ['rain', 'BOOLEAN'],
      ['sky', 'VARCHAR'],
      ['date', 'DATE'],
      ['at', 'TIMESTAMP WITH TIME ZONE'],
    ]);
    expect(rows).toHaveLength(90);
    const day = Date.UTC(2011, 0, 2);
    expect(rows[0]).toEqual([1, 0.01, 0.5, false, 'w1', day, day - 23 * 3_600_000]);
  });

  it('may be a query, whose empty texts are values and whose nulls are not', async () => {
    const { rows } = await rowsOf(
      `postgres:select * from (values ('', 'NA'), (null, 'a "b", c'), (E'x\\ny', 'null')) as t (a, b)`,
    );
    expect(rows).toEqual([
      ['', 'NA'],
      [null, 'a "b", c'],
      ['x\ny', 'null'],
    ]);
    expect(await rowsOf('postgres:select 1 as x where false')).toEqual({
      columns: [['x', 'BIGINT']],
      rows: [],
    });
    expect((await rowsOf(`postgres:select 'nan'::float8 as x, '-infinity'::numeric as y`)).rows).toEqual([
      [NaN, -Infinity],
    ]);
  });

  it('is compared as a file is', async () => {
    const reference = await tables.write(
      'weather.csv',
      `select i as day, i * 0.01 as hum from range(1, 91) t(i)`,
    );
    const report = await compareToJson({ reference, current: 'postgres:weather', columns: ['day', 'hum'] });
    expect(report.current).toEqual({ file: 'postgres:weather', rows: 90 });
    for (const name of ['day', 'hum'])
      expect(columnOf(report, name).statistics['ks']).toMatchObject({ statistic: 0 });
  });

  it('is profiled as a file is', async () => {
    const output = join(tables.directory, 'weather.profile');
    const wishes = { categorical: [], continuous: [] };
    const { content, leftOut } = await writeTableProfile(
      { table: 'postgres:weather', output, wishes },
      () => {},
    );
    expect(content).toMatchObject({ sources: ['postgres:weather'], rows: 90 });
    expect(content.columns.map(({ name }) => name)).toEqual(['day', 'hum', 'temp', 'rain', 'sky']);
    expect(leftOut.map(({ name }) => name)).toEqual(['date', 'at']);
  });

  it('is not changed, and leaves no file behind', async () => {
    vi.stubEnv('TMPDIR', tables.directory);
    const before = await readdir(tables.directory);
    await expect(
      rowsOf('postgres:with gone as (delete from weather returning 1) select * from gone'),
    ).rejects.toThrow(/cannot be read as a table/);
    await rowsOf('postgres:weather');
    expect((await rowsOf('postgres:select count(*) as n from weather')).rows).toEqual([[90]]);
    expect(await readdir(tables.directory)).toEqual(before);
  });

  it('that is not there, or a database that is not known, is said', async () => {
    await expect(openTable('postgres:wether')).rejects.toThrow(
      'postgres:wether cannot be read as a table: relation "wether" does not exist',
    );
    vi.stubEnv('DATABASE_URL', '');
    await expect(openTable('postgres:weather')).rejects.toThrow('DATABASE_URL: is missing');
    vi.stubEnv('DATABASE_URL', 'postgres://nobody@127.0.0.1:1/none');
    await expect(openTable('postgres:weather')).rejects.toMatchObject({ code: 'POSTGRES_UNREACHABLE' });
  });
});
