import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { methodNames } from '../../core/statistics/registry.ts';
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

const command = [process.execPath, '--import', 'tsx', 'cli/tidewatch.ts', 'compare'] as const;

/** Runs the command as a shell would. */
function tidewatch(...options: string[]): Promise<Ended> {
  const [node, ...args] = command;
  return ended(node, [...args, ...options]);
}

/** A line of a shell in which `$tidewatch` compares both tables. */
function shell(line: string): Promise<Ended> {
  const text = `tidewatch='${command.join(' ')} -r ${reference}'; set -o pipefail; ${line}`;
  return ended('bash', ['-c', text]);
}

function ended(file: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(file, args, { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
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

  it('lets no gate pass what could not be judged', async () => {
    const empty = await tables.write('empty.parquet', 'select 1 as x where false');
    expect(await tidewatch('-r', reference, '-c', empty)).toMatchObject({ code: 0, stderr: '' });
    expect(await tidewatch('-r', reference, '-c', empty, '--fail-on-drift')).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('no column could be judged'),
      stderr: 'Nothing could be judged, so --fail-on-drift does not let it pass.\n',
    });
  });

  it('reads standard input and pipes, and is no failure to a reader that has seen enough', async () => {
    const current = await tables.write('current.csv', 'select i % 100 as x from range(300) t(i)');
    const whole = { code: 0, stderr: '' };
    expect(await shell(`cat ${current} | $tidewatch -c - --json`)).toMatchObject(whole);
    expect(await shell(`$tidewatch -c <(gzip -c ${current}) | tail -1`)).toEqual({
      ...whole,
      stdout: 'ok: 0 of 1 column drifted (0%, limit 50%)\n',
    });
    expect(await shell(`$tidewatch -c ${current} | head -1`)).toMatchObject(whole);
    expect(await shell(`cat ${current} | $tidewatch -r - -c -`)).toMatchObject({
      code: 2,
      stderr: '--current: standard input can be only one of both tables.\n',
    });
  });

  it('leaves no temporary file behind when a signal ends it', async () => {
    const temporary = join(tables.directory, 'temporary');
    await mkdir(temporary);
    const [node, ...args] = command;
    const running = spawn(node, [...args, '-r', reference, '-c', '-'], {
      cwd: root,
      env: { ...process.env, TMPDIR: temporary },
    });
    const own = async () => (await readdir(temporary)).filter((name) => name.startsWith('tidewatch-'));
    // Its standard input never ends.
    while ((await own()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    running.kill('SIGINT');
    expect(await once(running, 'exit')).toEqual([null, 'SIGINT']);
    expect(await own()).toEqual([]);
  });

  it('names every method in its help', async () => {
    const { stdout } = await tidewatch('--help');
    for (const name of methodNames) expect(stdout).toContain(name);
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
      stderr: expect.stringContaining("required option '-c, --current <table>' not specified"),
    });
  });
});
