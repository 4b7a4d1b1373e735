/** Has a model degraded? */

import type { Direction } from '../performance/metrics.ts';
import { betterBy, countText, distinctTexts, metricTable, percentText } from '../performance/metrics.ts';
import type { Computed, Level } from '../verdict.ts';
import { dayMs, durationMs } from '../window.ts';
import { durationText } from './duration-text.ts';
import type { DegradationEvidence, DriftEvidence, WindowEvidence } from './evidence.ts';
import type { DegradationRule, DriftRule, MetricRule } from './rules.ts';

/** What one rule says. */
export interface DegradationFinding {
  readonly rule: DegradationRule;
  /** The rule's own level where it fires, else `ok` or `insufficient-data`. */
  readonly level: Level;
  readonly value: Computed;
  readonly limit: number;
  readonly reason: string;
  /** Outcomes behind the value; rows of the current window for drift. */
  readonly sampleSize: number;
}

/** JSON-safe. */
export interface DegradationVerdict {
  readonly level: Level;
  readonly reason: string;
  /** One for each rule, in the order of the rules. */
  readonly findings: readonly DegradationFinding[];
}

/**
 * Has a model degraded by these rules? The level is the worst of the rules that fire and `ok` when none of those that
 * could be judged does. `insufficient-data` only when no rule could be judged: one that cannot be never hides one that
 * fires, nor makes the others void; it is named in the reason.
 *
 * A rule fires when the value is beyond the limit; a value equal to the limit is fine. `daily-mean` is the plain mean of
 * the daily values that are computable, and needs at least half of the days of the window.
 *
 * @example
 * const verdict = { level: 'ok', reason: '168 outcomes' };
 * const pooled = { sampleSize: 168, coverage: 0.93, verdict, metrics: { rmse: { value: 101.24 } } };
 * judgeDegradation(defaultRules({ rmse: 75 }), { windows: { '7d': { pooled } } })
 * // { level: 'critical', reason: 'RMSE over 7 days 101.2 is above 75 (168 outcomes, coverage 93%)' }
 * @throws TidewatchError `INVALID_DURATION` for a daily-mean rule over something that is no duration.
 */
export function judgeDegradation(
  rules: readonly DegradationRule[],
  evidence: DegradationEvidence,
): DegradationVerdict {
  const findings = rules.map((rule) =>
    'metric' in rule
      ? judgeMetric(rule, evidence.windows[rule.over] ?? {})
      : judgeDrift(rule, evidence.drift),
  );
  const at = (level: Level): DegradationFinding[] => findings.filter((finding) => finding.level === level);
  const critical = at('critical');
  const warning = at('warning').filter(
    ({ rule }) => !critical.some((worse) => sameMeasure(worse.rule, rule)),
  );
  const allFine = at('ok');
  const fine = allFine.filter(
    ({ rule }) =>
      rule.level === 'warning' ||
      !allFine.some((other) => other.rule.level === 'warning' && sameMeasure(other.rule, rule)),
  );
  const open = at('insufficient-data');
  if (critical.length > 0) return { level: 'critical', reason: reasonsOf(critical, warning), findings };
  if (warning.length > 0) return { level: 'warning', reason: reasonsOf(warning), findings };
  if (fine.length > 0) return { level: 'ok', reason: reasonsOf(fine, open), findings };
  const reason = open.length > 0 ? reasonsOf(open) : 'there are no degradation rules';
  return { level: 'insufficient-data', reason, findings };
}

/** Two limits, one for each level, on the same number: the reason needs only the worse that fires, or the tighter that does not. */
function sameMeasure(a: DegradationRule, b: DegradationRule): boolean {
  return (
    'metric' in a &&
    'metric' in b &&
    a.metric === b.metric &&
    a.over === b.over &&
    a.aggregate === b.aggregate
  );
}

function reasonsOf(...groups: readonly (readonly DegradationFinding[])[]): string {
  return [...new Set(groups.flat().map(({ reason }) => reason))].join('; ');
}

const badSide: Readonly<Record<Direction, string>> = {
  'lower-is-better': 'above',
  'higher-is-better': 'below',
  'closer-to-zero-is-better': 'further from 0 than',
  none: 'beyond',
};

