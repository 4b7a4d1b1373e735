/** From what was judged to what is shown. */

import type { Question } from '../../core/drift/answer.ts';
import type { ColumnDrift } from '../../core/drift/column-drift.ts';
import type { Distribution } from '../../core/drift/distribution.ts';
import { methodOf, type StatisticResult } from '../../core/statistics/registry.ts';
import type { Answer, DriftReport, HistoryPoint, ReportedColumn, Statistic } from './drift-report.ts';
import { driftedSince, type PastVerdict } from '../since.ts';

/** A judged column with what is drawn beside it; each is left out where it is not known. */
export interface JudgedColumn {
  readonly drift: ColumnDrift;
  readonly distribution?: Distribution;
  readonly past?: ColumnPast;
}

/** This and earlier windows, in the order of time. */
export interface ColumnPast {
  /** The verdicts on the column. */
  readonly verdicts: readonly PastVerdict[];
  /** What the deciding method found on each question. */
  readonly answers: Readonly<Record<Question, readonly HistoryPoint[]>>;
}

/**
 * The report of judged columns. A method's name becomes its label, and a reason does not begin with the column's name, which
 * stands above it.
 *
 * @example renderDriftReport(driftReportOf({ title: 'bike-demand', reference, current, verdict: dataset.verdict, alpha: 0.05, columns }))
 */
export function driftReportOf({
  columns,
  alpha,
  ...report
}: Omit<DriftReport, 'columns'> & {
  /** Of the correction over the run. */
  readonly alpha: number;
  readonly columns: readonly JudgedColumn[];
}): DriftReport {
  return { ...report, columns: columns.map((column) => reportedColumn(column, alpha)) };
}

/** One column of it. */
export function reportedColumn({ drift, distribution, past }: JudgedColumn, alpha: number): ReportedColumn {
  const { column, subject, kind, enabled, verdict, weight, methods, decidingMethod } = drift;
  const deciding = methods.find(({ method }) => method === decidingMethod);
  const answers = deciding === undefined ? [] : answersOf(drift, deciding, alpha);
  const since = driftedSince(past?.verdicts ?? []);
  return {
    name: column,
    subject,
    kind,
    counted: enabled,
    verdict: { level: verdict.level, reason: withoutPrefix(verdict.reason, `${column}: `) },
    ...(since !== undefined && { since }),
    ...(weight !== undefined && { weight }),
    // One picture a column: of the answer that speaks, the first one.
    answers: answers.map((answer, i) =>
      i === 0 && past !== undefined ? { ...answer, history: past.answers[answer.question] } : answer,
    ),
    statistics: methods.filter(({ method }) => method !== decidingMethod).map(statisticOf),
    ...(distribution !== undefined && { distribution }),
    facts: drift,
  };
}

/**
 * The answers of the deciding method, the one that speaks first.
 *
 * @param alpha of the correction over the run, as far as it is known
 */
export function answersOf(
  drift: Pick<ColumnDrift, 'verdict' | 'threshold' | 'answers' | 'question'>,
  deciding: StatisticResult,
  alpha: number | undefined,
): readonly Answer[] {
  const { decidedBy, floors } = methodOf(deciding.method);
  const statistic = statisticOf(deciding);
  if (drift.threshold !== undefined || drift.answers.length === 0) {
    const answer = { question: 'reference', level: drift.verdict.level, statistic } as const;
    const { threshold = floors.warning } = drift;
    return [
      decidedBy === 'effect'
        ? { ...answer, floor: threshold }
        : { ...answer, floor: floors.warning, alpha: threshold },
    ];
  }
  return drift.answers
    .map(({ question, level, effect, pValue, adjustedPValue, heldAgainst }): Answer => ({
      question,
      level,
      // Against the weeks before, only the effect is known.
      statistic:
        'notComputable' in statistic
          ? statistic
          : {
              ...statistic,
              statistic: question === 'reference' ? statistic.statistic : effect,
              effect,
              pValue,
            },
      floor: floors.warning,
      ...(alpha !== undefined && { alpha }),
      adjustedPValue,
      ...(heldAgainst.null === 'empirical' && { usual: { low: 0, high: heldAgainst.largest } }),
    }))
    .toSorted((a, b) => Number(b.question === drift.question) - Number(a.question === drift.question));
}

/** What a method found, under its label. */
export function statisticOf({ method, ...computation }: StatisticResult): Statistic {
  const { label, unit } = methodOf(method);
  return { method: label, unit, ...computation };
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
