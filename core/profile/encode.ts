/**
 * The stored form of a profile, version 1:
 *
 *     version u8 | kind u8 (0 continuous, 1 categorical) | grid fingerprint u32 | cells v | counts v... | missing v | invalid v
 *     categorical: unseen v
 *     continuous:  belowMinimum v | aboveMaximum v | beyondThreeDeviations v | sum f64 | sumOfSquares f64
 *                  with values: min f64 | max f64 | the sum of every non-empty cell f64...
 *
 * v is an unsigned LEB128 integer, f64 little-endian. A run of empty cells is written as 0 and its length.
 */

import { TidewatchError } from '../errors.ts';
import { cellCountOf, type ReferenceGrid } from './grid.ts';
import type { Profile } from './profile.ts';

const version = 1;
const kinds = ['continuous', 'categorical'] as const;

/** The bytes of a profile; decoding gives back every count and sum to the bit. A few bytes for an empty one, about 10 a non-empty cell. */
export function encodeProfile(profile: Profile): Uint8Array {
  const writer = createWriter();
  writer.byte(version);
  writer.byte(kinds.indexOf(profile.kind));
  for (const pair of profile.grid.match(/../g) ?? []) writer.byte(Number.parseInt(pair, 16));
  writeCells(writer, profile.cells);
  writer.varint(profile.missing);
  writer.varint(profile.invalid);
  if (profile.kind === 'categorical') {
    writer.varint(profile.unseen);
    return writer.bytes();
  }
  writer.varint(profile.belowMinimum);
  writer.varint(profile.aboveMaximum);
  writer.varint(profile.beyondThreeDeviations);
  writer.float(profile.sum);
  writer.float(profile.sumOfSquares);
  if (profile.extent !== undefined) {
    writer.float(profile.extent.min);
    writer.float(profile.extent.max);
    for (const [cell, sum] of profile.cellSums.entries()) if (profile.cells[cell] !== 0) writer.float(sum);
  }
  return writer.bytes();
}

/**
 * The profile that was encoded.
 *
 * @throws TidewatchError `INVALID_PROFILE` for an unknown version, another grid, another number of cells, and bytes that
 * end too early or too late.
 */
export function decodeProfile(bytes: Uint8Array, grid: ReferenceGrid): Profile {
  const reader = createReader(bytes);
  const found = reader.byte();
  if (found !== version) throw invalid(`it has version ${found}, known is ${version}`);
  const kind = kinds[reader.byte()];
  const fingerprint = Array.from({ length: 4 }, () => reader.byte().toString(16).padStart(2, '0')).join('');
  const cellCount = reader.varint();
  if (kind !== grid.kind || cellCount !== cellCountOf(grid)) {
    throw invalid(
      `it has ${cellCount} ${kind ?? 'unknown'} cells, the grid has ${cellCountOf(grid)} ${grid.kind} ones`,
    );
  }
  if (fingerprint !== grid.fingerprint) {
    throw invalid(`it was counted in the grid ${fingerprint}, not in ${grid.fingerprint}`);
  }
  const cells = readCells(reader, cellCount);
  const profile =
    kind === 'continuous'
      ? readContinuous(reader, fingerprint, cells)
      : {
          kind,
          grid: fingerprint,
          cells,
          missing: reader.varint(),
          invalid: reader.varint(),
          unseen: reader.varint(),
        };
  if (!reader.atEnd()) throw invalid('bytes are left over');
  return profile;
}

function readContinuous(reader: Reader, grid: string, cells: Float64Array): Profile {
  const head = {
    kind: 'continuous',
    grid,
    cells,
    missing: reader.varint(),
    invalid: reader.varint(),
    belowMinimum: reader.varint(),
    aboveMaximum: reader.varint(),
    beyondThreeDeviations: reader.varint(),
    sum: reader.float(),
    sumOfSquares: reader.float(),
  } as const;
  if (cells.every((count) => count === 0)) return { ...head, cellSums: new Float64Array(cells.length) };
  const extent = { min: reader.float(), max: reader.float() };
  return { ...head, extent, cellSums: cells.map((count) => (count === 0 ? 0 : reader.float())) };
}

function writeCells(writer: Writer, cells: Float64Array): void {
  writer.varint(cells.length);
  for (let cell = 0; cell < cells.length;) {
    const count = cells[cell]!;
    writer.varint(count);
    const start = cell;
    cell += 1;
    if (count !== 0) continue;
    while (cells[cell] === 0) cell += 1;
    writer.varint(cell - start);
  }
}

function readCells(reader: Reader, length: number): Float64Array {
  const cells = new Float64Array(length);
  for (let cell = 0; cell < length;) {
    const count = reader.varint();
    cells[cell] = count;
    const step = count === 0 ? reader.varint() : 1;
    if (step === 0 || cell + step > length) throw invalid('a run of empty cells has an impossible length');
    cell += step;
  }
  return cells;
}

type Writer = ReturnType<typeof createWriter>;
type Reader = ReturnType<typeof createReader>;

function createWriter() {
  const written: number[] = [];
  const scratch = new DataView(new ArrayBuffer(8));
  return {
    byte: (value: number): void => void written.push(value),
    varint: (value: number): void => {
      let rest = value;
      // Division, because shifts would cut counts to 32 bits.
      for (; rest >= 128; rest = Math.floor(rest / 128)) written.push((rest % 128) + 128);
      written.push(rest);
    },
    float: (value: number): void => {
      scratch.setFloat64(0, value, true);
      for (let i = 0; i < 8; i += 1) written.push(scratch.getUint8(i));
    },
    bytes: (): Uint8Array => Uint8Array.from(written),
  };
}

function createReader(bytes: Uint8Array) {
  // A Buffer from the database may be a view into a larger one.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  const advance = (length: number): number => {
    const start = position;
    position += length;
    if (position > view.byteLength) throw invalid(`it ends after ${view.byteLength} bytes, in the middle`);
    return start;
  };
  const byte = (): number => view.getUint8(advance(1));
  return {
    byte,
    varint: (): number => {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const next = byte();
        value += (next % 128) * scale;
        if (value > Number.MAX_SAFE_INTEGER || scale > Number.MAX_SAFE_INTEGER)
          throw invalid('a count is larger than 2^53');
        if (next < 128) return value;
      }
    },
    float: (): number => {
      const value = view.getFloat64(advance(8), true);
      if (!Number.isFinite(value)) throw invalid('a sum is not finite');
      return value;
    },
    atEnd: (): boolean => position === view.byteLength,
  };
}

function invalid(reason: string): TidewatchError {
  return new TidewatchError('INVALID_PROFILE', { reason });
}
