/** The parameters that are tried, and which of them are taken. */

import { target, type Pooled } from './outcome.ts';
import type { Parameters } from './replay.ts';

export interface Tried extends Pooled {
  readonly parameters: Parameters;
}

/** What is tried of each parameter, in the order of its values: those next to each other are neighbours. */
const axes = {
  by: [10, 20, 30],
  overDays: [7, 14],
  cooldownDays: [21, 28],
  refreshDays: [42, 56],
  gate: [
    { better: '2%', certainty: 'point' },
    { better: '2%', certainty: '80%' },
    { better: '2%', certainty: '90%' },
  ],
} as const satisfies Partial<Record<keyof Parameters, readonly unknown[]>>;

type Axis = keyof typeof axes;
const axisNames = Object.keys(axes) as Axis[];

/** Every combination, the rest as it is given. */
export function gridAround(parameters: Parameters): readonly Parameters[] {
  return axisNames.reduce<readonly Parameters[]>(
    (all, name) => all.flatMap((each) => axes[name].map((value) => ({ ...each, [name]: value }))),
    [parameters],
  );
}

/**
 * Which of them is to be taken? The one that has, on the mean over itself and its neighbours (one step of one parameter away),
 * the most room to the nearest of the three limits: a lucky one among poor neighbours is not.
 */
export function choose(all: readonly Tried[]): Tried {
  const roomAround = (tried: Tried): number => {
    const near = [tried, ...all.filter((other) => areNeighbours(tried.parameters, other.parameters))];
    return near.reduce((sum, each) => sum + roomOf(each), 0) / near.length;
  };
  return all.reduce((best, each) => (roomAround(each) > roomAround(best) ? each : best));
}

/** As a share of each limit; below 0 where one is not kept. */
export function roomOf({ error, trainings, promotions, sure }: Pooled): number {
  return Math.min(
    (target.error - error.mean) / target.error,
    (target.trainings - trainings) / target.trainings,
    promotions === 0 ? 0 : (sure / promotions - target.sure) / (1 - target.sure),
  );
}

function areNeighbours(one: Parameters, other: Parameters): boolean {
  const steps = axisNames.map((name) => Math.abs(stepOf(name, one) - stepOf(name, other)));
  return steps.reduce((sum, each) => sum + each, 0) === 1;
}

function stepOf(name: Axis, parameters: Parameters): number {
  const values: readonly unknown[] = axes[name];
  return values.indexOf(parameters[name]);
}

export function parameterText(parameters: Parameters): string {
  const { by, certainty, overDays, cooldownDays, refreshDays, holdoutDays, gate } = parameters;
  return `worse by ${by}% over ${overDays} d (${certainty}), cooldown ${cooldownDays} d, refresh after ${refreshDays} d, holdout ${holdoutDays} d, gate ${gate.better} (${gate.certainty})`;
}
