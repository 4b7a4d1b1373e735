/** A round: the workload, undisturbed or with faults, and what it has left. */

import type { Arena } from './arena.ts';
import { compare, outcomeOf, type Difference, type Outcome } from './compare.ts';
import { picker, startInjecting, type Injected, type InjectingOptions, type Unmet } from './injector.ts';
import { telling } from './kinds/worker-kinds.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';
import { finishWorkload, prepareWorkload, train, workloadOf, type Step } from './workload.ts';

export interface Round {
  readonly seed: number;
  readonly faults: readonly Injected[];
  readonly unmet: readonly Unmet[];
  readonly differences: readonly Difference[];
  readonly outcome: Outcome;
  readonly seconds: number;
  /** Where they went, one after the other. */
  readonly phases: readonly Phase[];
  /** How long each process of a worker took until it took tasks, in milliseconds. */
  readonly workerStartsMs: readonly number[];
}

export interface Phase {
  readonly name: string;
  readonly seconds: number;
}

/** Whether a step is to be done; with the first that is not, the workload ends. */
export type Before = (step: Step) => Promise<boolean> | boolean;

/** Goes through the days, and gives how many. */
async function live(world: World, days: number, before: Before): Promise<number> {
  let lived = 0;
  for (const step of workloadOf(days)) {
    if (!(await before(step))) break;
    await step.run(world);
    lived = step.day;
  }
  return lived;
}

export async function calmRound(arena: Arena, days: number, before: Before = () => true): Promise<Outcome> {
  const world = await openWorld(arena, { name: 'calm', workers: 1, concurrency: 8, train });
  try {
    await prepareWorkload(world);
    await finishWorkload(world, await live(world, days, before));
    return await outcomeOf(world);
  } finally {
    await world.stop();
  }
}

export interface RoundOptions extends InjectingOptions {
  readonly days: number;
  /** Of an undisturbed round, which may still be on its way. */
  readonly right: Outcome | Promise<Outcome>;
  /** By default two, which may be ended. */
  readonly world?: Partial<Pick<WorldOptions, 'workers' | 'spared' | 'concurrency'>>;
  /** Looks at the world while the workload goes on, and is told of each step before it. */
  readonly watch?: (
    world: World,
    injected: readonly Injected[],
  ) => { readonly before: Before; stop(): Promise<void> };
}

export async function faultyRound(arena: Arena, options: RoundOptions): Promise<Round> {
  const { seed, right, days, say, watch } = options;
  const started = performance.now();
  const phases: Phase[] = [];
  let last = started;
  const passed = (name: string): void => {
    const now = performance.now();
    phases.push({ name, seconds: (now - last) / 1_000 });
    last = now;
  };
  const world = await openWorld(arena, {
    name: `seed-${seed}`,
    workers: 2,
    // One at a time: what is seen at a gate then belongs to one activity.
    concurrency: picker(seed)(3) === 0 ? 4 : 1,
    train,
    ...options.world,
  });
  try {
    passed('servers and workers start');
    await prepareWorkload(world);
    passed('the history is loaded');
    const injecting = startInjecting(world, options);
    const watching = watch?.(world, injecting.injected);
    let lived = 0;
    let current: string | undefined;
    try {
      lived = await live(world, days, async (step) => {
        say(step.name);
        if (current !== undefined) passed(current);
        current = step.name;
        return watching === undefined || watching.before(step);
      });
    } finally {
      if (current !== undefined) passed(current);
      await watching?.stop();
      await injecting.stop();
    }
    passed('the last faults heal');
    await finishWorkload(world, lived);
    passed('everything settles');
    const outcome = await outcomeOf(world);
    passed('the end is read');
    const { injected, unmet, problems } = injecting;
    return {
      seed,
      faults: injected,
      unmet,
      differences: [
        ...compare(await right, outcome),
        ...repetitions(outcome, injected),
        ...problems.map((problem) => ({ what: 'the fault itself', lost: [problem], duplicated: [] })),
      ],
      outcome,
      seconds: (performance.now() - started) / 1_000,
      phases,
      workerStartsMs: world.workerStartsMs,
    };
  } finally {
    await world.stop();
  }
}

/** A message may come again where nobody could know that it had arrived: never more often than that has happened. */
function repetitions({ repeated }: Outcome, injected: readonly Injected[]): Difference[] {
  return (['slack', 'email'] as const).flatMap((channel) => {
    const allowed = injected.filter(
      ({ kind, activity }) =>
        kind.mayRepeat === channel ||
        (kind.kills === true && (activity === undefined || telling.includes(activity))),
    ).length;
    const beyond = repeated[channel] - allowed;
    if (beyond <= 0) return [];
    return [
      { what: `${channel}: repeated`, lost: [], duplicated: [`${repeated[channel]}, allowed ${allowed}`] },
    ];
  });
}
