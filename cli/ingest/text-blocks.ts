/** A text file in blocks, from any byte on. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { unreadable } from '../../sql/table-source.ts';

export interface TextFile {
  readonly path: string;
  /** For messages. */
  readonly name: string;
  readonly isGzipped: boolean;
}

export interface TextBlock {
  readonly text: string;
  readonly isLast: boolean;
}

/**
 * So few rows at a time that what is made of them is garbage while it is young, and that between two blocks the rows before
 * them go on to Postgres.
 */
const blockBytes = 2 ** 16;

/**
 * The text from a byte on, in blocks of about 64 kB that may end anywhere.
 *
 * @throws TidewatchError `UNREADABLE_TABLE` at the first bytes that are not UTF-8; `lineAt` says in which line a number of
 * line ends after `from` is.
 */
export async function* textBlocks(
  { path, name, isGzipped }: TextFile,
  from: number,
  lineAt: (lineEnds: number) => number,
): AsyncGenerator<TextBlock> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let lineEnds = 0;
  const decode = (bytes: Buffer, options?: { stream: boolean }): string => {
    try {
      const text = decoder.decode(bytes, options);
      lineEnds += countLineEnds(text);
      return text;
    } catch (error) {
      const before = new TextDecoder().decode(bytes).split('\u{FFFD}', 1)[0] ?? '';
      const line = lineAt(lineEnds + countLineEnds(before));
      const advice = 'write it again as UTF-8, for example with iconv -f latin1 -t utf-8';
      throw unreadable(name, `line ${line} is not UTF-8; ${advice}`, error);
    }
  };
  let pending: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of bytesFrom(path, isGzipped, from)) {
      pending.push(chunk);
      length += chunk.length;
      if (length < blockBytes) continue;
      const text = decode(Buffer.concat(pending), { stream: true });
      pending = [];
      length = 0;
      yield { text, isLast: false };
    }
    yield { text: decode(Buffer.concat(pending)), isLast: true };
  } catch (error) {
    if (error instanceof TidewatchError) throw error;
    throw unreadable(
      name,
      isGzipped ? `its compression is damaged (${reasonOf(error)})` : reasonOf(error),
      error,
    );
  }
}

async function* bytesFrom(path: string, isGzipped: boolean, from: number): AsyncGenerator<Buffer> {
  if (!isGzipped) {
    yield* createReadStream(path, { start: from, highWaterMark: blockBytes }) as AsyncIterable<Buffer>;
    return;
  }
  // Compressed text can only be read from its beginning.
  let before = from;
  for await (const chunk of createReadStream(path).pipe(createGunzip()) as AsyncIterable<Buffer>) {
    if (before < chunk.length) yield before === 0 ? chunk : chunk.subarray(before);
    before = Math.max(0, before - chunk.length);
  }
}

function countLineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

const fingerprintBytes = 65_536;

/** A hash of the beginning of a file and of what is before an offset; of compressed text, of its beginning and size. */
export async function fingerprintOf({ path, isGzipped }: TextFile, offset: number): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path);
  try {
    const { size } = await stat(path);
    const known = isGzipped ? size : offset;
    if (isGzipped) hash.update(`${size}:`);
    for (const start of [0, Math.max(0, known - fingerprintBytes)]) {
      const length = Math.min(fingerprintBytes, known - start);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
