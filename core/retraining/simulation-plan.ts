/** How many trainings a simulation asks for, before it asks for any. */

import { windowKey } from '../window.ts';
import type { SimulatedPolicy } from './simulated-policies.ts';
import { simulatePolicy, type RetrainingHistory } from './simulation.ts';

/** Without what a version would have to be trained for. */
export type KnownHistory = Omit<RetrainingHistory, 'first'>;

export interface PlannedTrainings {
  readonly name: string;
  /** At most, of this policy. */
  readonly trainings: number;
  /** False where it depends on how the trained versions turn out. */
  readonly isExact: boolean;
}

export interface SimulationPlan {
  readonly policies: readonly PlannedTrainings[];
  /** At most, of all of them: what several policies want is trained once. */
  readonly trainings: number;
}

/**
 * How many trainings would these policies ask for at most? Those that do not look at performance ask for exactly so many;
 * the others for at most as many as if every version were bad in every night. Only their cooldowns, months, budgets, freezes,
 * the data quality and the number of outcomes hold those back. Windows that several want count once where it is known that
 * they do. A history too short for any training gives 0.
 *
 * @example
 * const monitor = monitorSchema.parse({
 *   model: 'bikes', task: 'regression', features: { hum: { kind: 'continuous' } }, reference: { kind: 'rolling' },
 *   retraining: { trainer: { url: 'http://127.0.0.1:8080' }, cooldown: '14d' },
 * });
 * const history = { monitor, policy: monitor.retraining, rules: [], span: { start: 0, end: 29 * dayMs },
 *   countOutcomes: () => 1000, driftOf: () => undefined };
 * planSimulation(simulatedPolicies(monitor.retraining), history).policies.map(({ trainings }) => trainings)
 * // [0, 4, 1, 4, 0, 3]
 */
export function planSimulation(policies: readonly SimulatedPolicy[], history: KnownHistory): SimulationPlan {
  const planned = policies.map((policy) => mostTrainings(policy, history));
  const known = new Set(planned.flatMap(({ isExact, windows }) => (isExact ? windows : [])));
  const others = planned.flatMap(({ isExact, windows }) => (isExact ? [] : windows));
  return {
    policies: planned.map(({ windows, ...rest }) => ({ ...rest, trainings: windows.length })),
    trainings: known.size + others.length,
  };
}

interface MostTrainings extends Omit<PlannedTrainings, 'trainings'> {
  readonly windows: readonly string[];
}

/** A retraining at the first chance leaves room for most of them, by cooldown and by month. */
function mostTrainings(policy: SimulatedPolicy, history: KnownHistory): MostTrainings {
  const untrained = { version: '', outcomesIn: () => [] };
  const level = history.policy.triggers.verdicts[0] ?? 'critical';
  let isExact = true;
  const replay = simulatePolicy(policy, { ...history, first: untrained }, () => {
    isExact = false;
    return { level, ofPerformance: level };
  });
  const windows: string[] = [];
  for (let step = replay.next(); !step.done; step = replay.next(untrained))
    windows.push(windowKey(step.value.training));
  return { name: policy.name, isExact, windows };
}
