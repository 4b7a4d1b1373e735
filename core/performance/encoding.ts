/** Writes and reads what `encode.ts` describes. */

import { checksumOf } from '../profile/checksum.ts';
import { endsEarly, pushVarint, readVarint, type Cursor } from '../varint.ts';
import type { Task } from './metrics.ts';

const version = 1;
const tasks: readonly Task[] = ['regression', 'classification'];
const headerBytes = 16;
/** Where the checksum stands, as an index of 32-bit words. It is that of all words, with 0 in its own place. */
const checksumWord = 1;
const floatCountWord = 2;

export interface SummaryWriter {
  readonly count: (value: number) => void;
  readonly floats: (...values: number[]) => void;
  readonly text: (value: string) => void;
  readonly finish: () => Uint8Array;
}

export interface SummaryReader {
  readonly task: Task;
  readonly count: () => number;
  readonly float: () => number;
  readonly text: () => string;
  /** Throws when something is left. */
  readonly finish: () => void;
}

/** Collects what is written. */
export function createWriter(task: Task): SummaryWriter {
  const floats: number[] = [];
  const bytes: number[] = [];
  return {
    count: (value) => pushVarint(bytes, value),
    floats: (...values) => void floats.push(...values),
    text: (value) => {
      const encoded = new TextEncoder().encode(value);
      pushVarint(bytes, encoded.length);
      for (const byte of encoded) bytes.push(byte);
    },
    finish: () => {
      const start = headerBytes + 8 * floats.length;
      const room = createRoom(start + bytes.length);
      room.bytes.set([version, tasks.indexOf(task)]);
      room.words[floatCountWord] = floats.length;
      room.floats.set(floats, headerBytes / 8);
      room.bytes.set(bytes, start);
      room.words[checksumWord] = checksumOf(room.words);
      return room.bytes.slice(0, start + bytes.length);
    },
  };
}

/** Reads in the order of writing. Damaged bytes and an unknown version throw the error made of the reason. */
export function createReader(bytes: Uint8Array, error: (reason: string) => Error): SummaryReader {
  if (bytes.length < headerBytes) throw error(endsEarly({ end: bytes.length }));
  if (bytes[0] !== version) throw error(`their version ${bytes[0]} is not known`);
  const room = createRoom(bytes.length);
  room.bytes.set(bytes);
  const stored = room.words[checksumWord]!;
  room.words[checksumWord] = 0;
  const task = tasks[bytes[1]!];
  if (checksumOf(room.words) !== stored || task === undefined) {
    throw error('their checksum does not match: they were damaged or cut off');
  }
  const floatsEnd = headerBytes / 8 + room.words[floatCountWord]!;
  let nextFloat = headerBytes / 8;
  const cursor: Cursor = { bytes: room.bytes, position: 8 * floatsEnd, end: bytes.length };
  return {
    task,
    count: () => readVarint(cursor, error),
    float: () => {
      if (nextFloat >= floatsEnd) throw error('a sum is missing');
      nextFloat += 1;
      return room.floats[nextFloat - 1]!;
    },
    text: () => {
      const length = readVarint(cursor, error);
      cursor.position += length;
      return new TextDecoder().decode(room.bytes.subarray(cursor.position - length, cursor.position));
    },
    finish: () => {
      if (cursor.position !== cursor.end || nextFloat !== floatsEnd) throw error('something is left over');
    },
  };
}

/** Bytes at an address that typed arrays can read, with zeros up to a full word. */
function createRoom(byteCount: number): { bytes: Uint8Array; words: Uint32Array; floats: Float64Array } {
  const buffer = new ArrayBuffer(Math.ceil(byteCount / 8) * 8);
  return {
    bytes: new Uint8Array(buffer),
    words: new Uint32Array(buffer),
    floats: new Float64Array(buffer),
  };
}
