/** One cell of the table of coverages: one metric of one kind of window. */

import { classificationMetrics } from '../../core/performance/classification-metrics.ts';
import { evaluateSummary } from '../../core/performance/evaluate.ts';
import { metricIntervals } from '../../core/performance/intervals/metric-intervals.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import { regressionMetrics } from '../../core/performance/regression-metrics.ts';
import { mergeSummaries } from '../../core/performance/summary.ts';
import { createDraws, makeWindow, type Dependence, type Subject, type Window } from './processes.ts';

export interface Cell {
  readonly subject: Subject;
  readonly window: string;
  readonly dependence: string;
  readonly metric: MetricName;
  readonly truth: number;
  readonly repetitions: number;
  /** Repetitions that gave an interval, and those of them whose interval holds the truth. */
  readonly given: number;
  readonly covered: number;
  /** Sum over the intervals that were given. */
  readonly halfWidth: number;
}

/** Every metric of a subject in as many windows as there are repetitions; so many rows tell the truth. */
export function coverageOf(
  subject: Subject,
  window: Window,
  dependence: Dependence,
  repetitions: number,
  seed: number,
  rowsOfTruth = 600_000,
): readonly Cell[] {
  const truth = truthOf(subject, window, dependence, rowsOfTruth);
  const metrics = Object.keys(
    subject === 'regression' ? regressionMetrics : classificationMetrics,
  ) as MetricName[];
  const found = metrics.map((metric) => ({ metric, given: 0, covered: 0, halfWidth: 0 }));
  const draws = createDraws(seed);
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const intervals = metricIntervals(makeWindow(subject, window, dependence, draws));
    for (const cell of found) {
      const interval = intervals[cell.metric]!;
      if ('notComputable' in interval) continue;
      cell.given += 1;
      cell.halfWidth += (interval.high - interval.low) / 2;
      if (interval.low <= truth[cell.metric]! && truth[cell.metric]! <= interval.high) cell.covered += 1;
    }
  }
  return found.map((cell) => ({
    subject,
    window: window.name,
    dependence: dependence.name,
    truth: truth[cell.metric]!,
    repetitions,
    ...cell,
  }));
}

/** Is its coverage not 93 to 97 of 100? No allowance is made for the scatter of the repetitions. */
export function outOfRange({ given, covered }: Cell): boolean {
  return covered < 0.93 * given || covered > 0.97 * given;
}

/** The metrics of very many independent rows of the same law. */
function truthOf(
  subject: Subject,
  window: Window,
  dependence: Dependence,
  rows: number,
): Partial<Record<MetricName, number>> {
  const many = { ...window, rowsAnHour: Math.ceil(rows / window.hours) };
  const blocks = makeWindow(subject, many, { ...dependence, common: 0 }, createDraws(99));
  const { metrics } = evaluateSummary(mergeSummaries(blocks.map(({ summary }) => summary)));
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, measured]) =>
      'value' in measured ? [[name, measured.value]] : [],
    ),
  );
}
