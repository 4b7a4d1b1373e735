/** Stores drift runs with their results. */

import type { ColumnDrift } from '../../core/drift/column-drift.ts';
import type { Computed } from '../../core/verdict.ts';
import { valueOf } from '../../core/verdict.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';
import type { SegmentDrift } from './judge-window.ts';

export interface DriftRun extends SegmentDrift {
  readonly model: string;
  readonly window: Window;
  readonly referenceId: string;
  readonly asOf: number;
  readonly provenance: Provenance;
}

type RunKey = Pick<DriftRun, 'model' | 'window'>;

/**
 * Stores the run of a window in the place of an earlier one. One that says the same leaves the row, and so its
 * provenance, as it is.
 */
export async function storeDriftRun(connection: Queryable, run: DriftRun): Promise<void> {
  const { provenance, dataset, rows } = run;
  const [stored] = await connection.query<{ drift_run_id: number }>(
    `insert into drift_runs (
       model, segment, window_start, window_end, reference_id, as_of, verdict, reason, drift_share, judged_features,
       drifted_features, out_of_distribution_ratio, row_count, reference_row_count, coverage,
       configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
     on conflict (model, segment, window_start, window_end) do update set
       reference_id = excluded.reference_id, as_of = excluded.as_of, verdict = excluded.verdict,
       reason = excluded.reason, drift_share = excluded.drift_share, judged_features = excluded.judged_features,
       drifted_features = excluded.drifted_features, out_of_distribution_ratio = excluded.out_of_distribution_ratio,
       row_count = excluded.row_count, reference_row_count = excluded.reference_row_count,
       coverage = excluded.coverage, configuration_hash = excluded.configuration_hash,
       code_version = excluded.code_version, workflow_id = excluded.workflow_id, run_id = excluded.run_id,
       stored_at = now()
     where (drift_runs.reference_id, drift_runs.verdict, drift_runs.reason, drift_runs.drift_share,
         drift_runs.judged_features, drift_runs.drifted_features, drift_runs.out_of_distribution_ratio,
         drift_runs.row_count, drift_runs.reference_row_count, drift_runs.coverage, drift_runs.configuration_hash)
       is distinct from (excluded.reference_id, excluded.verdict, excluded.reason, excluded.drift_share,
         excluded.judged_features, excluded.drifted_features, excluded.out_of_distribution_ratio,
         excluded.row_count, excluded.reference_row_count, excluded.coverage, excluded.configuration_hash)
     returning drift_run_id`,
    [
      run.model,
      run.segment,
      toTimestamp(run.window.start),
      toTimestamp(run.window.end),
      run.referenceId,
      toTimestamp(run.asOf),
      dataset.verdict.level,
      dataset.verdict.reason,
      valueOf(dataset.driftShare),
      dataset.judgedFeatures.length,
      dataset.driftedFeatures,
      rows === 0 ? null : run.outOfDistribution / rows,
      rows,
      run.referenceRows,
      rows === 0 ? null : run.actuals / rows,
      provenance.configurationHash,
      provenance.codeVersion,
      provenance.workflowId,
      provenance.runId,
    ],
  );
  const driftRunId = stored?.drift_run_id ?? (await findDriftRunId(connection, run));
  await storeDriftResults(connection, run.model, driftRunId, run.columns);
}

/** Forgets the runs of a window for segments that are not watched, or have no rows, any more. */
export async function dropOtherSegments(
  connection: Queryable,
  { model, window }: RunKey,
  segments: readonly string[],
): Promise<void> {
  await connection.execute(
    `delete from drift_runs
     where model = $1 and window_start = $2 and window_end = $3 and segment <> all($4)`,
    [model, toTimestamp(window.start), toTimestamp(window.end), segments],
  );
}

