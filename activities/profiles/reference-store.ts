/** Stores references: what is frozen of the data of accepted quality. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { ReferenceGrid } from '../../core/profile/grid.ts';
import { gridFromJson } from '../../core/profile/grid.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

export interface ReferenceSpecification {
  /** Hash of all that the reference is made from. */
  readonly id: string;
  readonly kind: Monitor['reference']['kind'];
  readonly window: Window | null;
}

export interface StoredReference {
  readonly id: string;
  /** null for training statistics. */
  readonly window: Window | null;
  readonly grids: ReadonlyMap<string, ReferenceGrid>;
  readonly rowCount: number;
  /** Segment -> column -> encoded sum of its hours, where that is known. */
  readonly merged: MergedProfiles;
}

export type MergedProfiles = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface ReferenceRow extends Record<string, unknown> {
  readonly reference_id: string;
  readonly window_start: number | null;
  readonly window_end: number | null;
  readonly grids: Readonly<Record<string, unknown>>;
  readonly row_count: number;
  readonly merged_profiles: MergedProfiles | null;
}

export async function findReference(
  connection: Queryable,
  model: string,
  id: string,
): Promise<StoredReference | undefined> {
  const [row] = await connection.query<ReferenceRow>(
    `select reference_id, window_start, window_end, grids, row_count, merged_profiles
     from model_references where model = $1 and reference_id = $2`,
    [model, id],
  );
  if (row === undefined) return undefined;
  const { window_start: start, window_end: end } = row;
  return {
    id,
    window: start === null || end === null ? null : { start, end },
    grids: new Map(Object.entries(row.grids).map(([name, grid]) => [name, gridFromJson(grid)])),
    rowCount: row.row_count,
    merged: row.merged_profiles ?? {},
  };
}

export async function insertReference(
  connection: Queryable,
  model: string,
  specification: ReferenceSpecification,
  content: {
    readonly grids: Readonly<Record<string, ReferenceGrid>>;
    readonly rowCount: number;
    readonly sampledRows: number | null;
    readonly builtAt: number;
  },
): Promise<void> {
  const { id, kind, window } = specification;
  await connection.execute(
    `insert into model_references (model, reference_id, kind, window_start, window_end, grids, row_count, sampled_rows, built_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict do nothing`,
    [
      model,
      id,
      kind,
      window === null ? null : toTimestamp(window.start),
      window === null ? null : toTimestamp(window.end),
      JSON.stringify(content.grids),
      content.rowCount,
      content.sampledRows,
      toTimestamp(content.builtAt),
    ],
  );
}

/** Adds the grid of the actuals to a reference that has none yet. */
export async function addActualGrid(
  connection: Queryable,
  model: string,
  referenceId: string,
  grid: ReferenceGrid,
): Promise<void> {
  await connection.execute(
    `update model_references set grids = grids || jsonb_build_object('actual', $3::jsonb), merged_profiles = null
     where model = $1 and reference_id = $2 and not grids ? 'actual'`,
    [model, referenceId, JSON.stringify(grid)],
  );
}

/** Keeps the sums of a segment. */
export async function storeMergedProfiles(
  connection: Queryable,
  model: string,
  referenceId: string,
  segment: string,
  merged: MergedProfiles[string],
): Promise<void> {
  await connection.execute(
    `update model_references set merged_profiles = coalesce(merged_profiles, '{}') || jsonb_build_object($3::text, $4::jsonb)
     where model = $1 and reference_id = $2`,
    [model, referenceId, segment, JSON.stringify(merged)],
  );
}
