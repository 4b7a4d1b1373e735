/** A metric over one window, from what is stored. */

import type { MetricName } from '../performance/metrics.ts';
import { countText, metricTable, metricText, percentText } from '../performance/metrics.ts';
import { studentQuantile } from '../statistics/distributions.ts';
import type { Computed } from '../verdict.ts';
import type { Window } from '../window.ts';
import { dayMs, durationMs } from '../window.ts';
import { durationText } from './duration-text.ts';
import type { DegradationEvidence, EvaluationEvidence, Interval } from './evidence.ts';
import { evaluationsOf } from './evidence.ts';
import type { MetricCondition } from './rules.ts';

export interface Measured {
  readonly value: Computed;
  readonly interval?: Interval;
  readonly sampleSize: number;
  /** What the value rests on, in words. */
  readonly basis: string;
  /** The one evaluation that it is of. */
  readonly of?: EvaluationEvidence;
  /** Was there enough to measure at all? What follows from too little is not held against a limit. */
  readonly enough: boolean;
}

type Minima = Pick<MetricCondition, 'minimumOutcomes' | 'minimumCoverage'>;
/** Which of the versions that served in a window: the judged one, or of a baseline the one with most outcomes. */
export type Whose = 'judged' | 'most outcomes';

/** The metric of a condition over exactly this window. */
export function measure(
  condition: MetricCondition,
  window: Window,
  evidence: DegradationEvidence,
  whose: Whose = 'judged',
): Measured {
  if (condition.aggregate === 'daily-mean') return dailyMean(condition, window, evidence, whose);
  const { metric } = condition;
  const evaluation = pick(evidence, window, whose);
  if (evaluation === undefined) {
    return tooLittle(`there is no evaluation of the last ${durationText(condition.over)}`);
  }
  const { sampleSize, coverage, metrics, intervals } = evaluation;
  const missing = lacks(evaluation, condition);
  if (missing !== undefined) return { ...tooLittle(missing, sampleSize), of: evaluation };
  const interval = intervals?.[metric];
  const basis = [
    ...(interval === undefined ? [] : [intervalText(metric, interval)]),
    countText(sampleSize, 'outcome'),
    ...(coverage === undefined ? [] : [`coverage ${percentText(coverage)}`]),
  ];
  return {
    value: metrics[metric] ?? { notComputable: 'the evaluation does not hold this metric' },
    ...(interval && { interval }),
    sampleSize,
    basis: basis.join(', '),
    of: evaluation,
    enough: true,
  };
}

/** The plain mean of the days that are there, with Student's interval over them: days differ more than their rows do. */
function dailyMean(
  condition: MetricCondition,
  window: Window,
  evidence: DegradationEvidence,
  whose: Whose,
): Measured {
  const { metric } = condition;
  const days = Math.round((window.end - window.start) / dayMs);
  const daily = dailyNumbers(metric, condition, window, evidence, whose);
  const outcomes = daily.reduce((sum, { sampleSize }) => sum + sampleSize, 0);
  if (daily.length === 0 || daily.length < days / 2) {
    const missing = `${daily.length} of ${countText(days, 'day')} could be evaluated, at least half are needed`;
    return tooLittle(missing, outcomes);
  }
  const values = daily.map(({ value }) => value);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const interval = meanInterval(metric, values, mean);
  return {
    value: { value: mean },
    ...(interval && { interval }),
    sampleSize: outcomes,
    basis: [
      ...(interval === undefined ? [] : [intervalText(metric, interval)]),
      `${daily.length} of ${countText(days, 'day')}`,
      countText(outcomes, 'outcome'),
    ].join(', '),
    enough: true,
  };
}

function meanInterval(metric: MetricName, values: readonly number[], mean: number): Interval | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const reach = studentQuantile(0.975, n - 1) * Math.sqrt(variance / n);
  // An error is never below 0.
  const least = metricTable[metric].direction === 'lower-is-better' ? 0 : -Infinity;
  return [Math.max(least, mean - reach), mean + reach];
}

export interface DailyNumber {
  readonly end: number;
  readonly value: number;
  readonly sampleSize: number;
}

/** The computable numbers of the days of a window, in their order. */
export function dailyNumbers(
  metric: MetricName,
  minima: Minima,
  window: Window,
  evidence: DegradationEvidence,
  whose: Whose = 'judged',
): DailyNumber[] {
  const numbers: DailyNumber[] = [];
  for (let end = window.start + dayMs; end <= window.end; end += dayMs) {
    const evaluation = pick(evidence, { start: end - dayMs, end }, whose);
    if (evaluation === undefined || lacks(evaluation, minima) !== undefined) continue;
    const value = evaluation.metrics[metric];
    if (value === undefined || !('value' in value)) continue;
    numbers.push({ end, value: value.value, sampleSize: evaluation.sampleSize });
  }
  return numbers;
}

/** The newest window of this length that was measured, from the day of the check back to the oldest that may speak for it. */
export function newestMeasured<T extends { readonly enough: boolean }>(
  over: string,
  { day, oldest }: DegradationEvidence,
  measureAt: (window: Window) => T,
): { readonly window: Window; readonly measured: T } {
  const length = durationMs(over);
  const at = (end: number): { readonly window: Window; readonly measured: T } => {
    const window = { start: end - length, end };
    return { window, measured: measureAt(window) };
  };
  const first = at(day);
  if (first.measured.enough) return first;
  for (let end = day - dayMs; end >= oldest; end -= dayMs) {
    const earlier = at(end);
    if (earlier.measured.enough) return earlier;
  }
  return first;
}

function pick(
  { evaluations, version }: DegradationEvidence,
  window: Window,
  whose: Whose,
): EvaluationEvidence | undefined {
  const there = evaluationsOf(evaluations, window);
  if (whose === 'judged') return there.find((evaluation) => evaluation.version === version);
  const [most] = [...there].sort(
    (a, b) => b.sampleSize - a.sampleSize || Number(b.version === version) - Number(a.version === version),
  );
  return most;
}

/** Why an evaluation is not looked at. */
function lacks(
  { verdict, sampleSize, coverage }: EvaluationEvidence,
  { minimumOutcomes = 0, minimumCoverage = 0 }: Minima,
): string | undefined {
  if (verdict.level === 'insufficient-data') return verdict.reason;
  if (sampleSize < minimumOutcomes) {
    return `${countText(sampleSize, 'outcome')}, the rule needs at least ${minimumOutcomes}`;
  }
  if (coverage !== undefined && coverage < minimumCoverage) {
    return `coverage ${percentText(coverage)}, the rule needs at least ${percentText(minimumCoverage)}`;
  }
  return undefined;
}

function tooLittle(reason: string, sampleSize = 0): Measured {
  return { value: { notComputable: reason }, sampleSize, basis: '', enough: false };
}

/** @example intervalText('mape', [0.1, 0.25]) // '95% interval 10% to 25%' */
export function intervalText(metric: MetricName, [low, high]: Interval): string {
  return `95% interval ${metricText(metric, low)} to ${metricText(metric, high)}`;
}
