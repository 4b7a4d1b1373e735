/** Limits that stand side by side, of which the critical one has to be the worse. */

import type { DegradationRule, MetricCondition } from '../core/degradation/rules.ts';
import type { Monitor } from '../core/monitor/schema.ts';
import { betterBy, metricTable, type MetricName } from '../core/performance/metrics.ts';
import type { PlacedProblem } from './monitor-problems.ts';

/** What is wrong with the limits of a monitor, and with its rules that differ only in limit and level. Equal ones are allowed. */
export function swappedLimits({ performance, degradation }: Monitor): readonly PlacedProblem[] {
  const ofMetrics = Object.entries(performance.limits).flatMap(([name, { warning, critical }]) => {
    const message = swapped(name as MetricName, warning, critical);
    return message === undefined ? [] : [{ path: ['performance', 'limits', name, 'critical'], message }];
  });
  const ofRules = swappedRules(degradation.rules ?? []).map(({ path, message }) => ({
    path: ['degradation', 'rules', ...path],
    message,
  }));
  return [...ofMetrics, ...ofRules];
}

/** The same of rules alone; paths start at the list. */
export function swappedRules(rules: readonly DegradationRule[]): readonly PlacedProblem[] {
  return rules.flatMap((rule, index) => {
    if (!isLimit(rule) || rule.level !== 'critical') return [];
    const alike = rules.filter(isLimit).filter(({ level }) => level === 'warning');
    const message = alike
      .filter((other) => conditionOf(other) === conditionOf(rule))
      .map(({ limit }) => swapped(rule.metric, limit, rule.limit))
      .find((found) => found !== undefined);
    return message === undefined ? [] : [{ path: [index, 'limit'], message }];
  });
}

type LimitRule = DegradationRule & MetricCondition;

function isLimit(rule: DegradationRule): rule is LimitRule {
  return 'metric' in rule && rule.limit !== undefined;
}

/** Of what is held against the limit: all but the limit, its level and its name. */
function conditionOf(rule: LimitRule): string {
  const condition = Object.entries(rule).filter(([key]) => !['limit', 'level', 'name'].includes(key));
  return JSON.stringify(condition.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const better = {
  'lower-is-better': 'lower is better',
  'higher-is-better': 'higher is better',
  'closer-to-zero-is-better': 'closer to 0 is better',
  none: 'it has no direction',
} as const;

function swapped(
  metric: MetricName,
  warning: number | undefined,
  critical: number | undefined,
): string | undefined {
  if (warning === undefined || critical === undefined) return undefined;
  if ((betterBy(metric, critical, warning) ?? 0) <= 0) return undefined;
  const { label, direction } = metricTable[metric];
  return `is better than the warning ${warning} (of ${label} ${better[direction]}), so that a warning would never come; swap the two`;
}
