/** Outcome rows, and what adds up about them. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { summarizeClassification } from '../../core/performance/classification-summary.ts';
import { peakFlags } from '../../core/performance/peak-hours.ts';
import { summarizeRegression } from '../../core/performance/regression-summary.ts';
import type { OutcomeSummary } from '../../core/performance/summary.ts';

export interface OutcomeRow extends Record<string, unknown> {
  readonly event_time: number;
  readonly version: string;
  readonly prediction: number | null;
  readonly predicted_class: string | null;
  readonly probabilities: Readonly<Record<string, number>> | null;
  readonly interval_low: number | null;
  readonly interval_high: number | null;
  readonly actual: number | null;
  readonly actual_class: string | null;
}

/** The columns of an outcome row, of a table or alias `outcome`. */
export const outcomeColumns = `outcome.event_time, outcome.version, outcome.prediction, outcome.predicted_class,
  outcome.probabilities, outcome.interval_low, outcome.interval_high, outcome.actual, outcome.actual_class`;

/** What adds up about outcome rows, by the task of the monitor. */
export function summarizeRows(monitor: Monitor, rows: readonly OutcomeRow[]): OutcomeSummary {
  if (monitor.task === 'regression') {
    const column = (valueOf: (row: OutcomeRow) => number | null): Float64Array =>
      Float64Array.from(rows, (row) => valueOf(row) ?? Number.NaN);
    return summarizeRegression({
      predictions: column((row) => row.prediction),
      actuals: column((row) => row.actual),
      isPeak: peakFlags(
        column((row) => row.event_time),
        monitor.performance.peakHours,
      ),
      intervalLow: column((row) => row.interval_low),
      intervalHigh: column((row) => row.interval_high),
    });
  }
  const classes = monitor.classes ?? [];
  return summarizeClassification({
    predictedClasses: rows.map((row) => row.predicted_class ?? ''),
    actualClasses: rows.map((row) => row.actual_class ?? ''),
    probabilities: rows.map((row) => row.probabilities),
    classes,
    ...(monitor.positiveClass !== undefined && { positiveClass: monitor.positiveClass }),
  });
}
