/** Stores drift runs with their results. */

import type { Question } from '../../core/drift/answer.ts';
import type { Finding } from '../../core/multivariate/finding.ts';
import type { ColumnDrift } from '../../core/drift/column-drift.ts';
import type { Computed, Verdict } from '../../core/verdict.ts';
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
 * provenance, as it is, but for the time of the check.
 */
export async function storeDriftRun(connection: Queryable, run: DriftRun): Promise<void> {
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
       stored_at = now()
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
  const results = [...run.columns.flatMap(resultRows), ...(run.together ?? []).map(togetherRow)];
  await storeDriftResults(connection, run.model, driftRunId, results);
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
    `update drift_runs set checked_at = clock_timestamp()
     where model = $1 and segment = $2 and window_start = $3 and window_end = $4
     returning drift_run_id`,
    [model, segment, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return row!.drift_run_id;
}

/** One method of one column on one question, or one ratio, as a row. */
interface ResultRow {
  readonly subject: string;
  readonly column: string;
  readonly method: string;
  readonly question: Question;
  readonly statistic: number | null;
  readonly pValue: number | null;
  readonly adjustedPValue: number | null;
  readonly effect: number | null;
  readonly errorBound: number | null;
  readonly threshold: number | null;
  readonly weight: number | null;
  /** How the p-value came about. */
  readonly details: unknown;
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

/** A column's methods, answers and ratios as rows; a ratio that its kind does not have gives none. */
function resultRows(drift: ColumnDrift): ResultRow[] {
  const common = {
    subject: drift.subject,
    column: drift.column,
    question: 'reference',
    pValue: null,
    adjustedPValue: null,
    effect: null,
    errorBound: null,
    threshold: null,
    weight: drift.weight ?? null,
    details: null,
    deciding: false,
    verdict: 'ok',
    reason: 'computed',
    referenceRows: drift.sampleSizes.reference,
    currentRows: drift.sampleSizes.current,
  } as const;
  const speaks = drift.question ?? 'reference';
  const spoken = { deciding: true, verdict: drift.verdict.level, reason: drift.verdict.reason };
  const answerOf = (question: Question): Partial<ResultRow> => {
    const answer = drift.answers.find((one) => one.question === question);
    if (answer === undefined) return question === speaks ? spoken : {};
    const { effect, pValue, adjustedPValue, heldAgainst, level } = answer;
    const found = { effect, pValue, adjustedPValue, details: heldAgainst, verdict: level };
    return question === speaks ? { ...found, ...spoken } : found;
  };
  const methodRows = drift.methods.map((result): ResultRow => {
    const computed: Partial<ResultRow> =
      'notComputable' in result
        ? { statistic: null, verdict: 'insufficient-data', reason: result.notComputable }
        : {
            statistic: result.statistic,
            pValue: result.pValue,
            effect: result.effect,
            errorBound: result.errorBound ?? null,
          };
    return {
      ...common,
      method: result.method,
      statistic: null,
      threshold: result.threshold ?? null,
      ...computed,
      ...(result.method === drift.decidingMethod && answerOf('reference')),
    };
  });
  const recent = drift.answers.find(({ question }) => question === 'recent');
  const recentRows: ResultRow[] =
    recent === undefined
      ? []
      : [
          {
            ...common,
            method: drift.decidingMethod,
            question: 'recent',
            statistic: recent.effect,
            ...answerOf('recent'),
          },
        ];
  const ratioRows = Object.entries(ratios).flatMap(([method, key]): ResultRow[] => {
    const ratio: Computed = drift[key];
    return 'notComputable' in ratio ? [] : [{ ...common, method, statistic: valueOf(ratio) }];
  });
  return [...methodRows, ...recentRows, ...ratioRows];
}

/** What was found of all features together, as a row. */
function togetherRow(finding: Finding<unknown>): ResultRow {
  const { method, verdict, sampleSizes, statistic, pValue, effect, threshold, details } = finding;
  return {
    subject: 'multivariate',
    column: method,
    method,
    question: 'reference',
    statistic,
    pValue,
    adjustedPValue: null,
    effect,
    errorBound: null,
    threshold,
    weight: null,
    details,
    deciding: true,
    verdict: verdict.level,
    reason: verdict.reason,
    referenceRows: sampleSizes.reference,
    currentRows: sampleSizes.current,
  };
}

async function storeDriftResults(
  connection: Queryable,
  model: string,
  driftRunId: number,
  rows: readonly ResultRow[],
): Promise<void> {
  const each = (key: keyof ResultRow): unknown[] => rows.map((row) => row[key]);
  await connection.execute(
    `delete from drift_results
     where model = $1 and drift_run_id = $2
       and (column_name, method, question) not in (select * from unnest($3::text[], $4::text[], $5::text[]))`,
    [model, driftRunId, each('column'), each('method'), each('question')],
  );
  await connection.execute(
    `insert into drift_results (
       model, drift_run_id, subject, column_name, method, question, statistic, p_value, adjusted_p_value, effect,
       error_bound, threshold, weight, details, deciding, verdict, reason, reference_rows, current_rows)
     select $1, $2, result.*
     from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::float8[], $9::float8[], $10::float8[],
       $11::float8[], $12::float8[], $13::float8[], $14::jsonb[], $15::boolean[], $16::text[], $17::text[], $18::bigint[],
       $19::bigint[]) as result
     on conflict (model, drift_run_id, column_name, method, question) do update set
       subject = excluded.subject, statistic = excluded.statistic, p_value = excluded.p_value,
       adjusted_p_value = excluded.adjusted_p_value, effect = excluded.effect, error_bound = excluded.error_bound,
       threshold = excluded.threshold, weight = excluded.weight, details = excluded.details,
       deciding = excluded.deciding, verdict = excluded.verdict, reason = excluded.reason,
       reference_rows = excluded.reference_rows, current_rows = excluded.current_rows`,
    [
      model,
      driftRunId,
      each('subject'),
      each('column'),
      each('method'),
      each('question'),
      each('statistic'),
      each('pValue'),
      each('adjustedPValue'),
      each('effect'),
      each('errorBound'),
      each('threshold'),
      each('weight'),
      rows.map(({ details }) => (details === null ? null : JSON.stringify(details))),
      each('deciding'),
      each('verdict'),
      each('reason'),
      each('referenceRows'),
      each('currentRows'),
    ],
  );
}
