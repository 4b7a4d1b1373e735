/** What people read before a retraining starts, or of why none does. */

import { durationText } from '../../core/degradation/duration-text.ts';
import { countText, percentText } from '../../core/performance/metrics.ts';
import type { PolicyCheck } from '../../core/retraining/policy.ts';
import type { RetrainingPolicy } from '../../core/retraining/settings.ts';
import type { TrainingSpecification } from '../../core/retraining/specification.ts';
import { windowText } from '../../core/window-text.ts';
import { dayMs, formatInstant } from '../../core/window.ts';
import type { Screen } from '../paint.ts';
import type { Outlook } from './read-outlook.ts';

type Paint = Screen['paint'];

/** Would a retraining start? Every condition of the policy in words, and what would be trained on. */
export function outlookText(outlook: Outlook, { paint }: Screen): string {
  const { model, asOf, decision, policy, specification } = outlook;
  const starts = decision.decision === 'start';
  const answer = starts ? paint('green', 'would start') : paint('yellow', 'would not start');
  return [
    `${paint('bold', model)} as of ${formatInstant(asOf)}: a retraining ${answer}: ${decision.reason}`,
    ...staleLines(outlook),
    ...unattachedLines(outlook),
    ...checkLines(decision.checks ?? [], paint),
    ...(policy && specification ? planLines(policy, specification) : []),
  ].join('\n');
}

/** What will happen when a person starts one. */
export function startText(outlook: Outlook, { paint }: Screen): string {
  const { model, asOf, champion, decision, policy, specification } = outlook;
  const against = (decision.checks ?? []).filter(({ holds }) => !holds);
  return [
    `${paint('bold', model)} will be retrained as of ${formatInstant(asOf)}, against version ${champion ?? 'none'}.`,
    ...staleLines(outlook),
    ...unattachedLines(outlook),
    ...(policy && specification ? planLines(policy, specification) : []),
    ...(against.length === 0 ? [] : [paint('yellow', 'The policy would not start it now:')]),
    ...checkLines(against, paint),
  ].join('\n');
}

/** What is stored and not joined yet looks like what has not come. */
function unattachedLines({ unattachedHours, decision }: Outlook): string[] {
  const lacks = (decision.checks ?? []).some(({ name, holds }) => name === 'outcomes' && !holds);
  if (!lacks || unattachedHours === 0) return [];
  const hours = `${countText(unattachedHours, 'hour')} of the training window ${unattachedHours === 1 ? 'has' : 'have'}`;
  return [`  ${hours} rows that are not joined yet; run \`tidewatch backfill-actuals\` first`];
}

/** Without predictions of late, "now" is not what people mean. */
function staleLines({ asOf, checked }: Outlook): string[] {
  if (checked === undefined) return ['  No degradation check has run yet.'];
  if (Math.abs(asOf - checked) <= 2 * dayMs) return [];
  const instant = formatInstant(checked);
  return [`  The newest degradation check is of ${instant}; for that time, write --as-of ${instant}`];
}

function checkLines(checks: readonly PolicyCheck[], paint: Paint): string[] {
  const width = Math.max(0, ...checks.map(({ name }) => name.length)) + 2;
  return checks.flatMap(({ name, holds, reason, remedy }) => [
    `  ${holds ? paint('green', 'yes') : paint('red', 'no ')}  ${name.padEnd(width)}${reason}`,
    ...(remedy === undefined ? [] : [`       ${''.padEnd(width)}to change that: ${remedy}`]),
  ]);
}

function planLines(policy: RetrainingPolicy, specification: TrainingSpecification): string[] {
  const { training, holdout, exclude, rows, reason, hash } = specification;
  const lines: [string, string][] = [
    [
      'train on',
      `${windowText(training)} (${reason}): ${countText(rows, 'outcome')}, hash ${hash.slice(0, 12)}`,
    ],
    ...exclude.map((part): [string, string] => ['without', `${windowText(part)}: ${part.reason}`]),
    ['hold out', windowText(holdout)],
    ['trainer', trainerText(policy.trainer)],
    ['then', thenText(policy)],
  ];
  return lines.map(([name, text]) => `  ${name.padEnd(10)}${text}`);
}

function trainerText(trainer: RetrainingPolicy['trainer']): string {
  switch (trainer.kind) {
    case 'http':
      return `${trainer.url}, for at most ${durationText(trainer.timeout)}`;
    case 'temporal':
      return `${trainer.workflow ?? trainer.activity} on task queue ${trainer.taskQueue}, for at most ${durationText(trainer.timeout)}`;
    case 'command':
      return `${trainer.command.join(' ')}, for at most ${durationText(trainer.timeout)}`;
  }
}

function thenText({ approval, rollout, verify }: RetrainingPolicy): string {
  const approvals = {
    auto: [],
    manual: [`approval by a person within ${durationText(approval.timeout)}`],
    'manual-above-risk': [
      `approval by a person within ${durationText(approval.timeout)} where it is above the risk`,
    ],
  };
  const rollouts = {
    none: [],
    shadow: [`in the shadow for ${durationText(rollout.for)}`],
    canary: [`a canary with ${percentText(rollout.share)} of the traffic for ${durationText(rollout.for)}`],
  };
  return [
    'validation by its gates',
    ...approvals[approval.kind],
    ...rollouts[rollout.kind],
    'promotion',
    `verification for ${durationText(verify.for)}${verify.rollBack === 'auto' ? ', rolled back when clearly worse' : ''}`,
  ].join('; ');
}
