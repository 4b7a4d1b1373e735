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

  it('stays held after somebody else was refused', async () => {
    const directory = await temporaryDirectory();
    const unlock = await lockStateDirectory(directory);
    await expect(lockStateDirectory(directory)).rejects.toThrow('in use');
    await expect(lockStateDirectory(directory)).rejects.toThrow('in use');
    await unlock();
  });

  it('is free again after it was given back, and leaves no file', async () => {
    const directory = await temporaryDirectory();
    await (
      await lockStateDirectory(directory)
    )();
    await (
      await lockStateDirectory(directory)
    )();
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ['a process that has ended', 2 ** 30, '1'],
    ['another process that was given the same pid', process.pid, 'Mon%20Nov%2021'],
  ])('is taken over from %s', async (_, pid, started) => {
    const directory = await temporaryDirectory();
    const stale = `stack-${pid}-${started}-0123abcd.lock`;
    await writeFile(join(directory, stale), '');
    const unlock = await lockStateDirectory(directory);
    expect(await readdir(directory)).not.toContain(stale);
    await expect(lockStateDirectory(directory)).rejects.toThrow('in use');
    await unlock();
  });

  it('never goes to two that start at once', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, `stack-${2 ** 30}-1-0123abcd.lock`), '');
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, () => lockStateDirectory(directory)),
    );
    const winners = attempts.filter(({ status }) => status === 'fulfilled').length;
    expect(winners).toBeLessThanOrEqual(1);
    expect(await readdir(directory)).toHaveLength(winners);
  });
});
