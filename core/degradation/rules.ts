/** When a model counts as degraded, as data. */

import type { MetricName } from '../performance/metrics.ts';
import { isMetricName } from '../performance/metrics.ts';

/**
 * One metric over the trailing days against a limit. Which side of the limit is bad follows from the metric: above it for
 * RMSE, below it for accuracy, further from 0 for bias.
 */
export interface MetricRule {
  readonly metric: MetricName;
  /** A duration such as `'7d'`. */
  readonly over: string;
  /** `pooled`: one number over all outcomes of the window; `daily-mean`: the plain mean of its daily numbers. */
  readonly aggregate: 'pooled' | 'daily-mean';
  /** In the unit of the metric; ratios from 0 to 1. */
  readonly limit: number;
  readonly level: 'warning' | 'critical';
}

/** More than this share of the features drifted in the newest drift run. */
export interface DriftRule {
  readonly drift: 'dataset';
  readonly share: number;
  readonly level: 'warning' | 'critical';
}

export type DegradationRule = MetricRule | DriftRule;

/** A limit, or two; a bare number is critical. */
type Limit = number | { readonly warning?: number | undefined; readonly critical?: number | undefined };
export type PerformanceLimits = Readonly<Partial<Record<MetricName, Limit | undefined>>>;

/**
 * Which rules follow from a monitor's limits? One pooled 7-day rule for each, critical first, and dataset drift as a
 * warning where a share is given.
 *
 * @example defaultRules({ rmse: 75 })
 * // [{ metric: 'rmse', over: '7d', aggregate: 'pooled', limit: 75, level: 'critical' }]
 */
export function defaultRules(limits: PerformanceLimits, driftShare?: number): DegradationRule[] {
  const rules: DegradationRule[] = [];
  for (const [metric, limit] of Object.entries(limits)) {
    if (!isMetricName(metric)) continue;
    const byLevel = typeof limit === 'number' ? { critical: limit } : limit;
    for (const level of ['critical', 'warning'] as const) {
      const value = byLevel?.[level];
      if (value !== undefined) rules.push({ metric, over: '7d', aggregate: 'pooled', limit: value, level });
    }
  }
  if (driftShare !== undefined) rules.push({ drift: 'dataset', share: driftShare, level: 'warning' });
  return rules;
}