async function findDriftRunId(connection: Queryable, { model, segment, window }: DriftRun): Promise<number> {
  const [row] = await connection.query<{ drift_run_id: number }>(
    `select drift_run_id from drift_runs
     where model = $1 and segment = $2 and window_start = $3 and window_end = $4`,
    [model, segment, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return row!.drift_run_id;
}

/** One method of one column, or one ratio, as a row. */
interface ResultRow {
  readonly subject: string;
  readonly column: string;
  readonly method: string;
  readonly statistic: number | null;
  readonly pValue: number | null;
  readonly effect: number | null;
  readonly threshold: number | null;
  readonly deciding: boolean;
  readonly verdict: string;
  readonly reason: string;
  readonly referenceRows: number;
  readonly currentRows: number;
}

const ratios = {
  'missing-ratio': 'missingRatio',
  'invalid-ratio': 'invalidRatio',
  'out-of-range-ratio': 'outOfRangeRatio',
  'beyond-3-sd-ratio': 'beyondThreeDeviationsRatio',
  'unseen-ratio': 'unseenRatio',
} as const satisfies Record<string, keyof ColumnDrift>;

/** A column's methods and ratios as rows; a ratio that its kind does not have gives none. */
function resultRows(drift: ColumnDrift): ResultRow[] {
  const common = {
    subject: drift.subject,
    column: drift.column,
    referenceRows: drift.sampleSizes.reference,
    currentRows: drift.sampleSizes.current,
  };
  const methodRows = drift.methods.map((result): ResultRow => {
    const deciding = result.method === drift.decidingMethod;
    const computed = 'notComputable' in result ? undefined : result;
    const reason = 'notComputable' in result ? result.notComputable : 'computed';
    return {
      ...common,
      method: result.method,
      statistic: computed?.statistic ?? null,
      pValue: computed?.pValue ?? null,
      effect: computed?.effect ?? null,
      threshold: result.threshold ?? null,
      deciding,
      verdict: deciding ? drift.verdict.level : computed === undefined ? 'insufficient-data' : 'ok',
      reason: deciding ? drift.verdict.reason : reason,
    };
  });
  const ratioRows = Object.entries(ratios).flatMap(([method, key]): ResultRow[] => {
    const ratio: Computed = drift[key];
    if ('notComputable' in ratio) return [];
    const row = { ...common, method, statistic: valueOf(ratio), pValue: null, effect: null, threshold: null };
    return [{ ...row, deciding: false, verdict: 'ok', reason: 'computed' }];
  });
  return [...methodRows, ...ratioRows];
}

async function storeDriftResults(
  connection: Queryable,
  model: string,
  driftRunId: number,
  columns: readonly ColumnDrift[],
): Promise<void> {
  const rows = columns.flatMap(resultRows);
  await connection.execute(
    `delete from drift_results
     where model = $1 and drift_run_id = $2
       and (column_name, method) not in (select * from unnest($3::text[], $4::text[]))`,
    [model, driftRunId, rows.map((row) => row.column), rows.map((row) => row.method)],
  );
  await connection.execute(
    `insert into drift_results (
       model, drift_run_id, subject, column_name, method, statistic, p_value, effect, threshold, deciding,
       verdict, reason, reference_rows, current_rows)
     select $1, $2, result.*
     from unnest($3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::float8[], $9::float8[],
       $10::boolean[], $11::text[], $12::text[], $13::bigint[], $14::bigint[]) as result
     on conflict (model, drift_run_id, column_name, method, question) do update set
       subject = excluded.subject, statistic = excluded.statistic, p_value = excluded.p_value,
       effect = excluded.effect, threshold = excluded.threshold, deciding = excluded.deciding,
       verdict = excluded.verdict, reason = excluded.reason, reference_rows = excluded.reference_rows,
       current_rows = excluded.current_rows`,
    [
      model,
      driftRunId,
      rows.map((row) => row.subject),
      rows.map((row) => row.column),
      rows.map((row) => row.method),
      rows.map((row) => row.statistic),
      rows.map((row) => row.pValue),
      rows.map((row) => row.effect),
      rows.map((row) => row.threshold),
      rows.map((row) => row.deciding),
      rows.map((row) => row.verdict),
      rows.map((row) => row.reason),
      rows.map((row) => row.referenceRows),
      rows.map((row) => row.currentRows),
    ],
  );
}
