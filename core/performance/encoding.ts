/** Writes and reads what `encode.ts` describes. */

import { checksumOf } from '../profile/checksum.ts';
import { endsEarly, pushVarint, readVarint, type Cursor } from '../varint.ts';
import type { Task } from './metrics.ts';
import type { CountArray } from './value-counts.ts';

const version = 1;
const tasks: readonly Task[] = ['regression', 'classification'];
const headerBytes = 16;
/** Where these stand, as indexes of 32-bit words. The checksum is that of all words, with 0 in its own place. */
const checksumWord = 1;
const floatCountWord = 2;
const arrayBytesWord = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface SummaryWriter {
  readonly count: (value: number) => void;
  readonly float: (value: number) => void;
  readonly counts: (values: CountArray) => void;
  readonly text: (value: string) => void;
  readonly finish: () => Uint8Array;
}

export interface SummaryReader {
  readonly task: Task;
  readonly count: () => number;
  readonly float: () => number;
  /** A view of the bytes that were read: no copy. */
  readonly counts: (length: number) => CountArray;
  readonly text: () => string;
  /** Throws when something is left. */
  readonly finish: () => void;
}

/** Collects what is written. */
export function createWriter(task: Task): SummaryWriter {
  const floats: number[] = [];
  const arrays: CountArray[] = [];
  const bytes: number[] = [];
  return {
    count: (value) => pushVarint(bytes, value),
    float: (value) => void floats.push(value),
    counts: (values) => {
      const narrow = narrowed(values);
      arrays.push(narrow);
      pushVarint(bytes, narrow.BYTES_PER_ELEMENT);
    },
    text: (value) => {
      const encoded = encoder.encode(value);
      pushVarint(bytes, encoded.length);
      for (const byte of encoded) bytes.push(byte);
    },
    finish: () => {
      const arraysStart = headerBytes + 8 * floats.length;
      const bytesStart = arrays.reduce((end, { byteLength }) => end + padded(byteLength), arraysStart);
      const length = bytesStart + bytes.length;
      const room = createRoom(length);
      room.bytes.set([version, tasks.indexOf(task)]);
      room.words[floatCountWord] = floats.length;
      room.words[arrayBytesWord] = bytesStart - arraysStart;
      room.floats.set(floats, headerBytes / 8);
      let position = arraysStart;
      for (const { buffer, byteOffset, byteLength } of arrays) {
        room.bytes.set(new Uint8Array(buffer, byteOffset, byteLength), position);
        position += padded(byteLength);
      }
      room.bytes.set(bytes, bytesStart);
      room.words[checksumWord] = checksumOf(room.words);
      return room.bytes.slice(0, length);
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
  const arraysEnd = 8 * floatsEnd + room.words[arrayBytesWord]!;
  let nextFloat = headerBytes / 8;
  let nextArray = 8 * floatsEnd;
  const cursor: Cursor = { bytes: room.bytes, position: arraysEnd, end: bytes.length };
  return {
    task,
    count: () => readVarint(cursor, error),
    float: () => {
      if (nextFloat >= floatsEnd) throw error('a sum is missing');
      nextFloat += 1;
      return room.floats[nextFloat - 1]!;
    },
    counts: (length) => {
      const CountsOfWidth = arrayTypes.get(readVarint(cursor, error));
      const start = nextArray;
      nextArray += padded(length * (CountsOfWidth?.BYTES_PER_ELEMENT ?? 0));
      if (CountsOfWidth === undefined || nextArray > arraysEnd) throw error('counts are missing');
      return new CountsOfWidth(room.buffer, start, length);
    },
    text: () => {
      const length = readVarint(cursor, error);
      cursor.position += length;
      return decoder.decode(room.bytes.subarray(cursor.position - length, cursor.position));
    },
    finish: () => {
      if (cursor.position !== cursor.end || nextFloat !== floatsEnd || nextArray !== arraysEnd) {
        throw error('something is left over');
      }
    },
  };
}

const arrayTypes = new Map(
  [Uint8Array, Uint16Array, Uint32Array, Float64Array].map((type) => [type.BYTES_PER_ELEMENT, type]),
);

/** The same counts in as few bytes each as the largest needs. */
function narrowed(counts: CountArray): CountArray {
  let most = 0;
  for (const count of counts) most = Math.max(most, count);
  if (most < 2 ** 8) return Uint8Array.from(counts);
  if (most < 2 ** 16) return Uint16Array.from(counts);
  return most < 2 ** 32 ? Uint32Array.from(counts) : Float64Array.from(counts);
}

/** Arrays start where typed arrays can read them. */
function padded(byteCount: number): number {
  return Math.ceil(byteCount / 8) * 8;
}

/** Bytes at an address that typed arrays can read, with zeros up to a full word. */
function createRoom(byteCount: number) {
  const buffer = new ArrayBuffer(padded(byteCount));
  return {
    buffer,
    bytes: new Uint8Array(buffer),
    words: new Uint32Array(buffer),
    floats: new Float64Array(buffer),
  };
}
