/** Stores feature importances, and reads drift beside errors. */

import type { DriftAndError } from '../../core/importance/drift-and-error.ts';
import type { Importances } from '../../core/importance/importances.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/** `trainer`: it said so; `surrogate`: trees that imitate the model's predictions do. */
export type ImportanceSource = 'trainer' | 'surrogate';

/** What mattered to a version, as of an instant. */
export interface VersionImportances {
  readonly version: string;
  readonly source: ImportanceSource;
  readonly asOf: number;
  readonly importances: Importances;
}

/** Stores the importances of a version, in the place of those of the same source and instant. */
export async function storeImportances(
  connection: Queryable,
  model: string,
  { version, source, asOf, importances }: VersionImportances,
): Promise<void> {
  const key = [model, version, source, toTimestamp(asOf)];
  const features = Object.keys(importances);
  await connection.execute(
    `delete from feature_importances
     where model = $1 and version = $2 and source = $3 and as_of = $4 and feature <> all($5)`,
    [...key, features],
  );
  await connection.execute(
    `insert into feature_importances (model, version, source, as_of, feature, importance)
     select $1, $2, $3, $4, feature, importance
     from unnest($5::text[], $6::float8[]) as computed (feature, importance)
     on conflict (model, version, feature, source, as_of) do update set importance = excluded.importance
     where feature_importances.importance <> excluded.importance`,
    [...key, features, Object.values(importances)],
  );
}

/** Everything stored about what mattered to a model, in the order of time; of one version where it is named. */
export async function readImportances(
  connection: Queryable,
  model: string,
  version?: string,
): Promise<VersionImportances[]> {
  const rows = await connection.query<{
    version: string;
    source: ImportanceSource;
    as_of: number;
    importances: Importances;
  }>(
    `select version, source, as_of, jsonb_object_agg(feature, importance) as importances
     from feature_importances
     where model = $1 and ($2::text is null or version = $2)
     group by version, source, as_of
     order by as_of, version, source`,
    [model, version ?? null],
  );
  return rows.map(({ version, source, as_of, importances }) => ({
    version,
    source,
    asOf: as_of,
    importances,
  }));
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

/**
 * Drift and error of the windows that have both, by feature: the effect of the method that decided whether the feature
 * differs from the reference, and a performance metric (the mean over the versions that served, by their outcomes).
 */
export async function readDriftAndError(
  connection: Queryable,
  model: string,
  metric: string,
): Promise<ReadonlyMap<string, readonly DriftAndError[]>> {
  const rows = await connection.query<{
    feature: string;
    window_start: number;
    window_end: number;
    drift: number;
    error: number;
  }>(
    `with errors as (
       select window_start, window_end,
         sum((metrics ->> $2)::double precision * sample_size) / sum(sample_size) as error
       from latest_performance_evaluations
       where model = $1 and segment = '' and metrics ? $2 and sample_size > 0
       group by window_start, window_end
     )
     select result.column_name as feature, run.window_start, run.window_end, result.effect as drift, errors.error
     from drift_runs run
     join drift_results result using (model, drift_run_id)
     join errors using (window_start, window_end)
     where run.model = $1 and run.segment = '' and result.subject = 'feature' and result.deciding
       and result.question = 'reference' and result.effect is not null
     order by feature, run.window_start, run.window_end`,
    [model, metric],
  );
  const byFeature = new Map<string, DriftAndError[]>();
  for (const { feature, window_start: start, window_end: end, drift, error } of rows) {
    const point = { window: { start, end }, drift, error };
    const points = byFeature.get(feature);
    if (points === undefined) byFeature.set(feature, [point]);
    else points.push(point);
  }
  return byFeature;
}
