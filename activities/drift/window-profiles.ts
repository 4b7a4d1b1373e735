/** The profiles that one comparison needs: sums over windows, by column. */

import { decodeProfile, encodeProfile, sumEncodedProfiles } from '../../core/profile/encode.ts';
import type { Profile } from '../../core/profile/profile.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { readProfiles, type StoredProfile } from '../../sql/read-profiles.ts';
import { groupByColumn } from '../profiles/days.ts';
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
  const profiles: StoredProfile[] = [];
  for (const window of windows)
    profiles.push(...(await readProfiles(connection, model, reference.id, segment, window)));
  const byColumn = groupByColumn(profiles);
  return new Map(
    [...reference.grids].map(([name, grid]) => [
      name,
      sumEncodedProfiles(
        grid,
        (byColumn.get(name) ?? []).map(({ content }) => content),
      ),
    ]),
  );
}

/** The same for the one window of a fixed or rolling reference, of which the sum may be kept. */
export async function sumReference(
  connection: Queryable,
  model: string,
  reference: StoredReference,
  segment: string,
): Promise<ColumnProfiles> {
  const { grids, window, merged } = reference;
  const kept = merged[segment];
  if (kept === undefined) {
    return sumWindows(connection, model, reference, segment, window === null ? [] : [window]);
  }
  return new Map(
    Object.entries(kept).map(([name, content]) => [
      name,
      decodeProfile(Buffer.from(content, 'base64'), grids.get(name)!),
    ]),
  );
}

/** Keeps the sum of a reference until an hour of it changes. Call it under the profile lock. */
export async function keepReferenceSum(
  connection: Queryable,
  model: string,
  reference: StoredReference,
  segment: string,
): Promise<void> {
  if (reference.merged[segment] !== undefined) return;
  const sums = await sumReference(connection, model, reference, segment);
  const encoded = [...sums].map(([name, profile]) => [
    name,
    Buffer.from(encodeProfile(profile, reference.grids.get(name)!)).toString('base64'),
  ]);
  await storeMergedProfiles(connection, model, reference.id, segment, Object.fromEntries(encoded));
}
