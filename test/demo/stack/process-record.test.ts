import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isChildOf, isRunning, processRecord } from '../../../demo/stack/process-record.ts';

it('tells the child of a process from any other process, and from what has ended', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid!;
  const record = processRecord(pid)!;
  expect(isRunning(record)).toBe(true);
  // As of an earlier process with the same pid.
  expect(isRunning({ ...record, started: '1' })).toBe(false);
  expect(isChildOf(pid, process.pid)).toBe(true);
  expect(isChildOf(pid, process.ppid)).toBe(false);
  expect(isChildOf(process.pid, pid)).toBe(false);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(isRunning(record)).toBe(false);
  expect(isChildOf(pid, process.pid)).toBe(false);
});
