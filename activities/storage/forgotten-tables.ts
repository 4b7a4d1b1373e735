/** Which tables have rows of a model, and what becomes of them when it is forgotten. */

import type { Queryable } from '../../sql/database.ts';

/** By table; a test finds those with a column `model` that are not here. A table of somebody else that has such a column is left alone. */
export const fates: Readonly<Record<string, 'deleted' | 'kept'>> = {
  actuals: 'deleted',
  alert_deliveries: 'deleted',
  alert_events: 'deleted',
  alerts: 'deleted',
  // Who had what done, and the account of what went: no row of the model is in them.
  audit_events: 'kept',
  calibrations: 'deleted',
  column_groups: 'deleted',
  compared_windows: 'deleted',
  degradation_checks: 'deleted',
  dirty_windows: 'deleted',
  drift_error_correlations: 'deleted',
  drift_results: 'deleted',
  drift_runs: 'deleted',
  feature_importances: 'deleted',
  importance_shifts: 'deleted',
  ingest_progress: 'deleted',
  model_references: 'deleted',
  model_versions: 'deleted',
  monitors: 'deleted',
  outcome_summaries: 'deleted',
  outcomes: 'deleted',
  performance_comparisons: 'deleted',
  performance_estimates: 'deleted',
  performance_estimators: 'deleted',
  performance_evaluations: 'deleted',
  predictions: 'deleted',
  process_watermarks: 'deleted',
  profile_days: 'deleted',
  profile_weeks: 'deleted',
  profiled_hours: 'deleted',
  profiles: 'deleted',
  quality_results: 'deleted',
  reference_handovers: 'deleted',
  rejected_rows: 'deleted',
  removals: 'kept',
  removed_ranges: 'deleted',
  report_deliveries: 'deleted',
  reports: 'deleted',
  retraining_events: 'deleted',
  retraining_runs: 'deleted',
  rolled_up_days: 'deleted',
  source_parts: 'deleted',
  watched_processes: 'deleted',
  weak_slices: 'deleted',
};

/** The messages of its alerts: a table without a model. One that tells of another model as well stays. */
export const messageTable = 'alert_messages';

/**
 * Before all others. Marks, so that nobody computes of what is left. `rolled_up_days` before the sums of these days and weeks: with a sum
 * that is deleted a trigger deletes everything else of its days, as many rows as these are.
 */
const first = ['dirty_windows', 'predictions', 'actuals', 'outcomes', 'rolled_up_days'];

interface CatalogTable extends Record<string, unknown> {
  readonly name: string;
  readonly isPartitioned: boolean;
  /** Tables that it refers to. */
  readonly parents: readonly string[];
}

/** Every table of the schema with a column `model`, partitions apart. */
export function listModelTables(connection: Queryable): Promise<CatalogTable[]> {
  return connection.query<CatalogTable>(
    `select relname::text as name, relkind = 'p' as "isPartitioned", array(
       select distinct parent.relname::text from pg_constraint join pg_class parent on parent.oid = confrelid
       where contype = 'f' and conrelid = pg_class.oid and confrelid <> conrelid) as parents
     from pg_class
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
       and exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'model' and not attisdropped)
     order by relname`,
  );
}

export interface ForgottenTable {
  readonly name: string;
  readonly isPartitioned: boolean;
}

/** Those that lose their rows, in the order in which they do: none has rows left that refer to it. */
export async function listForgottenTables(connection: Queryable): Promise<readonly ForgottenTable[]> {
  const tables = (await listModelTables(connection)).filter(({ name }) => fates[name] === 'deleted');
  const ordered = first.flatMap((early) => tables.filter(({ name }) => name === early));
  const left = tables.filter(({ name }) => !first.includes(name));
  while (left.length > 0) {
    const free = left.findIndex(({ name }) => !left.some(({ parents }) => parents.includes(name)));
    ordered.push(...left.splice(Math.max(0, free), 1));
  }
  return ordered;
}
