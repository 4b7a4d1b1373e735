import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { PerformanceReport } from '../../../console/performance-report/performance-report.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { at, load, watch } from '../../setup/synthetic.ts';

const model = 'reported';

let test: TestDatabase;
let directory: string;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-report-'));
  await watch(test.database, { model });
  await load(test.database, model, { from: 1, to: 22, error: 2 });
  const activities = activitiesOn(test.database);
  await activities.attachActuals({ model, asOf: at(22, 3) });
  await activities.summarizeOutcomes({ model, asOf: at(22, 3) });
});
afterAll(async () => {
  await test.drop();
  await rm(directory, { recursive: true });
});

/** Runs the real command in a directory of its own. */
function tidewatch(...args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const { PATH = '' } = process.env;
  const command = join(process.cwd(), 'cli/tidewatch.ts');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), command, 'report', ...args],
      { cwd: directory, env: { PATH, DATABASE_URL: test.url } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

describe('tidewatch report', () => {
  it('writes the report of the last days that have predictions, and says what it says', async () => {
    expect(await tidewatch('--model', model, '--output', 'report.html')).toEqual({
      code: 0,
      stderr: '',
      stdout: 'report.html: reported, 2024-01-15 to 2024-01-22: Not judged; RMSE 2, the reference has 2\n',
    });
    expect(await readFile(join(directory, 'report.html'), 'utf8')).toMatch(
      /^<!doctype html>.*<h1><bdi>reported/s,
    );
    expect(await test.database.query('select from reports')).toEqual([]);
  });

  it('prints what it shows of any window as JSON', async () => {
    const { code, stdout } = await tidewatch(
      '--model',
      model,
      '--from',
      '2024-01-03',
      '--to',
      '2024-01-05',
      '--json',
    );
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as PerformanceReport).window).toEqual({
      start: at(3),
      end: at(5),
      outcomes: 48,
      predictions: 48,
    });
  });

  it('says where the predictions are when the range has none', async () => {
    const range = ['--from', '2030-01-01', '--to', '2030-01-08'];
    expect(await tidewatch('--model', model, ...range, '--output', 'empty.html')).toEqual({
      code: 0,
      stderr:
        'reported has no predictions from 2030-01-01 to 2030-01-08; its first are of 2024-01-01, its last of 2024-01-21\n',
      stdout: expect.stringMatching(/^empty.html: reported, 2030-01-01 to 2030-01-08: Not judged;/),
    });
  });

  it.each([
    [[], /required option '-m, --model <model>'/],
    [['--model', model], /--output: is missing; name the HTML file to write, or ask for --json/],
    [['--model', 'bikes', '--json'], /"bikes".*reported/],
    [
      ['--model', model, '--from', 'monday', '--json'],
      /--from: "monday" is no day and no full UTC hour; write for example 2011-05-13 or/,
    ],
    [['--model', model, '--output', 'nowhere/report.html'], /nowhere\/report.html cannot be written/],
  ])('refuses %j and says what to do', async (args, message) => {
    expect(await tidewatch(...args)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
  });
});
