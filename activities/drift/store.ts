/** Stores drift runs. */

import type { Finding } from '../../core/multivariate/finding.ts';
import type { Verdict } from '../../core/verdict.ts';
import { valueOf } from '../../core/verdict.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';
import type { SegmentDrift } from './judge-window.ts';
import { storeDriftResults } from './results.ts';

export interface DriftRun extends SegmentDrift {
  readonly model: string;
  readonly window: Window;
  readonly referenceId: string;
  readonly asOf: number;
  /** Of the whole model. */
  readonly quality?: Verdict | undefined;
  readonly together?: readonly Finding<unknown>[];
  readonly provenance: Provenance;
}

type RunKey = Pick<DriftRun, 'model' | 'window'>;

/** A mark of the run that was stored of a window last, also of one that said the same again; undefined without any. */
export async function findChecked(
  connection: Queryable,
  { model, window }: RunKey,
): Promise<string | undefined> {
  const [row] = await connection.query<{ checked: string }>(
    `select checked_at::text as checked from drift_runs
     where model = $1 and segment = '' and window_start = $2 and window_end = $3`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return row?.checked;
}

/**
 * Stores the run of a window in the place of an earlier one. One that says the same leaves the row, and so its
 * provenance, as it is, but for the time of the check. Gives its id.
 */
export async function storeDriftRun(connection: Queryable, run: DriftRun): Promise<number> {
  const { provenance, dataset, rows } = run;
  await connection.execute(
    `insert into drift_runs (
       model, segment, window_start, window_end, reference_id, as_of, verdict, reason, drift_share, judged_features,
       drifted_features, out_of_distribution_ratio, row_count, reference_row_count, coverage,
       quality_verdict, quality_reason, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
     on conflict (model, segment, window_start, window_end) do update set
       reference_id = excluded.reference_id, as_of = excluded.as_of, verdict = excluded.verdict,
       reason = excluded.reason, drift_share = excluded.drift_share, judged_features = excluded.judged_features,
       drifted_features = excluded.drifted_features, out_of_distribution_ratio = excluded.out_of_distribution_ratio,
       row_count = excluded.row_count, reference_row_count = excluded.reference_row_count,
       coverage = excluded.coverage, quality_verdict = excluded.quality_verdict,
       quality_reason = excluded.quality_reason, configuration_hash = excluded.configuration_hash,
       code_version = excluded.code_version, workflow_id = excluded.workflow_id, run_id = excluded.run_id,
       stored_at = excluded.stored_at
     where (drift_runs.reference_id, drift_runs.verdict, drift_runs.reason, drift_runs.drift_share,
         drift_runs.judged_features, drift_runs.drifted_features, drift_runs.out_of_distribution_ratio,
         drift_runs.row_count, drift_runs.reference_row_count, drift_runs.coverage,
         drift_runs.quality_verdict, drift_runs.quality_reason, drift_runs.configuration_hash)
       is distinct from (excluded.reference_id, excluded.verdict, excluded.reason, excluded.drift_share,
         excluded.judged_features, excluded.drifted_features, excluded.out_of_distribution_ratio,
         excluded.row_count, excluded.reference_row_count, excluded.coverage,
         excluded.quality_verdict, excluded.quality_reason, excluded.configuration_hash)`,
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
      run.quality?.level ?? null,
      run.quality?.reason ?? null,
      provenance.configurationHash,
      provenance.codeVersion,
      provenance.workflowId,
      provenance.runId,
    ],
  );
  const driftRunId = await markChecked(connection, run);
  await storeDriftResults(connection, { model: run.model, driftRunId }, run.columns, run.together ?? []);
  return driftRunId;
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

async function markChecked(connection: Queryable, { model, segment, window }: DriftRun): Promise<number> {
  const [row] = await connection.query<{ drift_run_id: number }>(
    `update drift_runs set checked_at = statement_timestamp()
     where model = $1 and segment = $2 and window_start = $3 and window_end = $4
     returning drift_run_id`,
    [model, segment, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return row!.drift_run_id;
}
