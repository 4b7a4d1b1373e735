import { truncate } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { workingMemoryFor } from '../../cli/compare/column-comparison.ts';
import { examineColumns, type ColumnTask } from '../../cli/compare/column-work.ts';
import { examineInThreads } from '../../cli/compare/threads.ts';
import { openTableFile } from '../../sql/table-file.ts';
import { makeTables, type MadeTables } from '../sql/made-tables.ts';
import { compareToJson } from './comparing.ts';

let tables: MadeTables;
let paths: { reference: string; current: string };
beforeAll(async () => {
  tables = await makeTables();
  const query = (shift: number) =>
    `select random() + ${shift} as a, exp(random()) as b, (random() * 50)::integer as c, 'w' || (i % 7) as d from range(9000) t(i)`;
  paths = {
    reference: await tables.write('reference.parquet', query(0)),
    current: await tables.write('current.parquet', query(0.1)),
  };
});
afterAll(() => tables.remove());

const tasks: ColumnTask[] = ['a', 'b', 'c', 'd'].map((column) => ({
  column,
  kind: column === 'd' ? 'categorical' : 'continuous',
  how: { withDistribution: true },
}));

async function examineHere() {
  const open = {
    reference: await openTableFile(paths.reference),
    current: await openTableFile(paths.current),
  };
  try {
    return await examineColumns(open, tasks, workingMemoryFor(open, 4));
  } finally {
    await open.reference.close();
    await open.current.close();
  }
}

describe('columns in threads', () => {
  it('give the same results in the same order, and tell how far they are', async () => {
    const progress: number[] = [];
    const inThreads = await examineInThreads({
      tables: paths,
      rows: 18_000,
      tasks,
      onProgress: (done) => progress.push(done),
    });
    expect(inThreads).toEqual(await examineHere());
    expect(progress.at(-1)).toBe(tasks.length);
  });

  it('fail with the reason when a file is gone', async () => {
    const gone = { tables: { ...paths, current: 'gone.parquet' }, rows: 18_000, tasks, onProgress: () => {} };
    await expect(examineInThreads(gone)).rejects.toThrow(
      'gone.parquet cannot be read as a table: there is no such file',
    );
  });

  it('are what a large comparison runs in', async () => {
    // 2.4 million values.
    const query = 'select i % 1000 as a, i * 0.5 as b from range(600000) t(i)';
    const reference = await tables.write('large-a.parquet', query);
    const current = await tables.write('large-b.parquet', query);
    const { columns } = await compareToJson({ reference, current });
    expect(columns.map(({ column, verdict }) => [column, verdict])).toEqual([
      ['a', 'ok'],
      ['b', 'ok'],
    ]);
  });
});

describe('a column that cannot be read', () => {
  it('says so, and fails no other', async () => {
    // Each column has pages of its own, and the last one is cut off; the footer is kept.
    const query = 'select random() as a, random() as b, random() as c from range(20000)';
    const path = await tables.write('whole.parquet', query);
    const { readFile, writeFile } = await import('node:fs/promises');
    const bytes = await readFile(path);
    const footerLength = bytes.readUInt32LE(bytes.length - 8);
    const pages = bytes.subarray(0, bytes.length - 8 - footerLength);
    pages.fill(0xff, Math.floor(pages.length * 0.7), Math.floor(pages.length * 0.9));
    await writeFile(path, bytes);
    const { columns } = await compareToJson({ reference: path, current: path });
    expect(columns.map(({ column, verdict }) => [column, verdict])).toEqual([
      ['a', 'ok'],
      ['b', 'ok'],
      ['c', 'insufficient-data'],
    ]);
    expect(columns[2]!.reason).toContain('cannot be read as a table');
  });

  it('is not asked for at all when the file is truncated', async () => {
    const path = await tables.write('cut.parquet', 'select random() as a from range(20000)');
    await truncate(path, 1_000);
    await expect(compareToJson({ reference: path, current: path })).rejects.toThrow(
      'it is damaged or cut short',
    );
  });
});
