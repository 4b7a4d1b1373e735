/** A round: the workload, undisturbed or with faults, and what it has left. */

import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

import { reasonOf } from '../../core/errors.ts';
import { isPassing } from '../../sql/database.ts';
import type { Arena } from './arena.ts';
import { compare, outcomeOf, type Difference, type Outcome } from './compare.ts';
import { Missed, type Hit, type Kind, type Scene } from './kinds/kind.ts';
import { openWorld, type World } from './world.ts';
import { finishWorkload, prepareWorkload, train, workload, type Step } from './workload.ts';

/** A fault that has happened. */
export interface Injected extends Hit {
  readonly kind: Kind;
  /** From its end until the next activity was done; null where the round was over before. */
  readonly recoveredMs: number | null;
}

export interface Round {
  readonly seed: number;
  readonly faults: readonly Injected[];
  readonly differences: readonly Difference[];
  readonly outcome: Outcome;
  readonly seconds: number;
}

/** Activities that kills are for, in turn. */
export const targets = [
  'attachActuals',
  'profileHours',
  'calibrateDrift',
  'detectDrift',
  'summarizeOutcomes',
  'evaluatePerformance',
  'estimatePerformance',
  'comparePerformance',
  'checkDegradation',
  'pushMetrics',
  'wakeAlerts',
  'followAlert',
  'deliverAlerts',
  'beginRetraining',
  'planTraining',
  'startTraining',
  'readTraining',
  'recordChallenger',
  'validateChallenger',
  'requestApproval',
  'followRollout',
  'promoteChallenger',
  'handOverReference',
  'verifyPromotion',
  'concludeRetraining',
  'recordInMlflow',
] as const;

function picker(seed: number): (below: number) => number {
  const generator = xoroshiro128plus(seed);
  return (below) => uniformInt(generator, 0, below - 1);
}

function drawKind(kinds: readonly Kind[], choose: (below: number) => number): Kind {
  const scale = 1_000;
  const total = kinds.reduce((sum, { weight }) => sum + weight * scale, 0);
  let at = choose(Math.round(total));
  return kinds.find(({ weight }) => (at -= weight * scale) < 0) ?? kinds[0]!;
}

function locks(): Scene['alone'] {
  const last = new Map<string, Promise<unknown>>();
  return (thing, work) => {
    const mine = (last.get(thing) ?? Promise.resolve()).then(work, work);
    last.set(
      thing,
      mine.catch(() => undefined),
    );
    return mine;
  };
}

/** How many activities have been reported by all workers, also by those that are gone. */
function progressOf(world: World): number {
  return world.workers.reduce((sum, worker) => sum + worker.temporal.reported(), 0);
}

async function untilProgress(world: World, signal: AbortSignal): Promise<number | null> {
  const from = performance.now();
  const before = progressOf(world);
  while (!signal.aborted) {
    if (progressOf(world) > before) return performance.now() - from;
    await pause(20);
  }
  return null;
}

export async function calmRound(arena: Arena): Promise<Outcome> {
  const world = await openWorld(arena, { name: 'calm', workers: 1, concurrency: 8, train });
  try {
    await prepareWorkload(world);
    for (const step of workload) await step.run(world);
    await finishWorkload(world);
    return await outcomeOf(world);
  } finally {
    await world.stop();
  }
}

export interface RoundOptions {
  readonly seed: number;
  readonly right: Outcome;
  readonly kinds: readonly Kind[];
  /** How many faults are tried in a half day, and in a night; or each kind once. */
  readonly faults: { readonly halfDay: number; readonly night: number } | 'each kind once';
  readonly say: (text: string) => void;
}

/** Nights have most of the activities, and of the messages. */
function kindsOf({ name }: Step, { faults, kinds }: RoundOptions, choose: (below: number) => number): Kind[] {
  const isNight = name.startsWith('night');
  if (faults !== 'each kind once') {
    const tries = isNight ? faults.night : faults.halfDay;
    return Array.from({ length: tries }, () => drawKind(kinds, choose));
  }
  const nights = workload.filter((step) => step.name.startsWith('night'));
  const night = nights.findIndex((step) => step.name === name);
  return kinds.filter((_, i) => i % nights.length === night);
}

export async function faultyRound(arena: Arena, options: RoundOptions): Promise<Round> {
  const { seed, right, say } = options;
  const started = performance.now();
  const choose = picker(seed);
  const world = await openWorld(arena, {
    name: `seed-${seed}`,
    workers: 2,
    // One at a time: what is seen at a gate then belongs to one activity.
    concurrency: choose(3) === 0 ? 4 : 1,
    train,
  });
  const injected: Injected[] = [];
  const problems: string[] = [];
  const over = new AbortController();
  // Every fault that waits for its moment listens.
  setMaxListeners(0, over.signal);
  const alone = locks();
  let count = choose(targets.length);

  async function inject(kind: Kind, scene: Scene, delayMs: number): Promise<void> {
    await pause(delayMs);
    try {
      const hit = await kind.inject(scene);
      const recoveredMs = await untilProgress(world, over.signal);
      injected.push({ ...hit, kind, recoveredMs });
      say(`${kind.name}${hit.activity === undefined ? '' : ` (${hit.activity})`}`);
    } catch (error) {
      // Another fault may have got in the way of this one.
      if (!(error instanceof Missed) && !isPassing(error)) problems.push(`${kind.name}: ${reasonOf(error)}`);
    }
  }

  try {
    await prepareWorkload(world);
    const injecting: Promise<void>[] = [];
    for (const step of workload) {
      for (const kind of kindsOf(step, options, choose)) {
        count += 1;
        const scene = {
          world,
          choose: picker(choose(2 ** 31 - 1)),
          target: targets[count % targets.length]!,
          alone,
        };
        injecting.push(inject(kind, { ...scene, signal: over.signal }, choose(3_000)));
      }
      say(step.name);
      await step.run(world);
    }
    over.abort();
    await Promise.all(injecting);
    await finishWorkload(world);
    const outcome = await outcomeOf(world);
    return {
      seed,
      faults: injected,
      differences: [
        ...compare(right, outcome),
        ...repetitions(outcome, injected),
        ...problems.map((problem) => ({ what: 'the fault itself', lost: [problem], duplicated: [] })),
      ],
      outcome,
      seconds: (performance.now() - started) / 1_000,
    };
  } finally {
    over.abort();
    await world.stop();
  }
}

/** A message may come again where nobody could know that it had arrived: never more often than that has happened. */
function repetitions({ repeated }: Outcome, injected: readonly Injected[]): Difference[] {
  return (['slack', 'email'] as const).flatMap((channel) => {
    const allowed = injected.filter(
      ({ kind, activity }) =>
        kind.mayRepeat === channel ||
        (kind.kills === true && (activity === undefined || activity === 'deliverAlerts')),
    ).length;
    const beyond = repeated[channel] - allowed;
    if (beyond <= 0) return [];
    return [
      { what: `${channel}: repeated`, lost: [], duplicated: [`${repeated[channel]}, allowed ${allowed}`] },
    ];
  });
}
