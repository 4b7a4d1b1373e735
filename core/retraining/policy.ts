/** Should a model be retrained now? */

import { durationText } from '../degradation/duration-text.ts';
import { formatSignificant } from '../number-text.ts';
import { countText } from '../performance/metrics.ts';
import type { Verdict } from '../verdict.ts';
import { durationMs, formatInstant, monthOf } from '../window.ts';
import { periodWindow } from './periods.ts';
import type { RetrainingPolicy } from './settings.ts';
import type { RunningState } from './states.ts';
import type { TriggerFacts, TriggerName } from './triggers.ts';
import { triggersOf } from './triggers.ts';

/** What the decision rests on; everything as of one instant. */
export interface RetrainingFacts extends TriggerFacts {
  /** A person asks for it: no other trigger is needed. */
  readonly byHand?: boolean;
  /** The data quality in the newest drift run; null without one. */
  readonly quality: Verdict | null;
  /** The retraining that holds the model's one place. */
  readonly running: RunningRetraining | null;
  /** All starts of the month of asOf, the newest of all, and the newest with a known cost; the newest first. */
  readonly starts: readonly RetrainingStart[];
  readonly outcomesInTrainingWindow: number;
}

export interface RunningRetraining {
  readonly asOf: number;
  readonly state: RunningState;
  /** When what it waits for is over. */
  readonly waitsUntil: number | null;
}

export interface RetrainingStart {
  readonly asOf: number;
  /** As its trainer reported it. */
  readonly cost: number | null;
}

/** One of the conditions of a policy; all must hold. */
export interface PolicyCheck {
  readonly name: (typeof checks)[number]['name'];
  readonly holds: boolean;
  readonly reason: string;
  /** What would have to change, where it does not hold. */
  readonly remedy?: string;
}

export interface RetrainingDecision {
  readonly decision: 'start' | 'wait';
  readonly reason: string;
  /** Of a start: those that hold; none where a person asked for it. */
  readonly triggers?: readonly TriggerName[];
  /** None where there is no policy, or the run may not act. */
  readonly checks?: readonly PolicyCheck[];
}

export type StartPolicy = Pick<
  RetrainingPolicy,
  | 'enabled'
  | 'triggers'
  | 'cooldown'
  | 'maxPerMonth'
  | 'budget'
  | 'freezePeriods'
  | 'quality'
  | 'minimumOutcomes'
  | 'minimumNewOutcomes'
>;

/**
 * Should a retraining start now? When every condition of the policy holds: it is enabled, one of its triggers holds, no other
 * retraining of the model runs, the cooldown since the last start is over, the month has room for another one and for its
 * cost, no freeze period covers asOf, the data quality is not critical, and there are enough outcomes, and new ones. To wait,
 * the reason is that of the first that does not hold; `checks` has all of them.
 *
 * Everything counts in asOf time: the cooldown from start to start, over at its very end, whatever became of the retraining, unless
 * it had nothing to train on; months are those of the calendar, UTC. A training without a reported cost counts what the newest reported one did, or
 * `perTraining`. A run that speaks for a time before the last start waits: under a schedule backfill days may come in any order.
 *
 * @example
 * const policy = retrainingSchema.parse({ trainer: { url: 'http://127.0.0.1:8080' }, cooldown: '7d' });
 * const facts = { asOf: 0, checks: [{ level: 'ok', ofPerformance: 'ok' }], drift: null, quality: null, running: null,
 *   starts: [], calendarSince: 0, newOutcomes: 900, outcomesInTrainingWindow: 900 };
 * const { decision, reason } = decideRetraining(policy, facts);
 * [decision, reason] // ['wait', 'the verdict is ok; retraining starts at critical']
 * @throws TidewatchError `INVALID_DURATION` when the cooldown is no duration.
 */
export function decideRetraining(policy: StartPolicy, facts: RetrainingFacts): RetrainingDecision {
  const answers = checks.map(({ name, check }) => ({ name, ...check(policy, facts) }));
  const obstacle = answers.find(({ holds }) => !holds);
  if (obstacle !== undefined) return { decision: 'wait', reason: obstacle.reason, checks: answers };
  const reasons = answers.filter(({ name }) => name === 'trigger' || name === 'outcomes');
  const triggers = facts.byHand
    ? []
    : triggersOf(policy.triggers, facts).flatMap(({ name, holds }) => (holds ? [name] : []));
  return {
    decision: 'start',
    reason: reasons.map(({ reason }) => reason).join('; '),
    triggers,
    checks: answers,
  };
}

type Answer = Omit<PolicyCheck, 'name'>;
type Check = (policy: StartPolicy, facts: RetrainingFacts) => Answer;

const enabled: Check = ({ enabled }) =>
  enabled ? yes('retraining is enabled') : no('retraining is disabled', 'write enabled: true');

const trigger: Check = ({ triggers }, facts) => {
  if (facts.byHand) return yes('a person asks for it');
  const answers = triggersOf(triggers, facts);
  const holding = answers.filter(({ holds }) => holds);
  if (holding.length > 0) return yes(holding.map(({ reason }) => reason).join(', and '));
  return no(
    answers.map(({ reason }) => reason).join('; '),
    `wait for ${answers.map(({ awaited }) => awaited).join(', or for ')}, or start it by hand`,
  );
};

