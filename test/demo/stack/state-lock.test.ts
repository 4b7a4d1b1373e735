import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockStateDirectory } from '../../../demo/stack/state-lock.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

describe('lockStateDirectory', () => {
  it('is refused while it is held, with the pid of the holder', async () => {
    const directory = await temporaryDirectory();
    const unlock = await lockStateDirectory(directory);
    await expect(lockStateDirectory(directory)).rejects.toThrow(
      `${directory} is in use by another running stack (process ${process.pid})`,
    );
    await unlock();
  });

  it('is free again after it was given back, and leaves no file', async () => {
    const directory = await temporaryDirectory();
    await (await lockStateDirectory(directory))();
    await (await lockStateDirectory(directory))();
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ['a process that has ended', JSON.stringify({ pid: 2 ** 30, started: '1' })],
    ['another process that was given the same pid', JSON.stringify({ pid: process.pid, started: 'long ago' })],
    ['a write that was cut short', '{"pi'],
  ])('is taken over from %s', async (_, content) => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'stack.lock'), content);
    const unlock = await lockStateDirectory(directory);
    await expect(lockStateDirectory(directory)).rejects.toThrow('in use');
    await unlock();
    expect(await readdir(directory)).toEqual([]);
  });

  it('is taken over by exactly one of many', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'stack.lock'), JSON.stringify({ pid: 2 ** 30, started: '1' }));
    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockStateDirectory(directory)));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(directory)).toEqual(['stack.lock']);
  });
});
