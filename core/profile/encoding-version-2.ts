/** Reads version 2 of the encoding, which `encode.ts` describes and writes. */

import type { Cursor } from '../varint.ts';
import { checksumOf } from './checksum.ts';
import { endsEarly, readVarint, requireMatch } from './encoded-bytes.ts';
import type { ReferenceGrid } from './grid.ts';
import type { ProfileTotal } from './merge.ts';
import { pointCellsOf } from './point-cells.ts';
import { invalidProfile } from './profile.ts';

export const version = 2;
export const headerBytes = 16;
/** Where the checksum stands, as an index of 32-bit words. It is that of all words, with 0 in its own place. */
export const checksumWord = 2;
/** Before the sums of cells: sum of squares, minimum, maximum. */
const leadingFloats = 3;

/** Adds a profile that was encoded with version 2. */
export function addVersion2(total: ProfileTotal, grid: ReferenceGrid, room: Room, bytes: Uint8Array): void {
  if (bytes.length < headerBytes) throw endsEarly({ end: bytes.length });
  const words = fillRoom(room, bytes);
  const stored = room.words[checksumWord]!;
  room.words[checksumWord] = 0;
  if (checksumOf(room.words, words) !== stored) {
    throw invalidProfile('its checksum does not match: it was damaged or cut off');
  }
  requireMatch(grid, { kind: bytes[1]!, fingerprint: room.words[1]!, cells: room.halves[6]! });
  const width = bytes[2]!;
  const floatCount = room.halves[7]!;
  const cursor: Cursor = { bytes: room.bytes, position: headerBytes + 8 * floatCount, end: bytes.length };

  const filled = width === 0 ? addSparse(total.cells, cursor, room.filled) : 0;
  if (width !== 0) addDense(total.cells, cursor, countsOf(room, width), width);
  total.missing += readVarint(cursor);
  total.invalid += readVarint(cursor);
  if (grid.kind === 'categorical') total.unseen += readVarint(cursor);
  else {
    total.belowMinimum += readVarint(cursor);
    total.aboveMaximum += readVarint(cursor);
    total.beyondThreeDeviations += readVarint(cursor);
    const { wide, offsets } = pointCellsOf(grid);
    if (width !== 0) addFloats(total, room.floats, floatCount, wide, wide.length);
    else addFloats(total, room.floats, floatCount, room.filled, keepWide(room.filled, filled, offsets));
  }
  if (cursor.position !== cursor.end) throw invalidProfile('bytes are left over');
}

function addDense(cells: Float64Array, cursor: Cursor, counts: Counts, width: number): void {
  const first = cursor.position / width;
  cursor.position += cells.length * width;
  if (cursor.position > cursor.end) throw endsEarly(cursor);
  for (let cell = 0; cell < cells.length; cell += 1) cells[cell]! += counts[first + cell]!;
}

/** Adds the counts of the cells that are not empty, and lists these; returns how many they are. */
function addSparse(cells: Float64Array, cursor: Cursor, filled: Uint16Array): number {
  const number = readVarint(cursor);
  if (number > cells.length) throw invalidProfile('it has counts for more cells than there are');
  for (let i = 0, cell = 0; i < number; i += 1, cell += 1) {
    cell += readVarint(cursor);
    if (cell >= cells.length) throw invalidProfile('it has a count beyond the last cell');
    cells[cell]! += readVarint(cursor);
    filled[i] = cell;
  }
  return number;
}

/** Moves those of some cells that are wider than one value to the front; returns how many they are. */
function keepWide(cells: Uint16Array, count: number, offsets: Float64Array): number {
  let kept = 0;
  for (let i = 0; i < count; i += 1) {
    const cell = cells[i]!;
    if (Number.isNaN(offsets[cell])) {
      cells[kept] = cell;
      kept += 1;
    }
  }
  return kept;
}

/** Adds the sums of the first `count` of some cells, and what stands before them. */
function addFloats(
  total: ProfileTotal,
  floats: Float64Array,
  floatCount: number,
  cells: Uint16Array,
  count: number,
): void {
  if (floatCount === 0 && count === 0) return;
  if (floatCount !== leadingFloats + count) throw invalidProfile('its sums are not those of its cells');
  const first = headerBytes / 8;
  total.sumOfSquares += floats[first]!;
  total.min = Math.min(total.min, floats[first + 1]!);
  total.max = Math.max(total.max, floats[first + 2]!);
  const { cellSums } = total;
  for (let i = 0; i < count; i += 1) cellSums[cells[i]!]! += floats[first + leadingFloats + i]!;
}

/** The bytes of one profile at an address that typed arrays can read: bytes from a database start anywhere. */
export interface Room {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  readonly floats: Float64Array;
  /** Scratch for the cells that are not empty. */
  readonly filled: Uint16Array;
}

export type Counts = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A room for up to so many bytes. */
export function createRoom(byteCount: number): Room {
  const buffer = new ArrayBuffer(Math.ceil(byteCount / 8) * 8);
  return {
    bytes: new Uint8Array(buffer),
    halves: new Uint16Array(buffer),
    words: new Uint32Array(buffer),
    floats: new Float64Array(buffer),
    // At least a byte of the encoding for each.
    filled: new Uint16Array(byteCount),
  };
}

/** Copies bytes to the start of a room; returns how many words they take, zeros after the last byte included. */
function fillRoom(room: Room, bytes: Uint8Array): number {
  const words = Math.ceil(bytes.length / 4);
  room.bytes.set(bytes);
  room.bytes.fill(0, bytes.length, words * 4);
  return words;
}

/** The room as counts of so many bytes each. */
export function countsOf(room: Room, width: number): Counts {
  switch (width) {
    case 1:
      return room.bytes;
    case 2:
      return room.halves;
    case 4:
      return room.words;
    case 8:
      return room.floats;
    default:
      throw invalidProfile(`counts of ${width} bytes are not known`);
  }
}
