/**
 * Rows on disk, in the order in which they came, until Postgres takes them. What `append` has resolved for survives the end of
 * the process, and has been flushed to the disk.
 */

import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import type { LossReason } from './losses.ts';
import { fromLines, toLine } from './entries.ts';
import { adopt, sayEnded, segmentOf, touch, type Segment } from './spool-directory.ts';

export interface SpoolOptions {
  readonly directory: string;
  /** Bytes at most, of the segments of this client. */
  readonly bytes: number;
  /** Milliseconds after which a row is given up. */
  readonly age: number;
  /** What gives way when `bytes` are reached. */
  readonly whenFull: 'drop-newest' | 'drop-oldest';
  /** Rows that are lost: too old, beyond the bytes, or not whole because a process was killed while it wrote them. */
  readonly onLost: (rows: number, why: LossReason) => void;
}

/** Rows do not fit, and it is the newest that give way. */
export class SpoolFull extends Error {
  override readonly name = 'SpoolFull';
}

export interface Spool {
  isEmpty(): boolean;
  /** Of the segments of this client, those that it took over included. */
  bytes(): number;
  /**
   * Adds entries behind all others: all of them, or none.
   *
   * @throws SpoolFull; what the file system throws
   */
  append(entries: readonly string[]): Promise<void>;
  /** The oldest entries; undefined when there are none. They stay until `remove`. */
  oldest(): Promise<{ readonly entries: readonly string[]; remove(): Promise<void> } | undefined>;
  /** Says that this process lives, and takes over what dead ones have left. */
  lookAround(): Promise<void>;
  /** What is left belongs to the client that is opened next. */
  close(): Promise<void>;
}

interface OwnSegment extends Segment {
  bytes: number;
  /** Torn lines are told once, however often the segment is read. */
  isTornTold: boolean;
}

// Small enough to be read and stored within a second.
const segmentBytes = 1_000_000;

export function openSpool(options: SpoolOptions): Spool {
  const { directory, bytes: most, age, whenFull, onLost } = options;
  const writer = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const segments: OwnSegment[] = [];
  let writing: { readonly handle: FileHandle; readonly segment: OwnSegment } | undefined;
  let begun = 0;
  // One thing after the other: appends keep their order, and nothing is read while it is written.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  }
  const path = ({ name }: Segment): string => join(directory, name);
  const size = (): number => segments.reduce((sum, { bytes }) => sum + bytes, 0);

  async function seal(): Promise<void> {
    const sealed = writing;
    writing = undefined;
    await sealed?.handle.close();
  }

  async function forget(segment: Segment): Promise<void> {
    if (writing?.segment === segment) await seal();
    const index = segments.findIndex(({ name }) => name === segment.name);
    if (index >= 0) segments.splice(index, 1);
  }

  async function remove(segment: Segment): Promise<void> {
    await forget(segment);
    await rm(path(segment), { force: true });
  }

  async function giveUp(segment: Segment, why: LossReason): Promise<void> {
    const content = await readFile(path(segment), 'utf8').catch(() => '');
    await remove(segment);
    onLost(content.split('\n').length - 1, why);
  }

  async function makeRoom(needed: number): Promise<void> {
    while (size() + needed > most) {
      const [first] = segments;
      if (whenFull === 'drop-newest' || first === undefined || needed > most) {
        throw new SpoolFull(`the spool in ${directory} has its ${most} bytes`);
      }
      await giveUp(first, 'the spool is full');
    }
  }

  async function begin(): Promise<NonNullable<typeof writing>> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await touch(directory, writer);
    const segment = { ...segmentOf(Date.now(), begun, writer), bytes: 0, isTornTold: false };
    begun += 1;
    // Rows hold features of people: nobody else may read them.
    writing = { handle: await open(path(segment), 'ax', 0o600), segment };
    segments.push(segment);
    return writing;
  }

  async function write(content: Buffer): Promise<void> {
    const { handle, segment } = writing ?? (await begin());
    try {
      await handle.appendFile(content);
      await handle.datasync();
    } catch (error) {
      // Without the half of it that may be there, and not behind it: the disk may be full.
      await handle.truncate(segment.bytes).catch(() => {});
      await seal().catch(() => {});
      if (segment.bytes === 0) await remove(segment).catch(() => {});
      throw error;
    }
    segment.bytes += content.length;
    if (!(await isInPlace(path(segment), handle))) {
      // Another process has taken it over, perhaps before this was written.
      await forget(segment);
      await write(content);
      return;
    }
    if (segment.bytes >= segmentBytes) await seal();
  }

  return {
    isEmpty: () => segments.length === 0,
    bytes: size,
    append: (entries) =>
      inTurn(async () => {
        const content = Buffer.from(entries.map(toLine).join(''));
        await makeRoom(content.length);
        await write(content);
      }),
    oldest: () =>
      inTurn(async () => {
        for (;;) {
          const [segment] = segments;
          if (segment === undefined) return undefined;
          if (segment.since < Date.now() - age) {
            await giveUp(segment, 'they were too old');
            continue;
          }
          if (writing?.segment === segment) await seal();
          let content: string;
          try {
            content = await readFile(path(segment), 'utf8').catch(unlessGone);
          } catch {
            // Its rows are not known, and it must not hold up the others.
            segments.shift();
            onLost(1, 'a file of the spool cannot be read, and is left there');
            continue;
          }
          const { entries, torn } = fromLines(content);
          if (torn > 0 && !segment.isTornTold) onLost(torn, 'they were not written as a whole');
          segment.isTornTold = true;
          return { entries, remove: () => inTurn(() => remove(segment)) };
        }
      }),
    lookAround: () =>
      inTurn(async () => {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await touch(directory, writer);
        for (const segment of await adopt(directory, writer))
          segments.push({ ...segment, bytes: (await stat(path(segment))).size, isTornTold: false });
        segments.sort((a, b) => (a.name < b.name ? -1 : 1));
      }),
    close: () =>
      inTurn(async () => {
        await seal();
        await sayEnded(directory, writer);
      }),
  };
}

async function isInPlace(file: string, handle: FileHandle): Promise<boolean> {
  const [there, written] = await Promise.all([stat(file).catch(() => undefined), handle.stat()]);
  return there?.ino === written.ino;
}

/** Another process has taken the segment over, and stores it. */
function unlessGone(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
  throw error;
}
