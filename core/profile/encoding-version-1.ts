/**
 * Reads what earlier releases stored:
 *
 *     version u8 | kind u8 (0 continuous, 1 categorical) | grid fingerprint u32, first byte first | cells v | counts v... | missing v | invalid v
 *     categorical: unseen v
 *     continuous:  belowMinimum v | aboveMaximum v | beyondThreeDeviations v | sum f64 | sumOfSquares f64
 *                  with values: min f64 | max f64 | the sum of every non-empty cell f64...
 *
 * A run of empty cells is written as 0 and its length.
 */

import type { Cursor } from '../varint.ts';
import { endsEarly, readVarint, requireMatch } from './encoded-bytes.ts';
import type { ReferenceGrid } from './grid.ts';
import type { ProfileTotal } from './merge.ts';
import { invalidProfile } from './profile.ts';

/** Adds a profile that was encoded with version 1. */
export function addVersion1(total: ProfileTotal, grid: ReferenceGrid, bytes: Uint8Array): void {
  // A Buffer from the database may be a view into a larger one.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 6) throw endsEarly({ end: bytes.length });
  const cursor: Cursor = { bytes, position: 6, end: bytes.length };
  const float = (): number => {
    if (cursor.position + 8 > cursor.end) throw endsEarly(cursor);
    const value = view.getFloat64(cursor.position, true);
    if (!Number.isFinite(value)) throw invalidProfile('a sum is not finite');
    cursor.position += 8;
    return value;
  };

  requireMatch(grid, { kind: bytes[1]!, fingerprint: view.getUint32(2), cells: readVarint(cursor) });
  const filled = addCounts(total.cells, cursor);
  total.missing += readVarint(cursor);
  total.invalid += readVarint(cursor);
  if (grid.kind === 'categorical') total.unseen += readVarint(cursor);
  else {
    total.belowMinimum += readVarint(cursor);
    total.aboveMaximum += readVarint(cursor);
    total.beyondThreeDeviations += readVarint(cursor);
    // The sum, which is that of the cells.
    float();
    total.sumOfSquares += float();
    if (filled.length > 0) {
      total.min = Math.min(total.min, float());
      total.max = Math.max(total.max, float());
      for (const cell of filled) total.cellSums[cell]! += float();
    }
  }
  if (cursor.position !== cursor.end) throw invalidProfile('bytes are left over');
}

/** Adds the counts, and lists the cells that have one. */
function addCounts(cells: Float64Array, cursor: Cursor): readonly number[] {
  const filled: number[] = [];
  for (let cell = 0; cell < cells.length;) {
    const count = readVarint(cursor);
    const step = count === 0 ? readVarint(cursor) : 1;
    if (step === 0 || cell + step > cells.length) {
      throw invalidProfile('a run of empty cells has an impossible length');
    }
    if (count !== 0) {
      cells[cell]! += count;
      filled.push(cell);
    }
    cell += step;
  }
  return filled;
}
