import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessRecord } from './process-record.ts';
import { isRunning, processRecord } from './process-record.ts';

/** The name says it all, because a file appears with its whole name at once, but not with its whole content. */
const LOCK_NAME = /^stack-(\d+)-(.+)-[\da-f]{8}\.lock$/;

function lockName({ pid, started }: ProcessRecord): string {
  return `stack-${pid}-${encodeURIComponent(started)}-${randomUUID().slice(0, 8)}.lock`;
}

function holderOf(name: string): ProcessRecord | undefined {
  const [, pid, started] = LOCK_NAME.exec(name) ?? [];
  if (pid === undefined || started === undefined) return undefined;
  return { pid: Number(pid), started: decodeURIComponent(started) };
}

/**
 * Takes the state directory for this process and returns the function that gives it back.
 *
 * A lock is an empty file that names its process. Each starter first writes its own, then looks for others, so two
 * never both get the directory; two that start in the same instant may both be refused. A lock whose process died is
 * removed. Throws where a running process holds one.
 */
export async function lockStateDirectory(directory: string): Promise<() => Promise<void>> {
  const me = processRecord(process.pid);
  if (me === undefined)
    throw new Error('The start time of this process is unknown: neither /proc nor `ps` tells it.');
  const mine = lockName(me);
  const remove = (name: string): Promise<void> => rm(join(directory, name), { force: true });
  await writeFile(join(directory, mine), '', { flag: 'wx' });
  for (const name of await readdir(directory)) {
    const holder = name === mine ? undefined : holderOf(name);
    if (holder === undefined) continue;
    if (!isRunning(holder)) await remove(name);
    else {
      await remove(mine);
      throw new Error(
        `The state directory ${directory} is in use by another running stack (process ${holder.pid}). ` +
          'Stop that one, or give this one a directory of its own.',
      );
    }
  }
  return () => remove(mine);
}
