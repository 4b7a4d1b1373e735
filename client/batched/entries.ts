/** A row as it waits, in memory or on disk: one line of JSON, made while the caller waits, and never changed by it later. */

import { crc32 } from 'node:zlib';

import { readableContent } from '../rejected-content.ts';
import { describe, isRecord, RowProblem } from '../row-values.ts';
import type { Stream } from '../store-rows.ts';

/** What an entry says when it is read. */
export interface Entry {
  readonly stream: Stream['name'];
  readonly model: string;
  readonly row: unknown;
  /** Why it will not be stored as a prediction or an actual. */
  readonly reason?: string;
}

const nothingExpected = { kinds: new Map<string, never>() };

/**
 * An entry of a row, as JSON. What the monitor expects of it is looked at when it is stored.
 *
 * @param largest characters that a row may have: looked at first, so that a huge one costs the caller little
 */
export function entryOf(stream: Stream, model: string, row: unknown, largest: number): string {
  const head = `{"stream":"${stream.name}","model":${JSON.stringify(model)},"row":`;
  try {
    if (isLarger(row, largest)) {
      const reason = `the row has more than ${largest} characters; send fewer or shorter features`;
      return `${head}${JSON.stringify(keysOf(row))},"reason":${JSON.stringify(reason)}}`;
    }
    stream.read(row, nothingExpected);
    return `${head}${JSON.stringify(stream.copy(row as Readonly<Record<string, unknown>>))}}`;
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    return `${head}${JSON.stringify(readableContent(row))},"reason":${JSON.stringify(error.message)}}`;
  }
}

/** Undefined where it is no entry: somebody else has written it. */
export function readEntry(text: string): Entry | undefined {
  try {
    const { stream, model, row, reason } = JSON.parse(text) as Entry;
    if ((stream !== 'predictions' && stream !== 'actuals') || typeof model !== 'string') return undefined;
    return { stream, model, row: row ?? null, ...(reason !== undefined && { reason }) };
  } catch {
    return undefined;
  }
}

// As deep as the content of a rejected row is kept: what contains itself ends too.
const deepest = 8;

// About as many as a number has.
const ofAnyPart = 8;

/** Has it more than so many characters, names included? */
function isLarger(value: unknown, limit: number): boolean {
  let left = limit;
  const count = (part: unknown, depth: number): void => {
    left -= ofAnyPart + (typeof part === 'string' ? part.length : 0);
    if (typeof part !== 'object' || part === null || depth === deepest) return;
    for (const name in part) {
      if (left < 0) return;
      left -= name.length;
      count((part as Readonly<Record<string, unknown>>)[name], depth + 1);
    }
  };
  count(value, 0);
  return left < 0;
}

/** What tells which row it was. */
function keysOf(row: unknown): unknown {
  if (!isRecord(row)) return describe(row);
  const { version, entity, eventTime } = row;
  return { version: describe(version), entity: describe(entity), eventTime: describe(eventTime) };
}

/** A line of the spool: the checksum of an entry, and the entry. */
export function toLine(entry: string): string {
  return `${crc32(entry).toString(16).padStart(8, '0')} ${entry}\n`;
}

/**
 * The entries of a segment of the spool. A line that is not whole, or whose checksum is another, is counted and left out:
 * a process was killed, or the disk was full, while it was written.
 *
 * @example fromLines(`${toLine('{"a":1}')}3f2b`) // { entries: ['{"a":1}'], torn: 1 }
 */
export function fromLines(content: string): { readonly entries: readonly string[]; readonly torn: number } {
  const lines = content.split('\n');
  // What follows the last line end is the line that was being written.
  const unfinished = lines.pop();
  const entries = lines.flatMap((line) => {
    const entry = line.slice(9);
    return toLine(entry) === `${line}\n` ? [entry] : [];
  });
  return { entries, torn: lines.length - entries.length + (unfinished === '' ? 0 : 1) };
}
