/** What was found in a drift run, as flat rows. */

import type { Question } from '../../core/drift/answer.ts';
import type { ColumnDrift } from '../../core/drift/column-drift.ts';
import type { Finding } from '../../core/multivariate/finding.ts';
import type { Computed } from '../../core/verdict.ts';
import { valueOf } from '../../core/verdict.ts';
import type { Queryable } from '../../sql/database.ts';

/** Stores the results of a run in the place of earlier ones. */
export async function storeDriftResults(
  connection: Queryable,
  { model, driftRunId }: { readonly model: string; readonly driftRunId: number },
  columns: readonly ColumnDrift[],
  together: readonly Finding<unknown>[],
): Promise<void> {
  const rows = [...columns.flatMap(resultRows), ...together.map(togetherRow)];
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