const singleFlight: Check = (_, { running }) => {
  if (running === null) return yes('no other retraining of the model is under way');
  const until = running.waitsUntil === null ? '' : ` until ${formatInstant(running.waitsUntil)}`;
  return no(
    `a retraining, started as of ${formatInstant(running.asOf)}, is still ${stateWords[running.state]}${until}; one at a time`,
    'wait for its end, or cancel it',
  );
};

const stateWords: Readonly<Record<RunningState, string>> = {
  training: 'training',
  validating: 'being validated',
  'awaiting-approval': 'waiting for approval',
  shadow: 'in the shadow',
  canary: 'in a canary',
  promoting: 'being promoted',
  verifying: 'being verified',
};

const order: Check = (_, { asOf, starts: [last] }) => {
  if (last === undefined || asOf >= last.asOf) return yes('no retraining was started as of a later time');
  return no(
    `a retraining was started as of ${formatInstant(last.asOf)}, later than this run's ${formatInstant(asOf)}`,
    'run it as of a later time',
  );
};

const cooldown: Check = ({ cooldown }, { asOf, starts: [last] }) => {
  if (last === undefined) return yes('none was started before');
  const end = last.asOf + durationMs(cooldown);
  const started = `the last retraining was started as of ${formatInstant(last.asOf)}; the cooldown of ${durationText(cooldown)}`;
  if (asOf >= end) return yes(`${started} is over`);
  return no(
    `${started} ends at ${formatInstant(end)}`,
    `wait until ${formatInstant(end)}, or shorten cooldown`,
  );
};

const perMonth: Check = ({ maxPerMonth }, { asOf, starts }) => {
  if (maxPerMonth === undefined) return yes('there is no limit to a month');
  const month = monthOf(asOf);
  const count = startsOf(month, starts).length;
  const counted = `${countText(count, 'retraining')} of at most ${maxPerMonth} in the month of ${formatInstant(month.start)}`;
  if (count < maxPerMonth) return yes(counted);
  return no(counted, `wait until ${formatInstant(month.end)}, or raise maxPerMonth`);
};

const withinBudget: Check = ({ budget }, { asOf, starts }) => {
  if (budget === undefined) return yes('there is no budget');
  const month = monthOf(asOf);
  const assumed = starts.find(({ cost }) => cost !== null)?.cost ?? budget.perTraining;
  const spent = startsOf(month, starts).reduce((sum, { cost }) => sum + (cost ?? assumed), 0);
  const costs = `${formatSignificant(spent)} of ${formatSignificant(budget.perMonth)} spent in the month of ${formatInstant(month.start)}, the next training costs about ${formatSignificant(assumed)}`;
  if (spent + assumed <= budget.perMonth) return yes(costs);
  return no(costs, `wait until ${formatInstant(month.end)}, or raise budget.perMonth`);
};

const noFreeze: Check = ({ freezePeriods }, { asOf }) => {
  const frozen = freezePeriods
    .map((period) => ({ ...periodWindow(period), reason: period.reason }))
    .find(({ start, end }) => start <= asOf && asOf < end);
  if (frozen === undefined) return yes('no freeze period');
  const end = formatInstant(frozen.end);
  return no(`frozen until ${end}: ${frozen.reason}`, `wait until ${end}, or end the freeze period`);
};

const dataQuality: Check = ({ quality: policy }, { quality }) => {
  if (policy === 'ignore') return yes('the data quality is ignored');
  if (quality?.level === 'critical') {
    return no(
      `the data quality is critical (${quality.reason}); nothing is trained on broken data`,
      'mend the data, or write quality: ignore',
    );
  }
  return yes(quality === null ? 'no data quality is known' : `the data quality is ${quality.level}`);
};

const enoughOutcomes: Check = ({ minimumOutcomes }, { outcomesInTrainingWindow: count }) => {
  const counted = `${countText(count, 'outcome')} in the training window`;
  if (count >= minimumOutcomes) return yes(counted);
  return no(
    `${counted}, at least ${minimumOutcomes} are needed`,
    `wait for ${countText(minimumOutcomes - count, 'more outcome')}, or lengthen trainingWindow`,
  );
};

const enoughNew: Check = ({ minimumNewOutcomes }, { newOutcomes }) => {
  if (minimumNewOutcomes === 0) return yes('no new outcomes are asked for');
  const counted = `${countText(newOutcomes, 'outcome')} since the last training`;
  if (newOutcomes >= minimumNewOutcomes) return yes(counted);
  return no(
    `${counted}, at least ${minimumNewOutcomes} are needed`,
    `wait for ${countText(minimumNewOutcomes - newOutcomes, 'more outcome')}`,
  );
};

/** In the order in which people are told what does not hold. */
const checks = [
  { name: 'enabled', check: enabled },
  { name: 'trigger', check: trigger },
  { name: 'single-flight', check: singleFlight },
  { name: 'order', check: order },
  { name: 'cooldown', check: cooldown },
  { name: 'month', check: perMonth },
  { name: 'budget', check: withinBudget },
  { name: 'freeze', check: noFreeze },
  { name: 'data-quality', check: dataQuality },
  { name: 'outcomes', check: enoughOutcomes },
  { name: 'new-outcomes', check: enoughNew },
] as const satisfies readonly { readonly name: string; readonly check: Check }[];

function startsOf(
  month: { readonly start: number; readonly end: number },
  starts: readonly RetrainingStart[],
) {
  return starts.filter(({ asOf }) => asOf >= month.start && asOf < month.end);
}

function yes(reason: string): Answer {
  return { holds: true, reason };
}

function no(reason: string, remedy: string): Answer {
  return { holds: false, reason, remedy };
}
