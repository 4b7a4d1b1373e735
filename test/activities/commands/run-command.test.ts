import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { CommandEnd, CommandRequest } from '../../../activities/commands/run-command.ts';
import { runCommand } from '../../../activities/commands/run-command.ts';
import { until } from '../../../demo/stack/until.ts';
import { startParent } from '../../demo/stack/fixtures/parent-process.ts';

const run = (script: string, request: Partial<CommandRequest> = {}): Promise<CommandEnd> =>
  runCommand({
    command: ['/bin/sh', '-c', script],
    input: '',
    timeoutMs: 30_000,
    cancelled: new AbortController().signal,
    ...request,
  });

/** A zombie has ended; whoever is to bury it may be slow. */
const isAlive = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return !/^(Z|$)/.test(stdout.trim());
};

describe('a command', () => {
  it('gets its input and its environment, and runs in its directory', async () => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'tidewatch-command-')));
    const ended = await run('cat; pwd; echo "$COLOR"', {
      input: 'in\n',
      directory,
      environment: { COLOR: 'blue' },
    });
    expect(ended).toEqual({
      end: 'exited',
      code: 0,
      reason: 'exit code 0',
      lastLine: 'blue',
      output: `in\n${directory}\nblue\n`,
    });
  });

  it('is read by no shell', async () => {
    const ended = await runCommand({
      command: ['echo', '$HOME; exit 3'],
      input: '',
      timeoutMs: 30_000,
      cancelled: new AbortController().signal,
    });
    expect(ended).toMatchObject({ code: 0, lastLine: '$HOME; exit 3' });
  });

  it('may leave its input unread', async () => {
    expect(await run('exec true', { input: 'x'.repeat(1_000_000) })).toMatchObject({
      end: 'exited',
      code: 0,
    });
  });

  it('is heard line by line, standard error not among them', async () => {
    const lines: string[] = [];
    const ended = await run('echo one; echo aside >&2; echo; printf two', {
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(['one', 'two']);
    expect(ended).toMatchObject({ lastLine: 'two' });
    expect(ended.output).toContain('aside');
  });

  it('says how it failed', async () => {
    expect(await run('echo no memory >&2; exit 3')).toMatchObject({
      end: 'exited',
      code: 3,
      reason: 'exit code 3',
      lastLine: undefined,
      output: 'no memory\n',
    });
    expect(await run('kill -9 $$')).toMatchObject({ end: 'killed', code: null, reason: 'SIGKILL' });
  });

  it.each([
    ['that is not there', { command: ['/no/such/program'] }],
    ['whose directory is not there', { directory: '/no/such/directory' }],
  ])('%s does not start', async (_, request) => {
    expect(await run('true', request)).toMatchObject({
      end: 'not-started',
      reason: expect.stringContaining('ENOENT'),
    });
  });

  it('that prints without end keeps its last words only', async () => {
    const ended = await run('head -c 100000000 /dev/zero | tr "\\0" x; echo; echo done');
    expect(ended).toMatchObject({ end: 'exited', lastLine: 'done' });
    expect(ended.output).toHaveLength(16 * 1024);
    expect(await run('head -c 1000000 /dev/zero | tr "\\0" x')).toMatchObject({ lastLine: undefined });
  });
});

describe('a command that does not end', () => {
  it('is ended at its time limit', async () => {
    expect(await run('sleep 600', { timeoutMs: 100 })).toMatchObject({ end: 'timed-out' });
  });

  it('is ended with all that it has started, though they ignore SIGTERM', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'tidewatch-command-')), 'pids');
    const script = `trap '' TERM; sleep 600 & echo $$ $! > ${file}; wait; wait`;
    const ended = await run(script, { timeoutMs: 1_000, graceMs: 200 });
    expect(ended).toMatchObject({ end: 'timed-out', reason: 'SIGKILL' });
    const pids = (await readFile(file, 'utf8')).trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    expect(await until(() => !pids.some(isAlive), 5_000)).toBe(true);
  });

  it('is ended when it is cancelled, and may tidy up before', async () => {
    const cancelling = new AbortController();
    const ended = run(`trap 'echo tidied; exit 0' TERM; echo ready; sleep 600 & wait`, {
      cancelled: cancelling.signal,
      onLine: () => cancelling.abort(),
    });
    expect(await ended).toMatchObject({ end: 'cancelled', lastLine: 'tidied' });
  });

  it('does not begin when it was cancelled before', async () => {
    expect(await run('true', { cancelled: AbortSignal.abort() })).toMatchObject({ end: 'cancelled' });
  });

  it('leaves nothing behind that it has started in the background', async () => {
    const ended = await run('sleep 600 & echo $!');
    expect(ended).toMatchObject({ end: 'exited', code: 0 });
    expect(await until(() => !isAlive(Number(ended.lastLine)), 5_000)).toBe(true);
  });

  it.each([
    ['may tidy up', `trap 'echo tidied > $file; exit' TERM`],
    ['is ended though it ignores SIGTERM', `trap 'echo ignored > $file' TERM`],
  ])('does not outlive a process that is killed with SIGKILL, and %s', async (_, trap) => {
    const file = join(await mkdtemp(join(tmpdir(), 'tidewatch-command-')), 'heard');
    // What it has started in the background ignores every signal that can be ignored.
    const script = `file=${file}; ${trap}; (trap '' TERM; exec sleep 600) &
      printf '{"pids":[%d,%d]}\\n' $$ $!; while :; do wait; sleep 1; done`;
    const parent = await startParent(new URL('./fixtures/running-process.ts', import.meta.url), [script]);
    const pids = parent.printed['pids'] as readonly number[];
    expect(pids.map(isAlive)).toEqual([true, true]);
    await parent.killHard();
    expect(await until(() => !pids.some(isAlive), 30_000)).toBe(true);
    expect(await readFile(file, 'utf8')).toMatch(/^(tidied|ignored)\n$/);
  });

  it('is not waited for by what has left its group with its output', async () => {
    const leave = `const { spawn } = require('node:child_process');
      const left = spawn('sleep', ['600'], { detached: true, stdio: 'inherit' });
      left.unref();
      console.log(left.pid);`;
    const ended = await run('', { command: [process.execPath, '-e', leave] });
    expect(ended).toMatchObject({ end: 'exited', code: 0 });
    expect(isAlive(Number(ended.lastLine))).toBe(true);
    process.kill(Number(ended.lastLine), 'SIGKILL');
  });
});
