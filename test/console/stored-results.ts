/** Results as runs store them, written straight into the tables. */

import { monitorSchema, type MonitorInput } from '../../core/monitor/schema.ts';
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
    `insert into monitors (model, configuration, configuration_hash) values ($1, $2, 'hash')`,
    [model, JSON.stringify(monitor)],
  );
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
  readonly rmse: number | null;
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
  const { daysAgo, rmse, version = 'v1', revision = 1, predictions = 100, days = 7 } = given;
  const { segment = '', state = 'final' } = given;
  const end = today - daysAgo * dayMs;
  await database.execute(
    `insert into performance_evaluations (model, version, segment, window_start, window_end, revision, as_of, state, verdict, reason,
       metrics, intervals, details, sample_size, prediction_count, coverage, content_hash, gate, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $5, $9, 'ok', '', $7, '{}', '{}', 90, $8, 0.9, '', 'passed', ${provenance})`,
    [
      model,
      version,
      segment,
      toTimestamp(end - days * dayMs),
      toTimestamp(end),
      revision,
      rmse === null ? '{}' : JSON.stringify({ rmse }),
      predictions,
      state,
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
