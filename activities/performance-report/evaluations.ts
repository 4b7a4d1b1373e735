/** The stored evaluations of windows, and the same numbers computed from hours where none is stored. */

import type { Measured, ReportedWindow } from '../../console/performance-report/performance-report.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { evaluateSummary } from '../../core/performance/evaluate.ts';
import { metricIntervals, type SummaryBlock } from '../../core/performance/intervals/metric-intervals.ts';
import { isMetricName, type MetricName } from '../../core/performance/metrics.ts';
import { mergeSummaries, type OutcomeSummary } from '../../core/performance/summary.ts';
import { joinComputed, type Level } from '../../core/verdict.ts';
import { formatInstant, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { countsOf, type ServedHour } from '../performance/served-hours.ts';
import { summaryOf } from './hours.ts';

export type Numbers = Readonly<Partial<Record<MetricName, Measured>>>;

/** What is known of a version (and a segment) over a window. */
export interface WindowNumbers {
  readonly metrics: Numbers;
  readonly outcomes: number;
  readonly predictions: number;
  readonly evaluation?: NonNullable<ReportedWindow['evaluation']>;
  /** Why there is no number to be shown: too few outcomes. */
  readonly tooFew?: string;
}

export interface StoredEvaluation extends WindowNumbers {
  readonly window: Window;
  readonly version: string;
  readonly segment: string;
}

interface EvaluationRow extends Record<string, unknown> {
  readonly start: number;
  readonly end: number;
  readonly version: string;
  readonly segment: string;
  readonly state: 'provisional' | 'final';
  readonly revision: number;
  readonly verdict: Level;
  readonly reason: string;
  readonly gate: string | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
  readonly not_computable: Readonly<Record<string, string>> | null;
  readonly outcomes: number;
  readonly predictions: number;
}

/** The newest revisions of exactly these windows, by version and segment. */
export async function readEvaluations(
  connection: Queryable,
  model: string,
  windows: readonly Window[],
): Promise<readonly StoredEvaluation[]> {
  const rows = await connection.query<EvaluationRow>(
    `select window_start as start, window_end as "end", version, segment, state, revision, verdict, reason, gate, metrics,
       intervals, details -> 'notComputable' as not_computable, sample_size as outcomes, prediction_count as predictions
     from latest_performance_evaluations
     join unnest($2::timestamptz[], $3::timestamptz[]) as asked (window_start, window_end) using (window_start, window_end)
     where model = $1
     order by window_end, window_start, version, segment`,
    [model, windows.map(({ start }) => toTimestamp(start)), windows.map(({ end }) => toTimestamp(end))],
  );
  return rows.map((row) => ({
    window: { start: row.start, end: row.end },
    version: row.version,
    segment: row.segment,
    metrics: numbersOf(row),
    outcomes: row.outcomes,
    predictions: row.predictions,
    evaluation: {
      state: row.state,
      revision: row.revision,
      verdict: { level: row.verdict, reason: row.reason },
    },
    ...(row.gate === 'too-few-outcomes' && { tooFew: row.reason }),
  }));
}

function numbersOf({ metrics, intervals, not_computable: reasons }: EvaluationRow): Numbers {
  const computed = joinComputed({ values: metrics, notComputable: reasons ?? {} });
  return Object.fromEntries(
    Object.entries(computed)
      // A later version of this code may have stored a metric that this one does not know.
      .filter(([name]) => isMetricName(name))
      .map(([name, one]) => {
        const interval = intervals[name];
        return [name, { ...one, ...(interval !== undefined && { interval }) }];
      }),
  );
}

/** The same from hours, which are of one version and segment, or of a reference that several have served. */
export function numbersOfHours({ task, performance }: Monitor, hours: readonly ServedHour[]): WindowNumbers {
  const summary = summaryOf(task, hours);
  const { minimumOutcomes, intervalLevels } = performance;
  const { metrics } = evaluateSummary(summary, { minimumOutcomes: 0, intervalLevels });
  const intervals = metricIntervals(blocksOf(hours), { total: summary, intervalLevels });
  return {
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, measured]) => {
        const interval = intervals[name as MetricName];
        const isKnown = interval !== undefined && 'low' in interval;
        return [name, { ...measured, ...(isKnown && { interval: [interval.low, interval.high] }) }];
      }),
    ),
    ...countsOf(hours),
    ...(summary.rows < minimumOutcomes && {
      tooFew: `${summary.rows} outcomes, at least ${minimumOutcomes} are needed`,
    }),
  };
}

/** One block an hour, whichever versions served in it. */
function blocksOf(hours: readonly ServedHour[]): readonly SummaryBlock[] {
  const byHour = new Map<number, OutcomeSummary[]>();
  for (const { hour, summary } of hours) byHour.set(hour, [...(byHour.get(hour) ?? []), summary]);
  return [...byHour].map(([start, summaries]) => ({ start, summary: mergeSummaries(summaries) }));
}

/** How a window stands at the head of the report. */
export function reportedWindow(
  window: Window,
  { outcomes, predictions, evaluation }: WindowNumbers,
): ReportedWindow {
  return {
    start: formatInstant(window.start),
    end: formatInstant(window.end),
    outcomes,
    predictions,
    ...(evaluation !== undefined && { evaluation }),
  };
}
