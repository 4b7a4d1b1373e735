import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { writeOutput } from '../../cli/write-output.ts';
import { makeTables, type MadeTables } from '../sql/made-tables.ts';
import { compare } from './comparing.ts';

let tables: MadeTables;
let files: { reference: string; current: string };
beforeAll(async () => {
  tables = await makeTables();
  const query = (shift: number) => `select (i * 7 % 100) + ${shift} as moved, i % 10 as calm,
    'w' || (i % 3) as weather, '<b>' as "a & <b>" from range(300) t(i)`;
  files = {
    reference: await tables.write('january.parquet', query(0)),
    current: await tables.write('february.parquet', `select *, 1 as late from (${query(50)})`),
  };
});
afterAll(() => tables.remove());

describe('the report as a table', () => {
  it('begins with both files, has the serious columns first with their reasons, and ends with the verdict', async () => {
    const { text } = await compare(files);
    const lines = text.split('\n');
    expect(lines[0]).toBe(`reference  ${files.reference}  300 rows`);
    expect(lines[1]).toBe(`current    ${files.current}  300 rows`);
    const rowOf = (column: string) => lines.findIndex((line) => line.startsWith(`│ ${column} `));
    expect(rowOf('moved')).toBeGreaterThan(0);
    expect(rowOf('moved')).toBeLessThan(rowOf('late'));
    expect(rowOf('late')).toBeLessThan(rowOf('calm'));
    expect(text).toMatch(/^moved: Wasserstein 1\.73 sd /m);
    expect(text).toContain('late: the reference has no such column');
    expect(lines.at(-1)).toMatch(/^ok: 1 of \d columns drifted/);
  });
});

describe('a column whose p is small, though the difference is', () => {
  it('says from which number on it matters, and that rows are taken as independent', async () => {
    const rows = (shift: number) => `select (i % 1000) / 1e3 + ${shift} as x from range(100000) t(i)`;
    const { text } = await compare({
      reference: await tables.write('many.parquet', rows(0)),
      current: await tables.write('shifted.parquet', rows(0.01)),
    });
    expect(text).toMatch(/^x: Wasserstein 0\.0\d+ sd .*; it matters from 0\.1 sd on/m);
    expect(text).toContain('* decides: p at most 0.05 and Wasserstein from 0.1 sd on');
    expect(text).toContain('rows are taken as independent');
    expect(text).toMatch(/ok: 0 of 1 column/);
  });
});

describe('the report as JUnit XML', () => {
  it('has a test case for each column and one for all, failed on drift, skipped where nothing is known', async () => {
    const { text } = await compare({ ...files, format: 'junit' });
    expect(text).toMatch(/<testsuites tests="14" failures="1" errors="0" skipped="\d"/);
    expect(text).toMatch(
      /<testcase classname="column" name="moved">\s*<failure message="Wasserstein 1\.73 sd /,
    );
    expect(text).toMatch(/<testcase classname="column" name="calm"\/>/);
    expect(text).toContain('name="a &amp; &lt;b>"');
    expect(text).toMatch(
      /name="late">\s*<skipped\/>\s*<system-out><!\[CDATA\[the reference has no such column/,
    );
    expect(text).toContain('<testcase classname="dataset" name="dataset"/>');
    expect(text).toContain('<testcase classname="quality" name="calm missing"/>');
  });
});

describe('the report as HTML', () => {
  it('is one page that names every column, escaped', async () => {
    const { text } = await compare({ ...files, format: 'html' });
    expect(text).toMatch(/^<!doctype html>/i);
    expect(text).toContain('february.parquet');
    expect(text).toContain('a &amp; &lt;b&gt;');
    expect(text).not.toContain('a & <b>');
    expect(text).toContain('the reference has no such column');
  });

  it('has what is judged by the rules of Evidently, too', async () => {
    const { text } = await compare({ ...files, compat: 'evidently', format: 'html', columns: ['moved'] });
    expect(text).toContain('K-S p_value');
    expect(text).toContain('1 warning');
  });
});

describe('the report as HTML by the rules of Evidently', () => {
  it('has the word of Evidently on every column, and says whose rules they are', async () => {
    const { text } = await compare({ ...files, format: 'html', compat: 'evidently' });
    expect(text).toContain('those of Evidently');
    expect(text).toMatch(
      /<bdi>moved<\/bdi><\/th>[\s\S]*?▲<\/span> Warning[\s\S]*?Wasserstein distance|K-S p_value/,
    );
    for (const column of ['calm', 'weather', 'a &amp; &lt;b&gt;'])
      expect(text).toContain(`<bdi>${column}</bdi>`);
  });
});

describe('a report in a file', () => {
  it('is written, and a place where it cannot be is said', async () => {
    const file = join(tables.directory, 'report.txt');
    await writeOutput(file, 'text');
    expect(await readFile(file, 'utf8')).toBe('text\n');
    await expect(writeOutput(join(tables.directory, 'nowhere', 'report.txt'), 'text')).rejects.toMatchObject({
      code: 'UNWRITABLE_FILE',
    });
  });
});
