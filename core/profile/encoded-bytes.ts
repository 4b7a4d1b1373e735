/** What every version of the encoding is made of: whole numbers in few bytes (unsigned LEB128), and the mark of its grid. */

import type { TidewatchError } from '../errors.ts';
import { cellCountOf, type ReferenceGrid } from './grid.ts';
import { invalidProfile, ofAnotherGrid } from './profile.ts';

/** Where the next byte is read. */
export interface Cursor {
  readonly bytes: Uint8Array;
  position: number;
  /** No byte at or after this one is read; `bytes` may be larger. */
  end: number;
}

/** Adds a whole number up to 2^53 to the end of some bytes. */
export function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  // Division, because shifts would cut counts to 32 bits.
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

/** Reads the next number and moves on; throws `INVALID_PROFILE` at the end and for a number that is not exact. */
export function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    if (cursor.position >= cursor.end) throw endsEarly(cursor);
    const next = cursor.bytes[cursor.position]!;
    cursor.position += 1;
    value += (next % 128) * scale;
    if (value > Number.MAX_SAFE_INTEGER || scale > Number.MAX_SAFE_INTEGER) {
      throw invalidProfile('a count is larger than 2^53');
    }
    if (next < 128) return value;
  }
}

/** What to throw where bytes are missing. */
export function endsEarly({ end }: Pick<Cursor, 'end'>): TidewatchError {
  return invalidProfile(`it ends after ${end} bytes, in the middle`);
}

export const kinds = ['continuous', 'categorical'] as const;

/** Refuses what was counted in another grid. `kind` is an index of `kinds`. */
export function requireMatch(
  grid: ReferenceGrid,
  found: { readonly kind: number; readonly fingerprint: number; readonly cells: number },
): void {
  const kind = kinds[found.kind];
  if (kind !== grid.kind || found.cells !== cellCountOf(grid)) {
    throw invalidProfile(
      `it has ${found.cells} ${kind ?? 'unknown'} cells, the grid has ${cellCountOf(grid)} ${grid.kind} ones`,
    );
  }
  if (found.fingerprint !== Number.parseInt(grid.fingerprint, 16)) {
    throw ofAnotherGrid(grid, found.fingerprint.toString(16).padStart(8, '0'));
  }
}
