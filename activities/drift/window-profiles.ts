/** The profiles that one comparison needs: sums over windows, by column. */

import { decodeProfile, encodeProfile, sumEncodedProfiles } from '../../core/profile/encode.ts';
import type { ReferenceGrid } from '../../core/profile/grid.ts';
import type { Profile } from '../../core/profile/profile.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { readProfiles } from '../profiles/days.ts';
import type { StoredReference } from '../profiles/reference-store.ts';
import { storeMergedProfiles } from '../profiles/reference-store.ts';

export type ColumnProfiles = ReadonlyMap<string, Profile>;

/** The sum of some windows, for every column of the reference; columns without rows have empty profiles. */
export async function sumWindows(
  connection: Queryable,
  model: string,
  reference: StoredReference,
  segment: string,
  windows: readonly Window[],
): Promise<ColumnProfiles> {
  const contents = new Map<string, Uint8Array[]>();
  for (const window of windows) {
    for (const { column, content } of await readProfiles(connection, model, reference.id, segment, window)) {
      const ofColumn = contents.get(column);
      if (ofColumn === undefined) contents.set(column, [content]);
      else ofColumn.push(content);
    }
  }
  return sumColumns(reference.grids, contents);
}

/** The same for the one window of a fixed or rolling reference, whose sum is kept until an hour of it changes. */
export async function sumReference(
  connection: Queryable,
  model: string,
  reference: StoredReference,
  segment: string,
): Promise<ColumnProfiles> {
  const { id, grids, window, merged } = reference;
  const kept = merged[segment];
  if (kept !== undefined) {
    return new Map(
      Object.entries(kept).map(([name, content]) => [
        name,
        decodeProfile(Buffer.from(content, 'base64'), grids.get(name)!),
      ]),
    );
  }
  const sums = await sumWindows(connection, model, reference, segment, window === null ? [] : [window]);
  const encoded = [...sums].map(([name, profile]) => [
    name,
    Buffer.from(encodeProfile(profile, grids.get(name)!)).toString('base64'),
  ]);
  await storeMergedProfiles(connection, model, id, segment, Object.fromEntries(encoded));
  return sums;
}

function sumColumns(
  grids: ReadonlyMap<string, ReferenceGrid>,
  contents: ReadonlyMap<string, readonly Uint8Array[]>,
): ColumnProfiles {
  return new Map(
    [...grids].map(([name, grid]) => [name, sumEncodedProfiles(grid, contents.get(name) ?? [])]),
  );
}
