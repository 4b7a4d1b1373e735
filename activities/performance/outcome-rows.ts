/** Outcome rows, and what adds up about them. */

import type { Monitor } from '../../core/monitor/schema.ts';
import {
  summarizeClassification,
  type ClassificationOutcomes,
} from '../../core/performance/classification-summary.ts';
import { peakFlags } from '../../core/performance/peak-hours.ts';
import { summarizeRegression, type RegressionOutcomes } from '../../core/performance/regression-summary.ts';
import type { OutcomeSummary } from '../../core/performance/summary.ts';
import type { Vector, VectorType } from '../../sql/binary-rows.ts';

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
    return regressionSummary(monitor, {
      eventTimes: column((row) => row.event_time),
      predictions: column((row) => row.prediction),
      actuals: column((row) => row.actual),
      intervalLow: column((row) => row.interval_low),
      intervalHigh: column((row) => row.interval_high),
    });
  }
  return classificationSummary(monitor, {
    predictedClasses: rows.map((row) => row.predicted_class ?? ''),
    actualClasses: rows.map((row) => row.actual_class ?? ''),
    probabilities: rows.map((row) => row.probabilities),
  });
}

/** Which columns of a table or alias `outcome` a summary is made of. */
export interface OutcomeVectors {
  readonly columns: readonly (readonly [sql: string, type: VectorType])[];
  /** What adds up about the rows at some places of vectors of these columns. */
  readonly summarize: (
    eventTimes: Float64Array,
    vectors: readonly Vector[],
    places: readonly number[],
  ) => OutcomeSummary;
}

export function outcomeVectors(monitor: Monitor): OutcomeVectors {
  if (monitor.task === 'regression')
    return {
      columns: [
        ['outcome.prediction', 'number'],
        ['outcome.actual', 'number'],
        ['outcome.interval_low', 'number'],
        ['outcome.interval_high', 'number'],
      ],
      summarize: (eventTimes, vectors, places) => {
        const [times, predictions, actuals, intervalLow, intervalHigh] = [eventTimes, ...vectors].map(
          (vector) => Float64Array.from(places, (place) => Number(vector[place])),
        ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
        return regressionSummary(monitor, {
          eventTimes: times,
          predictions,
          actuals,
          intervalLow,
          intervalHigh,
        });
      },
    };
  return {
    columns: [
      ['outcome.predicted_class', 'text'],
      ['outcome.actual_class', 'text'],
      ['outcome.probabilities::text', 'text'],
    ],
    summarize: (_, [predicted, actual, probabilities], places) =>
      classificationSummary(monitor, {
        predictedClasses: places.map((place) => String(predicted![place] ?? '')),
        actualClasses: places.map((place) => String(actual![place] ?? '')),
        probabilities: places.map((place) => {
          const text = probabilities![place];
          return typeof text === 'string' ? (JSON.parse(text) as Record<string, number>) : null;
        }),
      }),
  };
}

function regressionSummary(
  { performance }: Monitor,
  { eventTimes, ...outcomes }: Omit<RegressionOutcomes, 'isPeak'> & { readonly eventTimes: Float64Array },
): OutcomeSummary {
  return summarizeRegression({ ...outcomes, isPeak: peakFlags(eventTimes, performance.peakHours) });
}

function classificationSummary(
  { classes = [], positiveClass }: Monitor,
  outcomes: Omit<ClassificationOutcomes, 'classes' | 'positiveClass'>,
): OutcomeSummary {
  return summarizeClassification({
    ...outcomes,
    classes,
    ...(positiveClass !== undefined && { positiveClass }),
  });
}
