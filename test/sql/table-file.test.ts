import { execFileSync } from 'node:child_process';
import { chmod, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openTableFile, type TableFile, type TableValue } from '../../sql/table-file.ts';
import { makeTables, type MadeTables } from './made-tables.ts';

let tables: MadeTables;
beforeAll(async () => {
  tables = await makeTables();
});
afterAll(() => tables.remove());

async function withTable<T>(path: string, work: (table: TableFile) => Promise<T>): Promise<T> {
  const table = await openTableFile(path);
  try {
    return await work(table);
  } finally {
    await table.close();
  }
}

async function rowsOf(table: TableFile, names = table.columns.map(({ name }) => name)) {
  const rows: TableValue[][] = [];
  for await (const chunk of table.readChunks(names)) {
    for (const row of (chunk[0] ?? []).keys()) rows.push(chunk.map((column) => column[row]!));
  }
  return rows;
}

const rowsOfCsv = async (name: string, content: string | Uint8Array) =>
  withTable(await tables.writeText(name, content), (table) => rowsOf(table));

describe('columns that are read as numbers', () => {
  it.each([
    ['[7, null, -3]::tinyint[]', [7, Number.NaN, -3]],
    ['[9007199254740993, 1]::ubigint[]', [Number('9007199254740993'), 1]],
    [
      '[170141183460469231731687303715884105727]::hugeint[]',
      [Number('170141183460469231731687303715884105727')],
    ],
    ['[0.1, null, 12345.67]::decimal(9, 2)[]', [0.1, Number.NaN, 12_345.67]],
    ['[1.5, null]::float[]', [1.5, Number.NaN]],
    [`['nan', 'inf', '-inf', '2.5', null]::double[]`, [Number.NaN, Infinity, -Infinity, 2.5, Number.NaN]],
    ['[true, null, false]', [1, Number.NaN, 0]],
  ])('%s is as Number() has it, with NaN where a value is missing', async (values, expected) => {
    const path = await tables.write('as-numbers.parquet', `select unnest(${values}) as x`);
    const found = await withTable(path, async (table) => {
      const chunks: unknown[] = [];
      for await (const [x] of table.readChunks(['x'], { asNumbers: new Set(['x']) })) chunks.push(x);
      return chunks;
    });
    expect(found).toEqual([Float64Array.from(expected)]);
  });

  it('come beside others, in the order asked for', async () => {
    const path = await tables.write('beside.parquet', `select 1.5 as x, 'a' as c, 2 as y`);
    await withTable(path, async (table) => {
      for await (const chunk of table.readChunks(['c', 'y', 'x'], { asNumbers: new Set(['x']) }))
        expect(chunk).toEqual([['a'], [2], Float64Array.of(1.5)]);
      await expect(async () => {
        for await (const _ of table.readChunks(['z'], { asNumbers: new Set(['z']) }));
      }).rejects.toMatchObject({ code: 'UNKNOWN_TABLE_COLUMN' });
    });
  });
});

describe('the kinds of columns', () => {
  it.each([
    ['1::tinyint', 'continuous'],
    ['1::ubigint', 'continuous'],
    ['1::hugeint', 'continuous'],
    ['1.5::float', 'continuous'],
    ['1.50::decimal(9, 2)', 'continuous'],
    ['true', 'categorical'],
    [`'rain'`, 'categorical'],
    [`'rain'::enum('clear', 'rain')`, 'categorical'],
    [`'8a0ef5ac-8d8f-4f0c-a3a2-4c3d3a5a2f6e'::uuid`, 'categorical'],
    [`date '2011-03-13'`, 'unsupported'],
    [`timestamptz '2011-03-13 00:00:00Z'`, 'unsupported'],
    [`time '12:00'`, 'unsupported'],
    ['[1, 2]', 'unsupported'],
    [`{ a: 1 }`, 'unsupported'],
    [`'\\x00'::blob`, 'unsupported'],
    [`interval 1 day`, 'unsupported'],
  ])('%s is %s', async (value, kind) => {
    const path = await tables.write('kinds.parquet', `select ${value} as x`);
    await withTable(path, async ({ columns }) => expect(columns).toMatchObject([{ name: 'x', kind }]));
  });

  it('says why a column is unsupported', async () => {
    const path = await tables.write('why.parquet', `select [1, 2] as path, date '2011-03-13' as day`);
    await withTable(path, async ({ columns }) =>
      expect(columns.map(({ reason }) => reason)).toEqual([
        'values of type INTEGER[] cannot be compared',
        'DATE is only compared when its kind is named',
      ]),
    );
  });
});

