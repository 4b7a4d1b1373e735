/** What every version of the encoding is made of: counts, and the mark of its grid. */

import type { TidewatchError } from '../errors.ts';
import * as varint from '../varint.ts';
import { cellCountOf, type ReferenceGrid } from './grid.ts';
import { invalidProfile, ofAnotherGrid } from './profile.ts';

/** Reads the next number and moves on; throws `INVALID_PROFILE` at the end and for a number that is not exact. */
export function readVarint(cursor: varint.Cursor): number {
  return varint.readVarint(cursor, invalidProfile);
}

/** What to throw where bytes are missing. */
export function endsEarly(cursor: Pick<varint.Cursor, 'end'>): TidewatchError {
  return invalidProfile(varint.endsEarly(cursor));
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
