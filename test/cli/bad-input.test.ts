/** Tables that nobody wants, CSV and Parquet: each column gets a number or a reason, or the file one clear error. */

import { truncate } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ComparisonReport } from '../../cli/compare/report.ts';
import { formats } from '../../cli/compare/request.ts';
import { makeTables, type MadeTables } from '../sql/made-tables.ts';
import { columnOf, compare, compareToJson } from './comparing.ts';

let tables: MadeTables;
beforeAll(async () => {
  tables = await makeTables();
});
afterAll(() => tables.remove());

const rows = 'from range(500) t(i)';
const good = `select i % 100 as x, 'w' || (i % 5) as y, i * 0.5 as z ${rows}`;

/** Nothing may be without a word, and JSON has no NaN, which would be null. */
function requireWhole(report: ComparisonReport): void {
  for (const column of report.columns) {
    expect(column.reason, column.column).not.toBe('');
    expect(JSON.stringify(column)).not.toContain('null');
  }
  expect(report.dataset.reason).not.toBe('');
}

/** What is said of column `x` when the good table comes first, and when it comes second. */
const poorColumns: Readonly<Record<string, readonly [string, string | RegExp, string | RegExp]>> = {
  constant: ['7', /^Wasserstein 1\.49 sd /, /^KS 0\.92 /],
  'all missing': ['null::integer', 'the current window has no value', 'the reference has no value'],
  'not finite': [
    `case when i % 2 = 0 then 'nan'::double else '-infinity'::double end`,
    'the current window has no value; 500 of the current table are no finite numbers',
    'the reference has no value; 500 of the reference are no finite numbers',
  ],
  words: [
    `'abc' || (i % 3)`,
    'the current window has no value; 500 of the current table are no finite numbers',
    /^Jensen-Shannon 1 /,
  ],
  'words among numbers': [
    `case when i % 2 = 0 then 'abc' else (i % 100)::varchar end`,
    /500 and 250 values\)$/,
    /^Jensen-Shannon 0\.\d+ /,
  ],
  // In CSV they are words.
  booleans: [
    'i % 2 = 0',
    /^Wasserstein 1\.7 sd |; 500 of the current table are no finite numbers$/,
    /^Jensen-Shannon 1 /,
  ],
  decimals: ['(i % 100)::decimal(18, 2)', /^Wasserstein 0 sd /, /^Wasserstein 0 sd /],
  'whole numbers beyond 2^53': ['9007199254740993 + i', /^Wasserstein \d+ sd /, /^Wasserstein \d+ sd /],
  'huge numbers': ['123456789012345678901234567890::hugeint + i', /^Wasserstein 4\.28e\+27 sd /, /^KS 1 /],
  days: [
    `date '2020-01-01' + i::integer`,
    'its types differ: BIGINT and DATE; --continuous or --categorical compares it',
    'its types differ: DATE and BIGINT; --continuous or --categorical compares it',
  ],
};

describe.each(['csv', 'parquet'])('a column of a %s file', (extension) => {
  it.each(Object.entries(poorColumns))('may be %s', async (name, [expression, second, first]) => {
    const whole = await tables.write(`good.${extension}`, good);
    const poor = await tables.write(
      `${name.replaceAll(/\W/g, '-')}.${extension}`,
      `select ${expression} as x, 'w' || (i % 5) as y ${rows}`,
    );
    for (const [reference, current, reason] of [
      [whole, poor, second],
      [poor, whole, first],
    ] as const) {
      const report = await compareToJson({ reference, current });
      requireWhole(report);
      const said = columnOf(report, 'x').reason;
      if (typeof reason === 'string') expect(said).toBe(reason);
      else expect(said).toMatch(reason);
      // One poor column fails no other.
      expect(columnOf(report, 'y').verdict).toBe('ok');
    }
  });

  it('may have any name, in every format', async () => {
    const names = ['<script>alert(1)</script>', 'größe 日本 😀', 'a,b;c"d', 'two\nlines', '\u001B[2Jgone'];
    const select = names.map((name) => `i as "${name.replaceAll('"', '""')}"`).join(', ');
    const file = await tables.write(`names.${extension}`, `select ${select} ${rows}`);
    const report = await compareToJson({ reference: file, current: file });
    requireWhole(report);
    expect(report.columns.map(({ column }) => column)).toEqual(names);
    const texts = await Promise.all(
      formats.map(async (format) => (await compare({ reference: file, current: file, format })).text),
    );
    const [table, , html, junit] = texts;
    expect(table).not.toContain('\u001B');
    expect(html).not.toContain('<script>alert(1)');
    expect(junit).not.toContain('<script>alert(1)');
  });

  it('may be one of 2,000', async () => {
    const select = Array.from({ length: 2000 }, (_, i) => `i * ${i + 1} as c${i}`).join(', ');
    const file = await tables.write(`wide.${extension}`, `select ${select} from range(100) t(i)`);
    const report = await compareToJson({ reference: file, current: file, statistics: ['ks'] });
    expect(report.columns).toHaveLength(2000);
    expect(report.dataset).toMatchObject({ verdict: 'ok', share: 0 });
  });

  it('is compared by its name, wherever it stands', async () => {
    const reference = await tables.write(`good.${extension}`, good);
    const current = await tables.write(`moved.${extension}`, `select z, y, x from (${good})`);
    expect((await compareToJson({ reference, current })).columns).toEqual(
      (await compareToJson({ reference, current: reference })).columns,
    );
  });
});

