import { execFile } from 'node:child_process';
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeTables, type MadeTables } from '../sql/made-tables.ts';

let tables: MadeTables;
let reference: string;
let current: string;
beforeAll(async () => {
  tables = await makeTables();
  reference = await tables.write('reference.parquet', 'select i % 100 as x from range(300) t(i)');
  current = await tables.write('current.parquet', 'select i % 100 + 60 as x from range(300) t(i)');
});
afterAll(() => tables.remove());

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a shell would. */
function tidewatch(...options: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/tidewatch.ts', 'compare', ...options],
      { cwd: root },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('tidewatch compare', () => {
  it('ends with 1 on drift only when told to', async () => {
    const files = ['--reference', reference, '--current', current];
    expect(await tidewatch(...files)).toMatchObject({ code: 0, stderr: '' });
    const output = join(tables.directory, 'report.json');
    expect(await tidewatch(...files, '--fail-on-drift', '--json', '--output', output)).toEqual({
      code: 1,
      stdout: '',
      stderr: '',
    });
    expect(JSON.parse(await readFile(output, 'utf8'))).toMatchObject({ dataset: { drifted: ['x'] } });
    expect(await tidewatch('-r', reference, '-c', reference, '--fail-on-drift')).toMatchObject({ code: 0 });
  });

  it('ends with 2 and one line on bad input', async () => {
    await truncate(current, 300);
    expect(await tidewatch('-r', reference, '-c', current)).toEqual({
      code: 2,
      stdout: '',
      stderr: `${current} cannot be read as a table: it is damaged or cut short (no magic bytes found at end). Give a CSV or Parquet file with named columns.\n`,
    });
    expect(await tidewatch('-r', reference, '-c', reference, '--columns', 'y')).toEqual({
      code: 2,
      stdout: '',
      stderr: `${reference} has no column "y". Its columns: x; the nearest is "x".\n`,
    });
    expect(await tidewatch('-r', reference)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("required option '-c, --current <file>' not specified"),
    });
  });
});
