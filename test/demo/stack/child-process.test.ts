import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Child, ChildOptions } from '../../../demo/stack/child-process.ts';
import { endLeftover, startChild, untilReady } from '../../../demo/stack/child-process.ts';
import { processRecord } from '../../../demo/stack/process-record.ts';
import { until } from '../../../demo/stack/until.ts';
import { startParent } from './fixtures/parent-process.ts';
import { groupRuns } from './fixtures/remains.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

const SOON_MS = 15_000;

async function shell(script: string, more: Partial<ChildOptions> = {}): Promise<Child> {
  const logFile = join(await temporaryDirectory(), 'child.log');
  return startChild({ name: 'The child', command: '/bin/sh', args: ['-c', script], logFile, ...more });
}

const has = async (file: string, text: string): Promise<boolean> =>
  (await readFile(file, 'utf8').catch(() => '')).includes(text);

describe('startChild', () => {
  it('writes both outputs of the program to the log file', async () => {
    const child = await shell('echo out; echo error >&2');
    expect(await child.ended).toBe('exit code 0');
    expect(await readFile(child.logFile, 'utf8')).toBe('out\nerror\n');
  });

  it('tells how the program ended', async () => {
    expect(await (await shell('exit 3')).ended).toBe('exit code 3');
    expect(await (await shell('kill -s KILL $$')).ended).toBe('signal SIGKILL');
    expect(await (await shell('', { command: '/no/such/program' })).ended).toBe('exit code 127');
  });

  it('asks with the stop signal, and leaves no watchdog behind', async () => {
    const child = await shell('trap "echo asked; exit 0" INT; echo armed; while :; do sleep 0.05; done', {
      stopSignal: 'SIGINT',
    });
    await until(() => has(child.logFile, 'armed'), SOON_MS);
    await child.stop();
    expect(await child.ended).toBe('exit code 0');
    expect(await readFile(child.logFile, 'utf8')).toContain('asked');
    expect(await until(() => !groupRuns(child.pid), SOON_MS)).toBe(true);
  });

  it('kills a program that does not end within the grace time', async () => {
    const child = await shell('trap "" TERM; echo armed; while :; do sleep 0.05; done', { graceSeconds: 0 });
    await until(() => has(child.logFile, 'armed'), SOON_MS);
    await child.stop();
    expect(await child.ended).toBe('signal SIGKILL');
  });

  it('can be stopped twice, and after it ended', async () => {
    const child = await shell('exit 0');
    await child.ended;
    await Promise.all([child.stop(), child.stop()]);
    expect(child.ending()).toBe('exit code 0');
  });

  it('signals the program while it runs, and nobody afterwards', async () => {
    const child = await shell('sleep 60');
    expect(child.signal('SIGKILL')).toBe(true);
    expect(await child.ended).toBe('signal SIGKILL');
    expect(child.signal('SIGKILL')).toBe(false);
  });

  it('keeps its pid file only while it runs', async () => {
    const pidFile = join(await temporaryDirectory(), 'child.json');
    const child = await shell('sleep 60', { pidFile });
    expect(JSON.parse(await readFile(pidFile, 'utf8'))).toEqual(processRecord(child.pid));
    await child.stop();
    await expect(readFile(pidFile)).rejects.toThrow('ENOENT');
  });

  it('does not outlive a parent that is killed with SIGKILL, even if the program ignores SIGTERM', async () => {
    const directory = await temporaryDirectory();
    const parent = await startParent(new URL('./fixtures/parent-of-child.ts', import.meta.url), [directory]);
    const pid = Number(parent.printed['pid']);
    expect(await until(() => has(join(directory, 'stubborn.log'), 'armed'), SOON_MS)).toBe(true);
    expect(groupRuns(pid)).toBe(true);
    await parent.killHard();
    expect(await until(() => !groupRuns(pid), SOON_MS)).toBe(true);
  });
});

describe('untilReady', () => {
  it('returns when the probe says so; a probe that throws means not yet', async () => {
    const child = await shell('sleep 60');
    let probes = 0;
    await untilReady(child, async () => {
      probes += 1;
      if (probes === 1) throw new Error('connection refused');
      return probes === 3;
    });
    expect(probes).toBe(3);
    await child.stop();
  });

  it('throws where the program ends first, with the log file and its last lines', async () => {
    const child = await shell('echo "no space left on device"; exit 3');
    const waiting = untilReady(child, async () => false);
    await expect(waiting).rejects.toThrow(
      `The child ended with exit code 3 before it was ready. Its log is ${child.logFile}, which ends with:\nno space left on device`,
    );
  });

  it('stops the program where it does not answer in time, and says why', async () => {
    const child = await shell('sleep 60');
    const refused = (): Promise<boolean> => Promise.reject(new Error(`connection to ${child.name} refused`));
    const waiting = untilReady(child, refused, { timeoutSeconds: 0 });
    await expect(waiting).rejects.toThrow(
      'The child was not ready after 0 seconds (connection to The child refused)',
    );
    expect(child.ending()).toBe('signal SIGTERM');
  });

  it('stops the program where the signal is aborted', async () => {
    const child = await shell('sleep 60');
    const waiting = untilReady(child, async () => false, { signal: AbortSignal.abort(new Error('enough')) });
    await expect(waiting).rejects.toThrow('enough');
    expect(child.ending()).toBe('signal SIGTERM');
  });
});

describe('endLeftover', () => {
  it('kills the process of the pid file where nobody else ends it', async () => {
    const pidFile = join(await temporaryDirectory(), 'child.json');
    const child = await shell('trap "" TERM; while :; do sleep 0.05; done', { pidFile });
    await endLeftover(pidFile, -1);
    expect(await child.ended).toBe('signal SIGKILL');
  });

  it('leaves a process alone that has the pid of the one that was left behind', async () => {
    const pidFile = join(await temporaryDirectory(), 'child.json');
    const child = await shell('sleep 60');
    await writeFile(pidFile, JSON.stringify({ pid: child.pid, started: 'long ago' }));
    await endLeftover(pidFile, -1);
    expect(processRecord(child.pid)).toBeDefined();
    await child.stop();
  });

  it.each(['', '{', '{"pid":"1"}'])('takes the pid file %j for none', async (text) => {
    const pidFile = join(await temporaryDirectory(), 'child.json');
    await writeFile(pidFile, text);
    await expect(endLeftover(pidFile)).resolves.toBeUndefined();
  });
});
