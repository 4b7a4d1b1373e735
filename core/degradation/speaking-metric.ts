import type { MetricName, Task } from '../performance/metrics.ts';
import { rulesOf } from './rules.ts';

/** A metric over a trailing window, such as the RMSE of 7 days. */
export interface SpeakingMetric {
  readonly metric: MetricName;
  /** A duration such as `'7d'`. */
  readonly over: string;
  /** Where its rule fires, in the unit of the metric; absent where it is held against a baseline. */
  readonly limit?: number;
}

/**
 * Which metric speaks for a model where there is room for one? That of its first rule about a metric, over the window of that
 * rule; without such a rule RMSE (regression) or accuracy (classification, which needs no probabilities) over 7 days.
 *
 * @example speakingMetric({ task: 'classification', degradation: {}, performance: { limits: {} } }) // { metric: 'accuracy', over: '7d' }
 * @example speakingMetric({ task: 'regression', degradation: {}, performance: { limits: { mae: 4 } } }) // { metric: 'mae', over: '7d', limit: 4 }
 */
export function speakingMetric(
  monitor: { readonly task: Task } & Parameters<typeof rulesOf>[0],
): SpeakingMetric {
  for (const rule of rulesOf(monitor)) {
    if ('metric' in rule) {
      const { metric, over, limit } = rule;
      return { metric, over, ...(limit !== undefined && { limit }) };
    }
  }
  return { metric: monitor.task === 'regression' ? 'rmse' : 'accuracy', over: '7d' };
}
