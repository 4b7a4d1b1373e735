/** Has a model degraded? */

import type { Level } from '../verdict.ts';
import type { DegradationEvidence } from './evidence.ts';
import { judgeColumnDrift, judgeDatasetDrift, judgeQuality } from './judge-data.ts';
import { judgeMetric } from './judge-metric.ts';
import { judgeTrend } from './judge-trend.ts';
import type { DegradationFinding, Judgement } from './judgement.ts';
import type { Condition, DegradationRule } from './rules.ts';
import { byPoint } from './rules.ts';

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
 * Judged is the newest window of a rule's length whose evaluation passed the gate (and has the minimum evidence of the
 * rule), from the day of the check back to the actuals horizon; where it is not the newest, the reason names its days. A
 * rule fires when the value is beyond the limit, by default with its whole 95% interval where there is one (see
 * `standing`); a value equal to the limit is fine. That a version is fine shows only once it has served for half of the
 * window. `daily-mean` is the plain mean of the daily values that are computable, and needs at least half of the days; a
 * trend needs these too, and three. `all` and `any` are known as soon as one part decides them; `not` of what nobody can
 * tell cannot be told either.
 *
 * @example
 * const day = 8 * dayMs;
 * const evaluation = {
 *   version: '1', window: { start: dayMs, end: day }, revision: 1, state: 'provisional', sampleSize: 168, coverage: 0.93,
 *   verdict: { level: 'ok', reason: '168 outcomes' }, metrics: { rmse: { value: 101.24 } }, intervals: { rmse: [92.1, 110.4] },
 * };
 * const evidence = { day, oldest: dayMs, version: '1', evaluations: indexEvaluations([evaluation]) };
 * judgeDegradation(defaultRules({ rmse: 75 }), evidence)
 * // { level: 'critical', reason: 'RMSE over 7 days 101.2 is above 75 (95% interval 92.1 to 110.4, 168 outcomes, coverage 93%)' }
 * @throws TidewatchError `INVALID_DURATION` for a rule over something that is no duration.
 */
export function judgeDegradation(
  rules: readonly DegradationRule[],
  evidence: DegradationEvidence,
): DegradationVerdict {
  const findings = rules.map((rule): DegradationFinding => {
    const { answer, reason, measured } = judgeCondition(rule, evidence);
    const unsure = answer === 'fine' && judgeCondition(byPoint(rule), evidence).answer === 'fires';
    return { rule, level: levelOf(answer, rule), reason, ...(unsure && { unsure }), measured };
  });
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
  const reason = open.length > 0 ? reasonsOf(open) : noRules;
  return { level: 'insufficient-data', reason, findings };
}

const noRules =
  'there are no degradation rules: write performance.limits or degradation.rules in the monitor, and apply it';

function levelOf(answer: Judgement['answer'], { level }: DegradationRule): Level {
  return { fires: level, fine: 'ok', unjudgeable: 'insufficient-data' }[answer] as Level;
}

/** What a condition says, after its name where it has one. */
function judgeCondition(condition: Condition, evidence: DegradationEvidence): Judgement {
  const judgement = judgeUnnamed(condition, evidence);
  const { name } = condition;
  return name === undefined ? judgement : { ...judgement, reason: `${name}: ${judgement.reason}` };
}

function judgeUnnamed(condition: Condition, evidence: DegradationEvidence): Judgement {
  if ('metric' in condition) return judgeMetric(condition, evidence);
  if ('trend' in condition) return judgeTrend(condition, evidence);
  if ('quality' in condition) return judgeQuality(condition, evidence.drift);
  if ('all' in condition) return judgeAll(condition.all.map((part) => judgeCondition(part, evidence)));
  if ('any' in condition) return judgeAny(condition.any.map((part) => judgeCondition(part, evidence)));
  if ('not' in condition) return judgeNot(judgeCondition(condition.not, evidence));
  if (condition.drift === 'dataset') return judgeDatasetDrift(condition, evidence.drift);
  return judgeColumnDrift(condition, evidence.drift);
}

function judgeAll(parts: readonly Judgement[]): Judgement {
  const measured = parts.flatMap((part) => part.measured);
  const fine = parts.filter(({ answer }) => answer === 'fine');
  const open = parts.filter(({ answer }) => answer === 'unjudgeable');
  if (fine.length > 0) return { answer: 'fine', reason: joined(fine, ' and '), measured };
  if (open.length > 0) return { answer: 'unjudgeable', reason: joined(open, '; '), measured };
  return { answer: 'fires', reason: joined(parts, ' and '), measured };
}

function judgeAny(parts: readonly Judgement[]): Judgement {
  const measured = parts.flatMap((part) => part.measured);
  const firing = parts.filter(({ answer }) => answer === 'fires');
  const open = parts.filter(({ answer }) => answer === 'unjudgeable');
  if (firing.length > 0) return { answer: 'fires', reason: joined(firing, ' and '), measured };
  if (open.length > 0) return { answer: 'unjudgeable', reason: joined(open, '; '), measured };
  return { answer: 'fine', reason: joined(parts, ' and '), measured };
}

const opposite = { fires: 'fine', fine: 'fires', unjudgeable: 'unjudgeable' } as const;

function judgeNot({ answer, reason, measured }: Judgement): Judgement {
  return { answer: opposite[answer], reason, measured };
}

function joined(parts: readonly Judgement[], by: string): string {
  return parts.map(({ reason }) => reason).join(by);
}

/** Two limits, one for each level, on the same number: the reason needs only the worse that fires, or the tighter that does not. */
function sameMeasure(a: DegradationRule, b: DegradationRule): boolean {
  return 'metric' in a && 'metric' in b && measureKey(a) === measureKey(b);
}

function measureKey(rule: DegradationRule): string {
  return JSON.stringify(
    Object.entries(rule)
      .filter(([key, value]) => value !== undefined && key !== 'limit' && key !== 'level' && key !== 'name')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function reasonsOf(...groups: readonly (readonly DegradationFinding[])[]): string {
  return [...new Set(groups.flat().map(({ reason }) => reason))].join('; ');
}
