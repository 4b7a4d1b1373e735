/** Results as runs store them, written straight into the tables. */

import { monitorSchema, type MonitorInput } from '../../core/monitor/schema.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import { encodeProfile } from '../../core/profile/encode.ts';
import { buildCategoricalGrid, buildContinuousGrid, type ReferenceGrid } from '../../core/profile/grid.ts';
import { buildProfile } from '../../core/profile/profile.ts';
import { dayMs, floorToDay } from '../../core/window.ts';
import { toTimestamp, type Database } from '../../sql/database.ts';
import { now } from './console-world.ts';

export const today = floorToDay(now);
const provenance = `'hash', '0.1.0', 'workflow', 'run'`;

export async function storeMonitor(
  database: Database,
  model: string,
  given: Partial<MonitorInput> = {},
): Promise<void> {
  const monitor = monitorSchema.parse({
    model,
    task: 'regression',
    features: { temp: { kind: 'continuous' } },
    reference: { kind: 'rolling' },
    performance: { limits: { rmse: 70 } },
    ...given,
  });
  await database.execute(
    `insert into monitors (model, configuration, configuration_hash, applied_at) values ($1, $2, 'hash', $3)`,
    [model, JSON.stringify(monitor), toTimestamp(now)],
  );
}

/** A model of delays that ROC AUC speaks for, which has fallen below its limit. */
export async function storeClassifier(database: Database, model: string): Promise<void> {
  await storeMonitor(database, model, {
    task: 'classification',
    classes: ['on time', 'late'],
    features: { carrier: { kind: 'categorical' } },
    performance: { limits: { roc_auc: 0.7 } },
  });
  await storeCheck(database, model, 0, 'critical', 'ROC AUC over 7 days 0.652 is below 0.7');
  for (const [daysAgo, auc] of [
    [2, 0.81],
    [1, 0.74],
    [0, 0.652],
  ] as const)
    await storeEvaluation(database, model, {
      daysAgo,
      metrics: { roc_auc: auc, accuracy: 0.9 },
      intervals: { roc_auc: [auc - 0.02, auc + 0.02] },
    });
}

export async function storeCheck(
  database: Database,
  model: string,
  daysAgo: number,
  verdict: string,
  reason: string,
): Promise<void> {
  await database.execute(
    `insert into degradation_checks (model, window_end, as_of, verdict, reason, findings, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $2, $3, $4, '[]', ${provenance})`,
    [model, toTimestamp(today - daysAgo * dayMs), verdict, reason],
  );
}

export interface StoredEvaluation {
  readonly daysAgo: number;
  /** Null: it was not computable. */
  readonly rmse?: number | null;
  /** Of a model that is not measured by RMSE. */
  readonly metrics?: Readonly<Partial<Record<MetricName, number>>>;
  readonly intervals?: Readonly<Partial<Record<MetricName, readonly [number, number]>>>;
  readonly version?: string;
  readonly revision?: number;
  readonly predictions?: number;
  readonly days?: number;
  readonly segment?: string;
  readonly state?: 'provisional' | 'final';
}

export async function storeEvaluation(
  database: Database,
  model: string,
  given: StoredEvaluation,
): Promise<void> {
  const { daysAgo, rmse = null, version = 'v1', revision = 1, predictions = 100, days = 7 } = given;
  const { segment = '', state = 'final', metrics = rmse === null ? {} : { rmse }, intervals = {} } = given;
  const end = today - daysAgo * dayMs;
  await database.execute(
    `insert into performance_evaluations (model, version, segment, window_start, window_end, revision, as_of, state, verdict, reason,
       metrics, intervals, details, sample_size, prediction_count, coverage, content_hash, gate, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $5, $9, 'ok', '', $7, $10, '{}', 90, $8, 0.9, '', 'passed', ${provenance})`,
    [
      model,
      version,
      segment,
      toTimestamp(end - days * dayMs),
      toTimestamp(end),
      revision,
      JSON.stringify(metrics),
      predictions,
      state,
      JSON.stringify(intervals),
    ],
  );
}

/** A drift run, with a deciding result for each column. */
export async function storeDrift(
  database: Database,
  model: string,
  run: {
    readonly daysAgo: number;
    readonly verdict: string;
    readonly days?: number;
    readonly columns?: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { daysAgo, verdict, days = 7, columns = {} } = run;
  const end = today - daysAgo * dayMs;
  const [row] = await database.query<{ id: number }>(
    `insert into drift_runs (model, window_start, window_end, reference_id, as_of, verdict, reason, judged_features, drifted_features, row_count,
       reference_row_count, checked_at, quality_verdict, quality_reason, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, 'r', $3, $4, 'as ' || $4::text, 1, '{}', 1, 1, $3, 'ok', '', ${provenance})
     returning drift_run_id as id`,
    [model, toTimestamp(end - days * dayMs), toTimestamp(end), verdict],
  );
  for (const [column, level] of Object.entries(columns)) {
    await database.execute(
      `insert into drift_results (model, drift_run_id, subject, column_name, method, question, effect, deciding, verdict, reason, reference_rows, current_rows)
       values ($1, $2, 'feature', $3, 'wasserstein', 'reference', 0.2, true, $4, 'because', 1, 1)`,
      [model, row!.id, column, level],
    );
  }
}

/** Values of a column, in a day of its reference and in one of the newest window. */
export interface StoredColumnValues {
  readonly reference: readonly number[] | readonly string[];
  readonly current: readonly number[] | readonly string[];
}

/** The reference that the drift runs of `storeDrift` name, and the profiles that they have compared. */
export async function storeProfiles(
  database: Database,
  model: string,
  columns: Readonly<Record<string, StoredColumnValues>>,
): Promise<void> {
  const grids = Object.fromEntries(
    Object.entries(columns).map(([column, { reference }]) => [column, gridOf(reference)]),
  );
  await database.execute(
    `insert into model_references (model, reference_id, kind, window_start, window_end, grids, row_count, built_at)
     values ($1, 'r', 'rolling', $2, $3, $4, 100, $3)`,
    [model, toTimestamp(today - 37 * dayMs), toTimestamp(today - 7 * dayMs), JSON.stringify(grids)],
  );
  for (const [column, sides] of Object.entries(columns)) {
    for (const [side, day] of [
      ['reference', today - 20 * dayMs],
      ['current', today - 2 * dayMs],
    ] as const) {
      const grid = grids[column]!;
      await database.execute(
        `insert into profile_days (model, reference_id, day, column_name, content) values ($1, 'r', $2, $3, $4)`,
        [model, toTimestamp(day), column, Buffer.from(encodeProfile(buildProfile(grid, sides[side]), grid))],
      );
    }
  }
}

function gridOf(values: StoredColumnValues['reference']): ReferenceGrid {
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === values.length
    ? buildContinuousGrid(Float64Array.from(numbers))
    : buildCategoricalGrid(values.map(String));
}
