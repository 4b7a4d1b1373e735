/** How a policy has done against retraining every four weeks. */

import type { SimulatedRun, SimulatedStart } from '../../core/retraining/simulation.ts';

/** What was to be reached: its error, its trainings and its promotions. */
export const target = { error: 0.1, trainings: 0.7, sure: 0.8 };

export interface Outcome {
  /** Higher than that of four-weekly retraining by this share of it. */
  readonly error: number;
  readonly trainings: number;
  readonly fourWeekly: number;
  readonly promotions: number;
  /** Promotions whose 95% interval of the gain, over all the time that they served, is above 0. */
  readonly sure: number;
}

/** The same over several starts. */
export interface Pooled {
  readonly error: { readonly mean: number; readonly least: number; readonly most: number };
  /** As a share of those of four-weekly retraining. */
  readonly trainings: number;
  readonly promotions: number;
  readonly sure: number;
  /** In how many of the starts all of the target is reached. */
  readonly reached: number;
}

/** The starts of a run that replaced the version before. */
export function promotedOf({ starts }: SimulatedRun): readonly SimulatedStart[] {
  return starts.filter(({ end }) => end === 'promoted');
}

/** Those of them that were surely better than the version before would have been, over all the time that they served. */
export function sureOf(run: SimulatedRun): readonly SimulatedStart[] {
  return promotedOf(run).filter(
    ({ gain }) => gain && 'interval' in gain && 'low' in gain.interval && gain.interval.low > 0,
  );
}

export function outcomeOf(run: SimulatedRun, fourWeekly: SimulatedRun): Outcome {
  const value = valueOf(run);
  const other = valueOf(fourWeekly);
  return {
    error: (value - other) / other,
    trainings: run.starts.length,
    fourWeekly: fourWeekly.starts.length,
    promotions: promotedOf(run).length,
    sure: sureOf(run).length,
  };
}

export function pool(outcomes: readonly Outcome[]): Pooled {
  const errors = outcomes.map(({ error }) => error);
  const sum = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  return {
    error: {
      mean: sum(({ error }) => error) / outcomes.length,
      least: Math.min(...errors),
      most: Math.max(...errors),
    },
    trainings: sum(({ trainings }) => trainings) / sum(({ fourWeekly }) => fourWeekly),
    promotions: sum(({ promotions }) => promotions),
    sure: sum(({ sure }) => sure),
    reached: outcomes.filter(isReached).length,
  };
}

function isReached({ error, trainings, fourWeekly, promotions, sure }: Outcome): boolean {
  return (
    error <= target.error && trainings <= target.trainings * fourWeekly && sure >= target.sure * promotions
  );
}

function valueOf({ value }: SimulatedRun): number {
  return 'value' in value ? value.value : Number.NaN;
}