describe('numbers', () => {
  it('are read into buffers that are given', async () => {
    const path = await tables.write('buffered.parquet', 'select unnest([3, null, 1]::double[]) as x');
    await withTable(path, async (table) => {
      const buffer = new Float64Array(3);
      const [x] = await table.readNumbers(['x'], [buffer]);
      expect(x?.values).toEqual(Float64Array.of(3, 1));
      expect(x?.values.buffer).toBe(buffer.buffer);
    });
  });

  it('are usable values in the order of the rows, with what is missing and invalid counted beside them', async () => {
    const path = await tables.write(
      'numbers.parquet',
      `select unnest([3, null, 1, 'nan', 'infinity', '-infinity', 1e200, -0.0, null]::double[]) as x`,
    );
    await withTable(path, async (table) => {
      expect(table.rows).toBe(9);
      const [x] = await table.readNumbers(['x']);
      expect(x).toEqual({ values: Float64Array.of(3, 1, 0), missing: 2, invalid: 4 });
      expect(await table.readAlignedNumbers(['x'])).toEqual([
        Float64Array.of(3, NaN, 1, NaN, NaN, NaN, NaN, 0, NaN),
      ]);
    });
  });

  it('are read from every type that has them', async () => {
    const path = await tables.write(
      'types.parquet',
      `select 1.25::decimal(9, 2) as decimals, 170141183460469231731687303715884105727::hugeint as huge,
        true as yes, date '1970-01-02' as day, timestamp '1970-01-01 00:00:01.5' as instant, time '00:01' as time,
        '12.5' as text, '5'::enum('5', '6') as enums`,
    );
    await withTable(path, async (table) => {
      const columns = await table.readNumbers(table.columns.map(({ name }) => name));
      expect(columns.flatMap(({ values }) => [...values])).toEqual([
        1.25,
        2 ** 127,
        1,
        86_400,
        1.5,
        60,
        12.5,
        5,
      ]);
    });
  });

  it('of a text column are those that read as one; the rest is invalid', async () => {
    const path = await tables.writeText('mixed.csv', 'x\n1\n2\noops\nNA\n1e3\n');
    await withTable(path, async (table) =>
      expect(await table.readNumbers(['x'])).toEqual([
        { values: Float64Array.of(1, 2, 1000), missing: 1, invalid: 1 },
      ]),
    );
  });

  it('span chunks', async () => {
    const path = await tables.write(
      'long.parquet',
      'select i::integer as i, i % 2 = 0 as even from range(10000) t(i)',
    );
    await withTable(path, async (table) => {
      const [i, even] = await table.readNumbers(['i', 'even']);
      expect(i?.values).toEqual(Float64Array.from({ length: 10_000 }, (_, i) => i));
      expect(even?.values.reduce((sum, value) => sum + value, 0)).toBe(5_000);
      expect((await table.readAlignedNumbers(['i']))[0]?.at(-1)).toBe(9_999);
      expect((await rowsOf(table, ['i'])).length).toBe(10_000);
    });
  });
});

