import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, parseProcessRecord, processRecord } from './process-record.ts';

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Resolves to false where the error has this code: somebody else was faster. */
async function unless(code: string, action: Promise<void>): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    if (hasCode(error, code)) return false;
    throw error;
  }
}

/**
 * Takes the state directory for this process and returns the function that gives it back.
 *
 * The lock is the file `stack.lock` with the holder's pid and start time. A lock whose holder died is taken over.
 * Throws where a running process holds it.
 */
export async function lockStateDirectory(directory: string): Promise<() => Promise<void>> {
  const lock = join(directory, 'stack.lock');
  const draft = `${lock}.${randomUUID()}`;
  const mine = JSON.stringify({ ...processRecord(process.pid), nonce: randomUUID() });
  await writeFile(draft, mine);
  try {
    // A link appears with its whole content or not at all, so nobody reads half a lock.
    while (!(await unless('EEXIST', link(draft, lock)))) {
      const held = await readFile(lock, 'utf8').catch(() => undefined);
      if (held === undefined) continue;
      const holder = parseProcessRecord(held);
      if (holder !== undefined && isRunning(holder)) {
        throw new Error(
          `The state directory ${directory} is in use by another running stack (process ${holder.pid}). ` +
            'Stop that one, or give this one a directory of its own.',
        );
      }
      const aside = `${draft}.stale`;
      if (!(await unless('ENOENT', rename(lock, aside)))) continue;
      // Between reading and renaming, another process may have taken the stale lock over: then this was its lock.
      if ((await readFile(aside, 'utf8')) !== held) await unless('EEXIST', link(aside, lock));
      await rm(aside);
    }
  } finally {
    await rm(draft);
  }
  return async () => {
    if ((await readFile(lock, 'utf8').catch(() => undefined)) === mine) await rm(lock);
  };
}
