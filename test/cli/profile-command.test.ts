import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { addProfile } from '../../cli/commands/profile.ts';
import { reportFailure } from '../../cli/failures.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-profile-'));
  await writeFile(join(directory, 'january.csv'), csv(0));
  await writeFile(join(directory, 'february.csv'), csv(5));
  await tidewatch('write', 'january.csv', '--output', 'january.profile');
  await tidewatch('write', 'february.csv', '--like', 'january.profile', '-o', 'february.profile');
});
afterAll(() => rm(directory, { recursive: true }));

function csv(shift: number): string {
  const lines = Array.from(
    { length: 300 },
    (_, i) => `${10 + 3 * Math.sin(i) + shift},${i % 3 === 0 ? 'rain' : 'clear'}`,
  );
  return ['temp,sky', ...lines, ''].join('\n');
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process. Files are those of the directory; messages name them without it. */
async function tidewatch(...args: readonly string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const program = new Command('tidewatch').exitOverride().configureOutput({
    writeOut: (text) => void (written.stdout += text),
    writeErr: (text) => void (written.stderr += text),
  });
  addProfile(program);
  const log = vi.spyOn(console, 'log').mockImplementation((text) => void (written.stdout += `${text}\n`));
  const error = vi.spyOn(console, 'error').mockImplementation((text) => void (written.stderr += `${text}\n`));
  try {
    const inDirectory = args.map((arg) => (/\.(csv|profile)$/.test(arg) ? join(directory, arg) : arg));
    const code = await program.parseAsync(['profile', ...inDirectory], { from: 'user' }).then(
      () => Number(process.exitCode ?? 0),
      (thrown: unknown) => reportFailure(thrown),
    );
    const withoutDirectory = (text: string): string => text.replaceAll(`${directory}/`, '');
    return { code, stdout: withoutDirectory(written.stdout), stderr: withoutDirectory(written.stderr) };
  } finally {
    process.exitCode = undefined;
    log.mockRestore();
    error.mockRestore();
  }
}

describe('tidewatch profile', () => {
  it('writes a file, and the same bytes again', async () => {
    expect(await tidewatch('write', 'january.csv', '-o', 'again.profile')).toEqual({
      code: 0,
      stdout: 'again.profile: 2 columns, 300 rows of january.csv\n',
      stderr: '',
    });
    const [a, b] = ['january.profile', 'again.profile'].map((name) => readFile(join(directory, name)));
    expect(await b).toEqual(await a);
  });

  it('shows a file as tables, CSV or JSON', async () => {
    expect((await tidewatch('show', 'february.profile')).stdout).toMatch(/300 rows of february\.csv/);
    expect((await tidewatch('show', 'february.profile', '--csv')).stdout).toMatch(/\nsky,categorical,300,/);
    const { stdout } = await tidewatch('show', 'february.profile', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      file: 'february.profile',
      sources: ['february.csv'],
      rows: 300,
      columns: [{ column: 'temp', kind: 'continuous' }, { column: 'sky' }],
    });
  });

  it('merges no file twice, and over none of them', async () => {
    expect(
      await tidewatch('merge', 'january.profile', './january.profile', '-o', 'both.profile'),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it is named twice, and its rows would count twice.') as string,
    });
    expect(
      await tidewatch('merge', 'january.profile', 'february.profile', '-o', 'january.profile'),
    ).toMatchObject({
      code: 2,
      stderr: '--output: january.profile is one of the profiles that are added up; name another file.\n',
    });
  });

  it('adds files up', async () => {
    const merged = await tidewatch('merge', 'january.profile', 'february.profile', '-o', 'both.profile');
    expect(merged).toMatchObject({ code: 0, stdout: 'both.profile: 2 columns, 600 rows\n' });
    expect((await tidewatch('show', 'both.profile')).stdout).toMatch(/january\.csv and 1 other table/);
  });

  it('compares files, and ends with 1 on drift when it is told to', async () => {
    const files = ['january.profile', 'february.profile'];
    expect(await tidewatch('compare', ...files)).toMatchObject({ code: 0, stderr: '' });
    expect((await tidewatch('compare', ...files, '--fail-on-drift')).code).toBe(1);
    expect((await tidewatch('compare', 'january.profile', 'january.profile', '--fail-on-drift')).code).toBe(
      0,
    );
    const { stdout } = await tidewatch('compare', ...files, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      reference: { file: 'january.profile', rows: 300 },
      columns: [{ column: 'temp', verdict: 'critical' }, { column: 'sky' }],
    });
  });

  it.each([
    [['show', 'nothing.profile'], /nothing\.profile cannot be read as a profile: there is no such file/],
    [['show', 'january.csv'], /january\.csv cannot be read as a profile: it does not begin as one/],
    [['write', 'nothing.csv', '-o', 'x.profile'], /nothing\.csv cannot be read as a table/],
    [['write', 'january.csv'], /required option '-o, --output <file>'/],
    [
      ['write', 'january.csv', '--columns', 'tmp', '-o', 'x.profile'],
      /no column "tmp".*the nearest is "temp"/,
    ],
    [
      ['write', 'january.csv', '--like', 'january.profile', '--categorical', 'sky', '-o', 'x.profile'],
      /--like/,
    ],
    [
      ['merge', 'january.profile', 'january.csv', '-o', 'x.profile'],
      /january\.csv cannot be read as a profile/,
    ],
    [[], /Commands:/],
  ])('ends with 2 and says why on %j', async (args, message) => {
    const { code, stdout, stderr } = await tidewatch(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });
});