describe('a Parquet column', () => {
  it('may hold lists, structs, maps, bytes or spans of time, and says that it is not compared', async () => {
    const values = {
      list: '[i]',
      struct: '{ a: i }',
      map: 'map { i: i }',
      bytes: `'a'::blob`,
      span: 'interval 1 day',
    };
    const select = Object.entries(values).map(([name, value]) => `${value} as ${name}`);
    const file = await tables.write('nested.parquet', `select ${select.join(', ')} ${rows}`);
    const report = await compareToJson({ reference: file, current: file });
    requireWhole(report);
    expect(new Set(report.columns.map(({ verdict }) => verdict))).toEqual(new Set(['insufficient-data']));
    expect(report.dataset).toMatchObject({
      verdict: 'insufficient-data',
      reason: 'no column could be compared',
    });
  });

  it('of whole numbers beyond 2^53 keeps its categories apart', async () => {
    const ids = (offset: number) => `select 9007199254740992 + i % 2 + ${offset} as id ${rows}`;
    const reference = await tables.write('ids.parquet', ids(0));
    const current = await tables.write('other-ids.parquet', ids(1));
    const report = await compareToJson({ reference, current, categorical: ['id'] });
    // Half of the rows have a number that the reference has.
    expect(columnOf(report, 'id').statistics['totalVariation']).toMatchObject({ statistic: 0.5 });
  });
});

describe('a CSV file', () => {
  it('is taken for another file where it has no line of names', async () => {
    const reference = await tables.write('good.csv', good);
    const current = await tables.write('headless.csv', good);
    await tables.writeText('headless.csv', '0,w0,0.0\n1,w1,0.5\n2,w2,1.0\n');
    await expect(compareToJson({ reference, current })).rejects.toThrow(
      '--current: it shares no column with the reference: 0, w0, 0.0 against x, y, z.',
    );
  });

  it('may name a column twice', async () => {
    const twice = await tables.writeText('twice.csv', `x,x\n${'1,2\n'.repeat(20)}`);
    const { columns } = await compareToJson({ reference: twice, current: twice });
    expect(columns.map(({ column }) => column)).toEqual(['x', 'x_1']);
  });
});

describe('what is no table', () => {
  it('is one error that names the file, on either side', async () => {
    const whole = await tables.write('good.parquet', good);
    const cut = await tables.write('cut.parquet', good);
    await truncate(cut, 300);
    const files = {
      [cut]: 'it is damaged or cut short',
      [await tables.writeText('empty.csv', '')]: 'it is empty',
      [await tables.writeText('empty.parquet', '')]: 'it is empty',
      [await tables.writeText('text.parquet', 'x,y\n1,2\n')]: 'it does not begin as Parquet files do',
      [join(tables.directory, 'nowhere.csv')]: 'there is no such file',
      [join(tables.directory, 'no-*.parquet')]: 'there is no such file',
      [tables.directory]: 'it is a directory',
    };
    for (const [file, reason] of Object.entries(files)) {
      const message = `${file} cannot be read as a table: ${reason}`;
      await expect(compare({ reference: whole, current: file })).rejects.toThrow(message);
      await expect(compare({ reference: file, current: whole })).rejects.toThrow(message);
    }
  });
});
