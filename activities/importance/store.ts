/** Stores feature importances. */

import type { Importances, ImportanceSource, VersionImportances } from '../../core/importance/importances.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/** How importances were learned. */
export interface Learning {
  readonly rows: number;
  readonly fidelity: number;
  /** Hash of the outcomes. */
  readonly learnedFrom: string;
}

/** Stores the importances of a version, in the place of those of the same source and instant. */
export async function storeImportances(
  connection: Queryable,
  model: string,
  { version, source, asOf, importances }: VersionImportances,
  learning?: Learning,
): Promise<void> {
  const key = [model, version, source, toTimestamp(asOf)];
  const features = Object.keys(importances);
  await connection.execute(
    `delete from feature_importances
     where model = $1 and version = $2 and source = $3 and as_of = $4 and feature <> all($5)`,
    [...key, features],
  );
  await connection.execute(
    `insert into feature_importances (model, version, source, as_of, feature, importance, row_count, fidelity, learned_from)
     select $1, $2, $3, $4, feature, importance, $7, $8, $9
     from unnest($5::text[], $6::float8[]) as computed (feature, importance)
     on conflict (model, version, feature, source, as_of) do update set
       importance = excluded.importance, row_count = excluded.row_count, fidelity = excluded.fidelity,
       learned_from = excluded.learned_from
     where (feature_importances.importance, feature_importances.row_count, feature_importances.fidelity,
         feature_importances.learned_from)
       is distinct from (excluded.importance, excluded.row_count, excluded.fidelity, excluded.learned_from)`,
    [
      ...key,
      features,
      Object.values(importances),
      learning?.rows ?? null,
      learning?.fidelity ?? null,
      learning?.learnedFrom ?? null,
    ],
  );
}

interface SetRow extends Record<string, unknown> {
  readonly version: string;
  readonly source: ImportanceSource;
  readonly as_of: number;
  readonly importances: Importances;
  readonly learned_from: string | null;
}

/** Everything stored about what mattered to a model up to an instant, in the order of time. */
export async function readImportances(
  connection: Queryable,
  model: string,
  until: number,
): Promise<VersionImportances[]> {
  const rows = await connection.query<SetRow>(
    `select version, source, as_of, jsonb_object_agg(feature, importance) as importances, min(learned_from) as learned_from
     from feature_importances
     where model = $1 and as_of <= $2
     group by version, source, as_of
     order by as_of, version, source`,
    [model, toTimestamp(until)],
  );
  return rows.map(setOf);
}

/** What was learned of a version as of exactly an instant, with the hash of the outcomes. */
export async function findLearned(
  connection: Queryable,
  model: string,
  version: string,
  asOf: number,
): Promise<{ readonly importances: VersionImportances; readonly learnedFrom: string | null } | undefined> {
  const [row] = await connection.query<SetRow>(
    `select version, source, as_of, jsonb_object_agg(feature, importance) as importances, min(learned_from) as learned_from
     from feature_importances
     where model = $1 and version = $2 and source = 'surrogate' and as_of = $3
     group by version, source, as_of`,
    [model, version, toTimestamp(asOf)],
  );
  return row && { importances: setOf(row), learnedFrom: row.learned_from };
}

function setOf({ version, source, as_of, importances }: SetRow): VersionImportances {
  return { version, source, asOf: as_of, importances };
}

/**
 * What a trainer said of a version when it registered it; undefined where it said nothing, or there is no such version.
 */
export async function readReportedImportances(
  connection: Queryable,
  model: string,
  version: string,
): Promise<{ reported: Readonly<Record<string, unknown>>; registeredAt: number } | undefined> {
  const [row] = await connection.query<{ reported: Record<string, unknown>; registered_at: number }>(
    `select lineage -> 'featureImportances' as reported, registered_at
     from model_versions
     where model = $1 and version = $2 and jsonb_typeof(lineage -> 'featureImportances') = 'object'`,
    [model, version],
  );
  return row && { reported: row.reported, registeredAt: row.registered_at };
}
