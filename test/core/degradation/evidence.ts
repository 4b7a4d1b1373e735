/** Evidence of a model whose daily and weekly numbers are given. Day 15 is the day of the check. */

import type {
  DegradationEvidence,
  DriftEvidence,
  EvaluationEvidence,
  Interval,
} from '../../../core/degradation/evidence.ts';
import { indexEvaluations } from '../../../core/degradation/evidence.ts';
import type { MetricName } from '../../../core/performance/metrics.ts';
import type { Verdict } from '../../../core/verdict.ts';
import { dayMs } from '../../../core/window.ts';

const firstDay = Date.parse('2011-05-01T00:00:00Z');
/** Midnight at which a day of May begins. */
export const may = (n: number): number => firstDay + (n - 1) * dayMs;
const today = may(15);

export interface Told extends Partial<Omit<EvaluationEvidence, 'window' | 'metrics' | 'intervals'>> {
  /** The day of May at whose beginning the window ends. */
  readonly end?: number;
  readonly days?: number;
  readonly metric?: MetricName;
  readonly value?: number;
  readonly interval?: Interval;
}

/** By default 168 outcomes of the week before the check, by version 1. */
export function evaluated(told: Told): EvaluationEvidence {
  const { end = 15, days = 7, metric = 'rmse', value, interval, sampleSize = 24 * days, ...rest } = told;
  return {
    version: '1',
    window: { start: may(end - days), end: may(end) },
    revision: 1,
    state: 'provisional',
    verdict: { level: 'ok', reason: `${sampleSize} outcomes` },
    metrics: value === undefined ? {} : { [metric]: { value } },
    intervals: interval === undefined ? {} : { [metric]: interval },
    sampleSize,
    ...rest,
  };
}

/** One day, which ends at the beginning of a day of May. */
export const daily = (end: number, value: number, more: Told = {}): EvaluationEvidence =>
  evaluated({ end, days: 1, value, ...more });

/** What did not pass the gate. */
export const awaiting: Verdict = {
  level: 'insufficient-data',
  reason: 'coverage 40%, at least 80% is awaited for 24 hours',
};

export function evidenceOf(
  evaluations: readonly EvaluationEvidence[],
  more: Partial<DegradationEvidence> = {},
): DegradationEvidence {
  return {
    day: today,
    oldest: may(8),
    version: '1',
    evaluations: indexEvaluations(evaluations),
    ...more,
  };
}

export function drifted(more: Partial<DriftEvidence> = {}): Partial<DegradationEvidence> {
  return {
    drift: {
      window: { start: may(8), end: today },
      share: { value: 0.2 },
      verdict: { level: 'ok', reason: 'compared' },
      sampleSize: 168,
      columns: {},
      ...more,
    },
  };
}
