/**
 * The directory of a spool, which several processes may share: segments of rows, and for each process that writes some a file
 * that it touches while it lives.
 */

import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

// A process that has not touched its file for so long is taken for dead. Wrongly, where it was only suspended: then another
// one stores its rows, which the keys of rows make harmless.
const lease = 30_000;

export interface Segment {
  /** In the directory; names sort by the time at which segments were begun. */
  readonly name: string;
  /** When it was begun. */
  readonly since: number;
  readonly writer: string;
}

const pattern = /^(\d{13})-\d{6}-([\w-]+)\.v1\.jsonl$/;

/** A new segment. Of one writer and one instant the number makes the order. */
export function segmentOf(since: number, number: number, writer: string): Segment {
  const name = `${String(since).padStart(13, '0')}-${String(number).padStart(6, '0')}-${writer}.v1.jsonl`;
  return { name, since, writer };
}

function parseName(name: string): Segment | undefined {
  const [, since, writer] = pattern.exec(name) ?? [];
  return since === undefined || writer === undefined ? undefined : { name, since: Number(since), writer };
}

const lifeFile = (directory: string, writer: string): string => join(directory, `${writer}.alive`);

/** Says that the writer lives. */
export async function touch(directory: string, writer: string): Promise<void> {
  await writeFile(lifeFile(directory, writer), JSON.stringify({ host: hostname(), pid: process.pid }));
}

/** Says that the writer has ended; what it has left belongs to whoever comes next. */
export async function sayEnded(directory: string, writer: string): Promise<void> {
  await rm(lifeFile(directory, writer), { force: true });
}

/** Takes over the segments of writers that are dead: renamed, so that of several that try one has each. */
export async function adopt(directory: string, writer: string): Promise<readonly Segment[]> {
  const names = await readdir(directory);
  const segments = names.flatMap((name) => parseName(name) ?? []);
  const writers = [
    ...names.filter((name) => name.endsWith('.alive')).map((name) => name.slice(0, -'.alive'.length)),
    ...segments.map((segment) => segment.writer),
  ];
  const dead = new Set<string>();
  for (const other of new Set(writers))
    if (other !== writer && !(await isAlive(directory, other))) dead.add(other);
  const adopted: Segment[] = [];
  for (const segment of segments.filter((found) => dead.has(found.writer))) {
    const name = segment.name.replace(`-${segment.writer}.`, `-${writer}.`);
    const isMine = await rename(join(directory, segment.name), join(directory, name)).then(
      () => true,
      () => false,
    );
    if (isMine) adopted.push({ ...segment, name, writer });
  }
  for (const other of dead) await sayEnded(directory, other);
  return adopted;
}

async function isAlive(directory: string, writer: string): Promise<boolean> {
  const file = lifeFile(directory, writer);
  try {
    if (Date.now() - (await stat(file)).mtimeMs > lease) return false;
    const { host, pid } = JSON.parse(await readFile(file, 'utf8')) as { host: string; pid: number };
    // A process that was killed a moment ago, on this machine; in another container the host is called otherwise.
    return host !== hostname() || isRunning(pid);
  } catch (error) {
    // Half-written it is being touched.
    return error instanceof SyntaxError;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
