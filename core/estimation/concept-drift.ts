/** Concept drift: the model is worse than its inputs say, so what the inputs mean has changed. */

import type { Fact } from '../alert/alert.ts';
import {
  betterBy,
  distinctTexts,
  metricTable,
  metricText,
  type MetricName,
  type Task,
} from '../performance/metrics.ts';
import type { Verdict } from '../verdict.ts';

/** The metric that a gap is judged by: the one that a few rows sway the least. */
const judgedBy = { regression: 'mae', classification: 'accuracy' } as const satisfies Record<
  Task,
  MetricName
>;

/** An estimate of a window, what was realized of it, and whether its inputs drifted meanwhile. */
export interface ReconciledEstimate {
  readonly task: Task;
  readonly estimated: Readonly<Partial<Record<MetricName, number>>>;
  readonly intervals: Readonly<Partial<Record<MetricName, readonly [low: number, high: number]>>>;
  readonly realized: Readonly<Partial<Record<MetricName, number>>>;
  readonly inputs: 'stable' | 'drifted' | 'unknown';
}

export interface GapVerdict {
  readonly verdict: Verdict;
  readonly facts: readonly Fact[];
}

/**
 * Has the world changed, when a model is worse than was estimated from its inputs? A `warning` where what was realized is on
 * the worse side of the estimate's 95% interval (gaps as wide as usual lie within it) while the inputs are stable.
 *
 * `insufficient-data` where there is no estimate or no realized value, or where the inputs have drifted or nobody has looked:
 * then the estimate itself may be off.
 *
 * @example
 * const estimate = { task: 'regression', estimated: { mae: 10 }, intervals: { mae: [8, 12] }, inputs: 'stable' };
 * [11, 15, 5].map((mae) => judgeGap({ ...estimate, realized: { mae } }).verdict.level) // ['ok', 'warning', 'ok']
 */
export function judgeGap({ task, estimated, intervals, realized, inputs }: ReconciledEstimate): GapVerdict {
  const metric = judgedBy[task];
  const [before, after, interval] = [estimated[metric], realized[metric], intervals[metric]];
  const { label } = metricTable[metric];
  if (before === undefined || after === undefined || interval === undefined) {
    const reason = `${label} is not both estimated, with an interval, and realized`;
    return { verdict: { level: 'insufficient-data', reason }, facts: [] };
  }
  const [realizedText, estimatedText] = distinctTexts(metric, after, before);
  const range = `${metricText(metric, interval[0])} to ${metricText(metric, interval[1])}`;
  const facts = [
    { name: `${label}, realized`, value: realizedText },
    { name: `${label}, estimated`, value: `${estimatedText} (95%: ${range})` },
  ];
  const found = `${label} is ${realizedText}, estimated was ${estimatedText} (95%: ${range})`;
  const isWithin = interval[0] <= after && after <= interval[1];
  if (isWithin || (betterBy(metric, after, before) ?? 0) > 0)
    return { verdict: { level: 'ok', reason: found }, facts };
  if (inputs === 'stable') {
    const reason = `${found}, and the inputs are as they were: they have come to mean something else`;
    return { verdict: { level: 'warning', reason }, facts };
  }
  const why =
    inputs === 'drifted' ? 'but the inputs have drifted too' : 'but nobody has looked at the inputs';
  return { verdict: { level: 'insufficient-data', reason: `${found}, ${why}` }, facts };
}