describe('levels', () => {
  const countsOf = async (expression: string, selection = { most: 1_000 } as const) => {
    const path = await tables.write('levels.parquet', `select unnest(${expression}) as x`);
    return withTable(path, (table) => table.countLevels('x', selection));
  };

  it('are counted, most frequent first', async () => {
    const { counts, ...rest } = await countsOf(`['b', 'a', 'b', null, 'c', 'c', 'b']`);
    expect([...counts]).toEqual([
      ['b', 3],
      ['c', 2],
      ['a', 1],
    ]);
    expect(rest).toEqual({ other: 0, missing: 1, invalid: 0 });
  });

  it('are listed up to a number, or by name; the values of others are counted together', async () => {
    const path = await tables.write(
      'many.parquet',
      `select 'user-' || (i % 3000) as x from range(10000) t(i)`,
    );
    await withTable(path, async (table) => {
      const { counts, other } = await table.countLevels('x', { most: 1_000 });
      expect(counts.size).toBe(1_000);
      expect(other).toBe(6_000);
      expect(await table.countLevels('x', { named: ['user-1', 'user-2999', 'nobody'] })).toMatchObject({
        counts: new Map([
          ['user-1', 4],
          ['user-2999', 3],
        ]),
        other: 9_993,
      });
    });
  });

  it('of numbers are written as JavaScript writes them, NaN and infinities are invalid', async () => {
    expect(await countsOf(`[0.1, 0.1, 2, -0e0, 0, 'nan'::float, 'infinity'::float, null]::float[]`)).toEqual({
      counts: new Map([
        ['0', 2],
        ['0.1', 2],
        ['2', 1],
      ]),
      other: 0,
      missing: 1,
      invalid: 2,
    });
    expect([...(await countsOf('[1.50, 20]::decimal(9, 2)[]')).counts.keys()].sort()).toEqual(['1.5', '20']);
    expect([...(await countsOf('[true, false, true]')).counts]).toEqual([
      ['true', 2],
      ['false', 1],
    ]);
  });

  it('of numbers are found by name', async () => {
    const path = await tables.write('named.parquet', 'select unnest([1, 1, 2]::double[]) as x');
    await withTable(path, async (table) =>
      expect(await table.countLevels('x', { named: ['1', 'high'] })).toEqual({
        counts: new Map([['1', 2]]),
        other: 1,
        missing: 0,
        invalid: 0,
      }),
    );
  });
});

describe('chunks', () => {
  it('carry plain values: numbers, texts, booleans, null, and instants in milliseconds', async () => {
    const path = await tables.write(
      'plain.parquet',
      `select 9007199254740991::bigint as id, 'rain' as weather, true as holiday, null::integer as gap,
        timestamp '1970-01-01 00:00:02' as at, 1.5::decimal(4, 1) as price`,
    );
    expect(await withTable(path, (table) => rowsOf(table))).toEqual([
      [9007199254740991, 'rain', true, null, 2_000, 1.5],
    ]);
  });
});

