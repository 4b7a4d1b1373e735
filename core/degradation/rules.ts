/** When a model counts as degraded, as data. How each is written in a monitor is in settings.ts. */

import type { MetricName } from '../performance/metrics.ts';
import { isMetricName } from '../performance/metrics.ts';
import type { CheckName } from '../quality/check.ts';

interface Named {
  /** What people call it; messages begin with it. */
  readonly name?: string | undefined;
}

/** `interval`: the 95% interval, not the point, must be beyond the limit, wherever there is one; `point`: the number itself. */
export type Certainty = 'interval' | 'point';

/** Worse than the model was, by a share of that (`'20%'`) or by so much in the unit of the metric (`0.05`). */
export interface Worsening {
  /**
   * The reference window of the monitor, so long before the judged window, such as `'28d before'`, or `validation`: the number
   * of the judged version on the held-out rows that it was promoted by.
   */
  readonly baseline: string;
  readonly by: string | number;
}

/**
 * One metric over a trailing window against a limit, or against a baseline. Which side is bad follows from the metric:
 * above the limit for RMSE, below it for accuracy, further from 0 for bias.
 */
export interface MetricCondition extends Named {
  readonly metric: MetricName;
  /** A duration such as `'7d'`. */
  readonly over: string;
  /** `pooled`: one number over all outcomes of the window; `daily-mean`: the plain mean of its daily numbers. */
  readonly aggregate: 'pooled' | 'daily-mean';
  /** In the unit of the metric; ratios from 0 to 1. */
  readonly limit?: number | undefined;
  /** In the place of a limit. */
  readonly worseThan?: Worsening | undefined;
  /** `interval` by default. */
  readonly certainty?: Certainty | undefined;
  /** `'3 of 5'`: beyond the limit in at least 3 of the 5 newest windows. */
  readonly windows?: string | undefined;
  /** From the end of one of these windows to the next: `over` by default, so that they touch. */
  readonly every?: string | undefined;
  /** An evaluation of fewer outcomes, or of a smaller share of the predictions, is not looked at. */
  readonly minimumOutcomes?: number | undefined;
  readonly minimumCoverage?: number | undefined;
}

/** A metric gets worse from day to day: the slope of its daily numbers. */
export interface TrendCondition extends Named {
  readonly trend: MetricName;
  /** How many days, such as `'14d'`. */
  readonly over: string;
  /** By more than this, in the unit of the metric. */
  readonly perDay: number;
  readonly certainty?: Certainty | undefined;
  readonly minimumOutcomes?: number | undefined;
  readonly minimumCoverage?: number | undefined;
}

/** More than this share of the features drifted in the newest drift run. */
export interface DatasetDriftCondition extends Named {
  readonly drift: 'dataset';
  readonly share: number;
}

type Trouble = 'warning' | 'critical';

/** One column drifted in the newest drift run. */
export interface ColumnDriftCondition extends Named {
  readonly drift: 'feature' | 'prediction' | 'confidence' | 'actual';
  /** Which, of `drift: feature`. */
  readonly feature?: string | undefined;
  readonly atLeast: Trouble;
}

/** A data-quality check of the newest drift run has found something. */
export interface QualityCondition extends Named {
  /** `any`: the worst of those that count. */
  readonly quality: 'any' | CheckName;
  /** Of this feature alone. */
  readonly feature?: string | undefined;
  readonly atLeast: Trouble;
}

export interface AllCondition extends Named {
  readonly all: readonly Condition[];
}
export interface AnyCondition extends Named {
  readonly any: readonly Condition[];
}
export interface NotCondition extends Named {
  readonly not: Condition;
}

/** Something that is so or is not, or that nobody can tell. */
export type Condition =
  | MetricCondition
  | TrendCondition
  | DatasetDriftCondition
  | ColumnDriftCondition
  | QualityCondition
  | AllCondition
  | AnyCondition
  | NotCondition;

interface Leveled {
  readonly level: Trouble;
}

/** A condition with what it means when it is so. */
export type DegradationRule = Condition & Leveled;

/**
 * The conditions that a condition is made of, itself included, from the outside in.
 *
 * @example
 * const late = { drift: 'dataset', share: 0.5 };
 * conditionsOf({ not: { any: [late] } }).length // 3
 */
export function conditionsOf(condition: Condition): readonly Condition[] {
  return [condition, ...partsOf(condition).flatMap(conditionsOf)];
}

/**
 * The same condition by the points alone, whatever the intervals are.
 *
 * @example byPoint({ not: { trend: 'rmse', over: '14d', perDay: 1 } })
 * // { not: { trend: 'rmse', over: '14d', perDay: 1, certainty: 'point' } }
 */
export function byPoint(condition: Condition): Condition {
  if ('all' in condition) return { ...condition, all: condition.all.map(byPoint) };
  if ('any' in condition) return { ...condition, any: condition.any.map(byPoint) };
  if ('not' in condition) return { ...condition, not: byPoint(condition.not) };
  return 'metric' in condition || 'trend' in condition ? { ...condition, certainty: 'point' } : condition;
}

function partsOf(condition: Condition): readonly Condition[] {
  if ('all' in condition) return condition.all;
  if ('any' in condition) return condition.any;
  return 'not' in condition ? [condition.not] : [];
}

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

interface RuleSettings {
  readonly degradation: { readonly rules?: readonly DegradationRule[] | undefined };
  readonly performance: { readonly limits: PerformanceLimits };
}

/**
 * The rules of a monitor: those it writes, else those that follow from its limits.
 *
 * @example rulesOf({ degradation: {}, performance: { limits: { rmse: 75 } } }).length // 1
 */
export function rulesOf({ degradation, performance }: RuleSettings): readonly DegradationRule[] {
  return degradation.rules ?? defaultRules(performance.limits);
}
