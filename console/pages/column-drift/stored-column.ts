/** A column as a drift run has judged it: its stored rows -> what the drift reports show of it. */

import type { Question } from '../../../core/drift/answer.ts';
import type { JudgedAnswer } from '../../../core/drift/column-drift.ts';
import type { ColumnSubject } from '../../../core/drift/examine-column.ts';
import { isMethodName, type MethodName } from '../../../core/statistics/registry.ts';
import type { Level } from '../../../core/verdict.ts';
import { answersOf, statisticOf } from '../../drift-report/from-column-drift.ts';
import type { ReportedColumn } from '../../drift-report/drift-report.ts';

/** One method on one question, as activities/drift/results.ts stores it. */
export interface StoredResult {
  readonly subject: ColumnSubject;
  /** A statistic, or a ratio such as `missing-ratio`. */
  readonly method: string;
  readonly question: Question;
  readonly statistic: number | null;
  readonly pValue: number | null;
  readonly adjustedPValue: number | null;
  readonly effect: number | null;
  readonly errorBound: number | null;
  readonly threshold: number | null;
  readonly weight: number | null;
  /** What the answer was held against. */
  readonly details: JudgedAnswer['heldAgainst'] | null;
  /** Of the one row that speaks for the column. */
  readonly deciding: boolean;
  readonly level: Level;
  readonly reason: string;
  readonly referenceRows: number;
  readonly currentRows: number;
}

type MethodRow = StoredResult & { readonly method: MethodName };

/**
 * The column without its picture; undefined where no row speaks for it.
 *
 * @param alpha of the correction over the run, as far as it is known
 */
export function storedColumn(
  name: string,
  results: readonly StoredResult[],
  { alpha, counted }: { readonly alpha: number | undefined; readonly counted: boolean },
): ReportedColumn | undefined {
  const speaking = results.find(({ deciding }) => deciding);
  if (speaking === undefined) return undefined;
  const { subject, weight, level, reason } = speaking;
  const rows = results.filter((row): row is MethodRow => isMethodName(row.method));
  const ofReference = rows.filter(({ question }) => question === 'reference');
  const deciding = ofReference.find(({ method }) => method === speaking.method);
  return {
    name,
    subject,
    counted,
    verdict: { level, reason: reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason },
    ...(weight !== null && { weight }),
    answers:
      deciding === undefined
        ? []
        : answersOf(
            {
              verdict: { level, reason },
              ...(deciding.threshold !== null && { threshold: deciding.threshold }),
              question: speaking.question,
              answers: rows.filter(({ method }) => method === speaking.method).flatMap(answerOf),
            },
            computed(deciding),
            alpha,
          ),
    statistics: ofReference
      .filter(({ method }) => method !== speaking.method)
      .map((row) => statisticOf(computed(row))),
  };
}

/** None where the question could not be answered. */
function answerOf({ question, effect, pValue, adjustedPValue, details, level }: MethodRow): JudgedAnswer[] {
  if (effect === null || pValue === null || adjustedPValue === null || details === null) return [];
  if (level === 'insufficient-data') return [];
  return [{ question, effect, pValue, adjustedPValue, heldAgainst: details, level }];
}

function computed({
  method,
  statistic,
  pValue,
  effect,
  errorBound,
  reason,
}: MethodRow): Parameters<typeof statisticOf>[0] {
  if (statistic === null || effect === null) return { method, notComputable: reason };
  return { method, statistic, pValue, effect, ...(errorBound !== null && { errorBound }) };
}