describe('a CSV file', () => {
  it.each([
    ['a byte order mark', '\uFEFFx,y\n1,a\n'],
    ['semicolons', 'x;y\n1;a\n'],
    ['tabs', 'x\ty\n1\ta\n'],
    ['bars', 'x|y\n1|a\n'],
    ['quoted names', '"x","y"\n1,a\n'],
    ['Windows line ends', 'x,y\r\n1,a\r\n'],
    ['an empty line', 'x,y\n\n1,a\n'],
  ])('may have %s', async (_, content) => {
    expect(await rowsOfCsv('dialect.csv', content)).toEqual([[1, 'a']]);
  });

  it('may have delimiters, quotes and line ends in quoted cells, and in quoted names', async () => {
    expect(await rowsOfCsv('quoted.csv', '"x;y\nz",a,b\n"1\n2","say ""hi""","c,d"\n')).toEqual([
      ['1\n2', 'say "hi"', 'c,d'],
    ]);
  });

  it('may have very long cells', async () => {
    const cell = 'z'.repeat(100_000);
    expect(await rowsOfCsv('long-cell.csv', `x,y\n1,${cell}\n`)).toEqual([[1, cell]]);
  });

  it('may have one column only', async () => {
    expect(await rowsOfCsv('one.csv', 'x\n1\n2\n')).toEqual([[1], [2]]);
  });

  it('takes empty cells, NA, N/A and null as missing', async () => {
    expect(await rowsOfCsv('missing.csv', 'x,y\n1,a\n,""\nNA,N/A\nnull,NULL\n')).toEqual([
      [1, 'a'],
      [null, null],
      [null, null],
      [null, null],
    ]);
  });

  it('keeps the words of what others take for booleans', async () => {
    const path = await tables.writeText('words.csv', 'late,paid\nyes,True\nno,False\n');
    await withTable(path, async (table) => {
      expect(table.columns.map(({ type }) => type)).toEqual(['VARCHAR', 'VARCHAR']);
      expect(await rowsOf(table)).toEqual([
        ['yes', 'True'],
        ['no', 'False'],
      ]);
    });
  });

  it('keeps leading zeros as text', async () => {
    expect(await rowsOfCsv('zip.csv', 'zip\n02134\n10001\n')).toEqual([['02134'], ['10001']]);
  });

  it('makes a column text when a word comes after 30,000 numbers', async () => {
    const lines = Array.from({ length: 30_001 }, (_, i) => (i === 30_000 ? 'oops' : String(i)));
    const path = await tables.writeText('late.csv', `x\n${lines.join('\n')}\n`);
    await withTable(path, async ({ columns }) =>
      expect(columns).toMatchObject([{ name: 'x', type: 'VARCHAR' }]),
    );
  });

  it('may have no rows', async () => {
    const path = await tables.writeText('header.csv', 'x,y\n');
    await withTable(path, async (table) => {
      expect(table.rows).toBe(0);
      expect(table.columns.map(({ name }) => name)).toEqual(['x', 'y']);
      expect(await table.readNumbers(['x'])).toEqual([
        { values: new Float64Array(), missing: 0, invalid: 0 },
      ]);
    });
  });

  it('may be gzipped', async () => {
    expect(await rowsOfCsv('gzipped.csv.gz', gzipSync('x,y\n1,a\n'))).toEqual([[1, 'a']]);
  });

  it('is gzipped or not by its content, not by its name', async () => {
    expect(await rowsOfCsv('misnamed.csv', gzipSync('x,y\n1,a\n'))).toEqual([[1, 'a']]);
    expect(await rowsOfCsv('misnamed.csv.gz', 'x,y\n1,a\n')).toEqual([[1, 'a']]);
  });

  it('may have decimal commas between semicolons', async () => {
    expect(await rowsOfCsv('commas.csv', 'x;y\n1,5;a,b\n-2;c\n')).toEqual([
      [1.5, 'a,b'],
      [-2, 'c'],
    ]);
    expect(await rowsOfCsv('points.csv', 'x;y\n1.5;1,2\n')).toEqual([[1.5, '1,2']]);
  });

  it('is rewritten as Parquet when it is large, and that is deleted with the table', async () => {
    const path = await tables.write(
      'large.csv',
      'select i, i * 1.5 as x, md5(i::varchar) as text from range(400000) t(i)',
    );
    const table = await openTableFile(path);
    const file = await table.parquetFile();
    expect(table.rows).toBe(400_000);
    expect((await readFile(file)).subarray(0, 4).toString()).toBe('PAR1');
    expect((await table.readNumbers(['x']))[0]?.values.at(-1)).toBe(399_999 * 1.5);
    await table.close();
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  it('is written as Parquet for other threads when it is asked for', async () => {
    const path = await tables.writeText('shared.csv', 'x,y\n1,a\n2,b\n');
    await withTable(path, async (table) => {
      expect(await withTable(await table.parquetFile(), (copy) => rowsOf(copy))).toEqual(await rowsOf(table));
    });
  });

  it('is not mistaken for a pattern', async () => {
    await tables.writeText('part1.csv', 'x\n1\n');
    expect(await rowsOfCsv('part[1].csv', 'x\n2\n')).toEqual([[2]]);
  });
});

describe('a name', () => {
  it('may be a pattern of files, read in alphabetical order, with their columns by name', async () => {
    for (const extension of ['csv', 'parquet']) {
      await tables.write(`many-2.${extension}`, `select 'b' as y, 2 as x`);
      await tables.write(`many-1.${extension}`, `select 1 as x, 'a' as y, 0.5 as z`);
      await withTable(join(tables.directory, `many-?.${extension}`), async (table) => {
        expect(table.rows).toBe(2);
        expect(await rowsOf(table, ['x', 'y', 'z'])).toEqual([
          [1, 'a', 0.5],
          [2, 'b', null],
        ]);
        // For other threads to open.
        expect(await withTable(await table.parquetFile(), (again) => rowsOf(again))).toEqual(
          await rowsOf(table),
        );
      });
    }
  });

  it('is of files of one format', async () => {
    await tables.writeText('mixed-1.csv', 'x\n1\n');
    const parquet = await tables.write('mixed-2.parquet', 'select 1 as x');
    const empty = await tables.writeText('mixed-3.csv', '');
    const error = withTable(join(tables.directory, 'mixed-[12].*'), (table) => rowsOf(table));
    await expect(error).rejects.toThrow(`mixed-1.csv is CSV, ${parquet} is Parquet`);
    const other = withTable(join(tables.directory, 'mixed-[13].*'), (table) => rowsOf(table));
    await expect(other).rejects.toThrow(`${empty} cannot be read as a table: it is empty`);
  });

  it('may be a pipe, which can be read only once', async () => {
    const pipe = join(tables.directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const content of [
      'x,y\n1,a\n',
      await readFile(await tables.write('piped.parquet', `select 1 as x, 'a' as y`)),
    ]) {
      const written = writeFile(pipe, content);
      const rows = await withTable(pipe, (table) => rowsOf(table));
      await written;
      expect(rows).toEqual([[1, 'a']]);
    }
  });

  it('that is a directory of a partition makes no column', async () => {
    const directory = join(tables.directory, 'month=1');
    execFileSync('mkdir', [directory]);
    await tables.write('month=1/part.parquet', 'select 1 as x');
    await withTable(join(directory, 'part.parquet'), (table) =>
      Promise.resolve(expect(table.columns).toMatchObject([{ name: 'x' }])),
    );
  });
});

describe('what is no table', () => {
  const messageOf = async (path: string) =>
    withTable(path, async () => 'it was read').catch((error: Error) =>
      error.message.replaceAll(path, 'FILE'),
    );
  const said = (reason: string) =>
    `FILE cannot be read as a table: ${reason}. Give a CSV or Parquet file with named columns.`;

  it.each([
    ['a row that is too long', 'x,y\n1,2\n3,4,5\n', 'line 3: expected 2 columns, found 3'],
    ['a row that is too short', 'x,y\n1,2\n3\n', 'line 3: expected 2 columns, found 1'],
    ['an open quote', 'x,y\n1,"a\n2,b\n', 'line 2: value with unterminated quote found'],
    ['nothing', '', 'it is empty'],
    ['empty lines', '\n\n', 'it is empty'],
    [
      'a profile',
      'tidewatch profile 1 8f3a0c11\n{"rows":0}\n',
      'it is a profile; give it to --profile, or two of them to `tidewatch profile compare`',
    ],
    ['JSON', '[{ "x": 1, "y": 2 }]\n', 'it is JSON, not CSV'],
    ['a line of JSON', '{"x":1,"y":2}\n', 'it is JSON, not CSV'],
    ['a page', '<!DOCTYPE html>\n<p>Not found, sorry</p>\n', 'it is HTML or XML, not CSV'],
    ['UTF-16', Buffer.from('\uFEFFx\n1\n', 'utf16le'), 'it is UTF-16 text, not UTF-8'],
    [
      'Latin-1',
      Buffer.from('x,y\n1,caf\xe9\n', 'latin1'),
      'line 2: invalid unicode (byte sequence mismatch) detected. This file is not utf-8 encoded',
    ],
  ])('is said of a CSV file with %s', async (_, content, reason) => {
    expect(await messageOf(await tables.writeText('bad.csv', content))).toBe(said(reason));
  });

  it('is said of a file that is not there, and of a directory', async () => {
    expect(await messageOf('nowhere.csv')).toBe(said('there is no such file'));
    expect(await messageOf('nowhere-*.csv')).toBe(said('there is no such file'));
    expect(await messageOf(tables.directory)).toBe(
      said('it is a directory; its files are for example FILE/*.parquet'),
    );
  });

  it.skipIf(process.getuid?.() === 0)('is said of a file that may not be read', async () => {
    const path = await tables.writeText('secret.csv', 'x\n1\n');
    await chmod(path, 0);
    expect(await messageOf(path)).toBe(said(`EACCES: permission denied, open 'FILE'`));
  });

  it('is said of a truncated Parquet file', async () => {
    const path = await tables.write('cut.parquet', 'select i from range(1000) t(i)');
    await truncate(path, 500);
    expect(await messageOf(path)).toBe(said('it is damaged or cut short (no magic bytes found at end)'));
  });

  it('is said of anything else with the name of a Parquet file', async () => {
    const path = await tables.writeText('renamed.parquet', 'x\n1\n');
    expect(await messageOf(path)).toBe(said('it does not begin as Parquet files do'));
  });

  it('is said of damaged gzip', async () => {
    const path = await tables.writeText('damaged.csv.gz', gzipSync('x\n1\n').subarray(0, 12));
    expect(await messageOf(path)).toBe(said('its compression is damaged (unexpected end of file)'));
  });

  it('names the columns that there are', async () => {
    const path = await tables.writeText('named.csv', 'x,y\n1,2\n');
    await withTable(path, (table) => table.readNumbers(['z'])).catch((error: Error) =>
      expect(error.message.replace(path, 'FILE')).toBe('FILE has no column "z". Its columns: x, y.'),
    );
    expect.hasAssertions();
  });
});
