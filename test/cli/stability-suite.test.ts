/** A stability suite from end to end: written from a reference, held against files, with an exit code. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'suite-'));
});
afterAll(() => rm(directory, { recursive: true }));

function tidewatch(...options: string[]): Promise<{ readonly code: number; readonly stdout: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/tidewatch.ts', ...options],
      { cwd: root },
      (error, stdout) => resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    );
  });
}

/** 300 rows, of which one may have a humidity of its own. */
async function table(name: string, hum = '0.5'): Promise<string> {
  const rows = Array.from(
    { length: 300 },
    (_, i) => `${i},${i === 7 ? hum : (i % 100) / 100},${'AB'[i % 2]}`,
  );
  const file = join(directory, name);
  await writeFile(file, ['id,hum,station', ...rows].join('\n'));
  return file;
}

it('passes what it was written from, and fails one row of another range though nothing has drifted', async () => {
  const [good, bad] = [await table('good.csv'), await table('bad.csv', '5')];
  const suite = join(directory, 'suite.yaml');
  expect(await tidewatch('init', '--expectations', '--reference', good, '--output', suite)).toMatchObject({
    code: 0,
  });
  const compare = (current: string, ...options: string[]) =>
    tidewatch(
      'compare',
      '-r',
      good,
      '-c',
      current,
      '--columns',
      'hum,station',
      '--fail-on-drift',
      ...options,
    );
  expect(await compare(good, '--expectations', suite)).toMatchObject({ code: 0 });
  expect(await compare(bad)).toMatchObject({ code: 0 });
  const failed = await compare(bad, '--expectations', suite, '--format', 'junit');
  expect(failed.code).toBe(1);
  expect(failed.stdout).toMatch(
    /name="hum expect-max">\s*<failure message="[^"]*1 of 300 values is above 1, for example 5/,
  );
});
