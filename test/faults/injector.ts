/** Injects one fault after the other into a world while its workload goes on. */

import { setMaxListeners } from 'node:events';

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

import { reasonOf } from '../../core/errors.ts';
import { isPassing } from '../../sql/database.ts';
import { Missed, wait, within, type Hit, type Kind, type Scene } from './kinds/kind.ts';
import { targets } from './targets.ts';
import type { World } from './world.ts';

/** A fault that has happened. */
export interface Injected extends Hit {
  readonly kind: Kind;
  /** From its turn until its end: it may have waited for its moment. */
  readonly tookMs: number;
  /** From its end until the next activity was done; null where the round was over before. */
  readonly recoveredMs: number | null;
}

/** A fault whose moment did not come. */
export interface Unmet {
  readonly kind: Kind;
  readonly reason: string;
}

export interface Injecting {
  readonly injected: readonly Injected[];
  readonly unmet: readonly Unmet[];
  /** What went wrong with a fault itself. */
  readonly problems: readonly string[];
  /** Until every fault that waits for its moment has given up, and every other is healed. */
  stop(): Promise<void>;
}

export interface InjectingOptions {
  readonly kinds: readonly Kind[];
  readonly seed: number;
  /** Between two faults, in the middle. */
  readonly everyMs: number;
  /** Once each kind, or on and on. */
  readonly how: 'each kind once' | 'by weight';
  readonly say: (text: string) => void;
}

/** Of faults that wait for the same activity: more than that would keep it from ever getting through. */
const mostAtOneTarget = 2;
/** Longer than that nothing recovers. */
const patienceMs = 120_000;
/** Activities that are done after an outage before the next one. */
const doneBetweenOutages = 3;
/** Of a deck, the part that every round deals. */
const firstDealt = 20;

export function picker(seed: number): (below: number) => number {
  const generator = xoroshiro128plus(seed);
  return (below) => uniformInt(generator, 0, below - 1);
}

/**
 * Kinds in some order, each as often as it weighs: so none is left out by chance for long. A round may end before its deck does; of those
 * that take long one at most is in a deck, by turns, and among the first that are dealt. The last one is dealt first.
 */
export function deckOf(
  { kinds, how }: Pick<InjectingOptions, 'kinds' | 'how'>,
  number: number,
  choose: (below: number) => number,
): Kind[] {
  const long = kinds.filter(({ isLong }) => isLong === true);
  const isAll = how === 'each kind once' || long.length === kinds.length;
  const inTurn = long[(number % (long.length + 1)) - 1];
  const deck = (isAll ? kinds : kinds.filter(({ isLong }) => isLong === undefined)).flatMap((kind) => {
    if (isAll) return [kind];
    const whole = Math.floor(kind.weight);
    const copies = whole + Number(choose(1_000) < (kind.weight - whole) * 1_000);
    return Array.from({ length: copies }, () => kind);
  });
  for (let i = deck.length - 1; i > 0; i -= 1) {
    const j = choose(i + 1);
    [deck[i], deck[j]] = [deck[j]!, deck[i]!];
  }
  if (!isAll && inTurn !== undefined) deck.splice(deck.length - choose(firstDealt), 0, inTurn);
  return deck;
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

export function startInjecting(world: World, options: InjectingOptions): Injecting {
  const { seed, everyMs, how, say } = options;
  const choose = picker(seed);
  const over = new AbortController();
  // Every fault that waits for its moment listens.
  setMaxListeners(0, over.signal);
  const alone = locks();
  const injected: Injected[] = [];
  const unmet: Unmet[] = [];
  const problems: string[] = [];
  const underWay = new Set<Promise<void>>();
  /** Kinds, and targets once for each fault that waits for it. */
  const waiting: string[] = [];
  let turn = choose(targets.length);
  /** An outage that has not been got over. */
  let isOut = false;

  function nextTarget(): string | undefined {
    for (let tries = 0; tries < targets.length; tries += 1) {
      const target = targets[turn++ % targets.length]!;
      if (waiting.filter((one) => one === target).length < mostAtOneTarget) return target;
    }
    return undefined;
  }

  async function inject(kind: Kind, target: string): Promise<void> {
    const waitsFor = kind.isAimed === true ? target : kind.name;
    waiting.push(waitsFor);
    const turned = performance.now();
    const scene: Scene = { world, choose: picker(choose(2 ** 31 - 1)), target, signal: over.signal, alone };
    try {
      const hit = await kind.inject(scene);
      waiting.splice(waiting.indexOf(waitsFor), 1);
      say(`${kind.name}${hit.activity === undefined ? '' : ` (${hit.activity})`}`);
      const [from, before] = [performance.now(), world.reported()];
      const done = (count: number): Promise<boolean> =>
        within(patienceMs, () => over.signal.aborted || world.reported() >= before + count);
      const isRecovered = await done(1);
      const recoveredMs = isRecovered && !over.signal.aborted ? performance.now() - from : null;
      injected.push({ ...hit, kind, tookMs: from - turned, recoveredMs });
      if (kind.isOutage === true) await done(doneBetweenOutages);
    } catch (error) {
      waiting.splice(waiting.indexOf(waitsFor), 1);
      // Another fault may have got in the way of this one.
      if (error instanceof Missed || isPassing(error)) unmet.push({ kind, reason: reasonOf(error) });
      else problems.push(`${kind.name}: ${reasonOf(error)}`);
    } finally {
      if (kind.isOutage === true) isOut = false;
    }
  }

  async function keepInjecting(): Promise<void> {
    // Other rounds begin with the turn of another.
    let number = seed;
    let deck = deckOf(options, number, choose);
    while (!over.signal.aborted) {
      const kind = deck.pop();
      if (kind === undefined) {
        if (how === 'each kind once') return;
        number += 1;
        deck = deckOf(options, number, choose);
        continue;
      }
      if (kind.isOutage === true && isOut) {
        // One that takes long would not get its turn at the end.
        if (kind.isLong === true) deck.splice(-3, 0, kind);
        else deck.unshift(kind);
        await wait(everyMs / 4, over.signal);
        continue;
      }
      const target = kind.isAimed === true ? nextTarget() : kind.name;
      // One that waits for its moment already is enough.
      if (target !== undefined && (kind.isAimed === true || !waiting.includes(kind.name))) {
        if (kind.isOutage === true) isOut = true;
        const injecting = inject(kind, target).finally(() => underWay.delete(injecting));
        underWay.add(injecting);
      }
      await wait(everyMs / 2 + choose(everyMs), over.signal);
    }
  }
  const keeping = keepInjecting();

  return {
    injected,
    unmet,
    problems,
    stop: async () => {
      over.abort();
      await keeping;
      await Promise.all(underWay);
    },
  };
}
