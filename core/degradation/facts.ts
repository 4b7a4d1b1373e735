import type { Fact } from '../alert/alert.ts';
import { metricTable, metricText, percentText } from '../performance/metrics.ts';
import { durationText } from './duration-text.ts';
import type { DegradationFinding } from './judge.ts';
import type { DegradationRule } from './rules.ts';

/**
 * What was measured, for a message: each number once, with all limits it is held against and the outcomes it rests on.
 *
 * @example
 * const pooled = { sampleSize: 148, verdict: { level: 'ok', reason: '148 outcomes' }, metrics: { rmse: { value: 80.14 } } };
 * const rules = defaultRules({ rmse: { warning: 65, critical: 80 } });
 * degradationFacts('7', judgeDegradation(rules, { windows: { '7d': { pooled } } }).findings)[1]
 * // { name: 'RMSE over 7 days', value: '80.14, limits 80 (critical), 65 (warning)' }
 */
export function degradationFacts(version: string | null, findings: readonly DegradationFinding[]): Fact[] {
  const byMeasure = new Map<string, DegradationFinding[]>();
  for (const finding of findings) {
    const name = measureName(finding.rule);
    byMeasure.set(name, [...(byMeasure.get(name) ?? []), finding]);
  }
  const outcomes = Math.max(
    0,
    ...findings.flatMap(({ rule, sampleSize }) => ('metric' in rule ? [sampleSize] : [])),
  );
  return [
    ...(version === null ? [] : [{ name: 'Model version', value: version }]),
    ...[...byMeasure].map(([name, same]) => ({ name, value: measureText(same) })),
    { name: 'Outcomes', value: String(outcomes) },
  ];
}

function measureName(rule: DegradationRule): string {
  if ('drift' in rule) return 'Drifted features';
  const mean = rule.aggregate === 'daily-mean' ? ' (daily mean)' : '';
  return `${metricTable[rule.metric].label} over ${durationText(rule.over)}${mean}`;
}

function measureText(findings: readonly DegradationFinding[]): string {
  const limits = findings.map(({ rule, limit }) => `${numberText(rule, limit, 15)} (${rule.level})`);
  const [{ rule, value }] = findings as [DegradationFinding];
  const measured = 'value' in value ? numberText(rule, value.value) : `not judged: ${value.notComputable}`;
  return `${measured}, ${limits.length === 1 ? 'limit' : 'limits'} ${limits.join(', ')}`;
}

function numberText(rule: DegradationRule, value: number, digits?: number): string {
  return 'metric' in rule ? metricText(rule.metric, value, digits) : percentText(value);
}
