/** The policies that a simulation holds beside each other. */

import { dayMs } from '../window.ts';
import type { RetrainingFacts } from './policy.ts';
import { decideRetraining } from './policy.ts';
import type { RetrainingPolicy } from './settings.ts';
import type { SimulatedDay } from './simulation.ts';
import { checksNeeded } from './triggers.ts';

export const simulatedPolicyNames = [
  'never',
  'weekly',
  'four-weekly',
  'on-degradation',
  'on-drift-only',
  'ours',
] as const;

/** When to retrain, and whether the challenger has to prove itself. */
export interface SimulatedPolicy {
  readonly name: string;
  readonly starts: (day: SimulatedDay) => boolean;
  /** Without it every challenger is promoted, as by a schedule of one's own. */
  readonly validates?: boolean;
}

/**
 * Never, by the calendar alone, at each verdict that is a trigger, at drift alone, and by the policy of the monitor. The
 * third and the fourth retrain at most once a week.
 *
 * @example
 * const policy = retrainingSchema.parse({ trainer: { url: 'http://127.0.0.1:8080' } });
 * simulatedPolicies(policy).map(({ name }) => name)
 * // ['never', 'weekly', 'four-weekly', 'on-degradation', 'on-drift-only', 'ours']
 */
export function simulatedPolicies(
  policy: RetrainingPolicy,
): readonly (SimulatedPolicy & { readonly name: (typeof simulatedPolicyNames)[number] })[] {
  return [
    { name: 'never', starts: () => false },
    { name: 'weekly', starts: every(7) },
    { name: 'four-weekly', starts: every(28) },
    {
      name: 'on-degradation',
      starts: (day) =>
        every(7)(day) && policy.triggers.verdicts.some((level) => level === day.checks(1)[0]?.level),
    },
    { name: 'on-drift-only', starts: (day) => every(7)(day) && hasDrifted(day) },
    {
      name: 'ours',
      starts: (day) => decideRetraining(policy, factsOf(policy, day)).decision === 'start',
      validates: true,
    },
  ];
}

function every(days: number): SimulatedPolicy['starts'] {
  return ({ asOf, starts, since }) => asOf - (starts.at(-1) ?? since) >= days * dayMs;
}

function hasDrifted({ drift }: SimulatedDay): boolean {
  return drift !== undefined && ['warning', 'critical'].includes(drift.verdict.level);
}

/** Costs are not simulated: each counts as much as the budget assumes. */
function factsOf({ triggers }: RetrainingPolicy, day: SimulatedDay): RetrainingFacts {
  const { asOf, starts, since, drift, checks, newOutcomes, outcomesInTrainingWindow } = day;
  return {
    asOf,
    checks: checks(checksNeeded(triggers.of).all),
    drift: drift?.verdict ?? null,
    quality: drift?.quality?.verdict ?? null,
    running: null,
    starts: starts.toReversed().map((start) => ({ asOf: start, cost: null })),
    calendarSince: starts.at(-1) ?? since,
    newOutcomes,
    outcomesInTrainingWindow,
  };
}