interface Measured {
  readonly value: Computed;
  readonly sampleSize: number;
  /** What the value rests on, in words. */
  readonly basis: string;
}

function judgeMetric(rule: MetricRule, window: WindowEvidence): DegradationFinding {
  const { metric, limit } = rule;
  const mean = rule.aggregate === 'daily-mean' ? 'daily mean ' : '';
  const what = `${mean}${metricTable[metric].label} over ${durationText(rule.over)}`;
  const { value, sampleSize, basis } =
    rule.aggregate === 'pooled' ? pooled(rule, window) : dailyMean(rule, window);
  const finding = { rule, value, limit, sampleSize };
  if ('notComputable' in value) return { ...finding, ...notJudged(what, value.notComputable) };
  const better = betterBy(metric, value.value, limit);
  if (better === undefined) {
    return { ...finding, ...notJudged(what, 'neither more nor less of it is better') };
  }
  const [valueText, limitText] = distinctTexts(metric, value.value, limit);
  const fires = better < 0;
  const side = badSide[metricTable[metric].direction];
  return {
    ...finding,
    level: fires ? rule.level : 'ok',
    reason: `${what} ${valueText} is ${fires ? '' : 'not '}${side} ${limitText} (${basis})`,
  };
}

function pooled(rule: MetricRule, { pooled: evaluation }: WindowEvidence): Measured {
  if (evaluation === undefined)
    return notMeasured(`there is no evaluation of the last ${durationText(rule.over)}`);
  const { sampleSize, verdict, metrics, coverage } = evaluation;
  if (verdict.level === 'insufficient-data') return notMeasured(verdict.reason, sampleSize);
  return {
    value: metrics[rule.metric] ?? { notComputable: 'the evaluation does not hold this metric' },
    sampleSize,
    basis: `${countText(sampleSize, 'outcome')}${coverage === undefined ? '' : `, coverage ${percentText(coverage)}`}`,
  };
}

function dailyMean(rule: MetricRule, { daily = [] }: WindowEvidence): Measured {
  const days = Math.ceil(durationMs(rule.over) / dayMs);
  let sum = 0;
  let computable = 0;
  let outcomes = 0;
  for (const { verdict, metrics, sampleSize } of daily) {
    const value = metrics[rule.metric];
    if (verdict.level === 'insufficient-data' || value === undefined || !('value' in value)) continue;
    sum += value.value;
    computable += 1;
    outcomes += sampleSize;
  }
  if (computable === 0 || computable < days / 2) {
    return notMeasured(
      `${computable} of ${countText(days, 'day')} could be evaluated, at least half are needed`,
      outcomes,
    );
  }
  return {
    value: { value: sum / computable },
    sampleSize: outcomes,
    basis: `${computable} of ${countText(days, 'day')}, ${countText(outcomes, 'outcome')}`,
  };
}

function judgeDrift(rule: DriftRule, drift: DriftEvidence | undefined): DegradationFinding {
  const finding = { rule, limit: rule.share, sampleSize: drift?.sampleSize ?? 0 };
  const value: Computed =
    drift === undefined
      ? { notComputable: 'there is no drift run' }
      : drift.verdict.level === 'insufficient-data'
        ? { notComputable: drift.verdict.reason }
        : drift.share;
  if ('notComputable' in value)
    return { ...finding, value, ...notJudged('dataset drift', value.notComputable) };
  const fires = value.value > rule.share;
  return {
    ...finding,
    value,
    level: fires ? rule.level : 'ok',
    reason: `${percentText(value.value)} of the features have drifted, ${fires ? 'above' : 'not above'} ${percentText(rule.share)} (${countText(finding.sampleSize, 'row')})`,
  };
}

function notMeasured(reason: string, sampleSize = 0): Measured {
  return { value: { notComputable: reason }, sampleSize, basis: '' };
}

function notJudged(what: string, reason: string): { readonly level: Level; readonly reason: string } {
  return { level: 'insufficient-data', reason: `${what} cannot be judged: ${reason}` };
}
