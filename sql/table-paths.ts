/** Which files a name stands for: a path, a pattern of paths, standard input, or a pipe. */

import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { reasonOf } from '../core/errors.ts';
import { unreadable } from './table-source.ts';

export interface PathFinder {
  /** The files that a pattern matches, in alphabetical order. */
  matching(pattern: string): Promise<readonly string[]>;
  /** A directory for what can be read only once; it goes when the table is closed. */
  temporaryDirectory(): Promise<string>;
}

/**
 * The files of a table: the one of this path; else those that match it as a pattern (`january/*.parquet`), in alphabetical
 * order. What can be read only once, `-` for standard input or a named pipe, is copied to a temporary file.
 *
 * @throws TidewatchError `UNREADABLE_TABLE` when there is none
 */
export async function pathsOf(name: string, finder: PathFinder): Promise<readonly string[]> {
  if (name === '-') return [await copied(process.stdin, finder)];
  const status = await statusOf(name);
  if (status === undefined) {
    const matches = /[*?[]/.test(name) ? await finder.matching(name) : [];
    if (matches.length === 0) throw unreadable(name, 'there is no such file');
    return matches;
  }
  if (status.isDirectory()) {
    throw unreadable(name, `it is a directory; its files are for example ${join(name, '*.parquet')}`);
  }
  return [status.isFile() ? name : await copied(createReadStream(name), finder)];
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, reasonOf(error), error);
  }
}

async function copied(stream: NodeJS.ReadableStream, finder: PathFinder): Promise<string> {
  const file = join(await finder.temporaryDirectory(), 'copy');
  await pipeline(stream, createWriteStream(file));
  return file;
}
