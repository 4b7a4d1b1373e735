import type { Monitor } from '../../core/monitor/schema.ts';
import { isMetricName, type MetricName } from '../../core/performance/metrics.ts';

/**
 * The metric that a model is told about by: the one that the monitor limits first, or that its retraining decides by; else
 * one that the task always has.
 *
 * @param isKnown is this metric known of the model?
 */
export function mainMetric(
  { task, performance, retraining }: Pick<Monitor, 'task' | 'performance' | 'retraining'>,
  isKnown: (metric: MetricName) => boolean,
): MetricName {
  const [limited] = Object.keys(performance.limits).filter(isMetricName);
  if (limited !== undefined) return limited;
  if (retraining?.metric !== undefined) return retraining.metric;
  if (task === 'regression') return 'rmse';
  return isKnown('log_loss') ? 'log_loss' : 'accuracy';
}
