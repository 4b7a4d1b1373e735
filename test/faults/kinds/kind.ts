/** What a kind of fault is. */

import { setTimeout as pause } from 'node:timers/promises';

import type { FaultyWorker } from '../workers.ts';
import type { World } from '../world.ts';

export interface Scene {
  readonly world: World;
  /** A whole number from 0 up to, not including, `below`. */
  readonly choose: (below: number) => number;
  /** The activity that an aimed kind waits for. */
  readonly target: string;
  /** The round is over: what has not happened does not happen any more. */
  readonly signal: AbortSignal;
  /** One at a time of all that bend the same thing. */
  readonly alone: <T>(thing: string, work: () => Promise<T>) => Promise<T>;
}

/** What was met, where a fault has a place: `commit of evaluatePerformance`. */
export interface Hit {
  readonly activity?: string;
}

export interface Kind {
  /** Unique. */
  readonly name: string;
  readonly group:
    | 'worker'
    | 'Postgres'
    | 'Temporal'
    | 'Pushgateway'
    | 'Slack'
    | 'e-mail'
    | 'trainer'
    | 'people and time';
  readonly does: string;
  /** How often it is in a deck; of 0.1, once in ten decks. Of one that takes long it says nothing: those come by turns. */
  readonly weight: number;
  /** It waits for the target of its scene. */
  readonly isAimed?: true;
  /** Nobody gets on meanwhile: the next one of these comes when some work has been done again. */
  readonly isOutage?: true;
  /** Longer than some seconds: not in the short form. */
  readonly isLong?: true;
  /** What not every machine can give: a file system of its own, which only root may mount. */
  readonly needs?: 'disk';
  /** The channel on which a message may come twice then, and no more often than this fault has hit. */
  readonly mayRepeat?: 'slack' | 'email';
  /** A process dies: what it has just sent, and not recorded, is sent again. */
  readonly kills?: true;
  /** Does it, and heals it. Rejects with `Missed` where its moment does not come. */
  inject(scene: Scene): Promise<Hit>;
}

export class Missed extends Error {}

/** Kinds of one group. */
export function kindsOf(group: Kind['group'], kinds: readonly Omit<Kind, 'group'>[]): readonly Kind[] {
  return kinds.map((kind) => ({ ...kind, group }));
}

/** How long something is away, in milliseconds: 1 to 4 s. */
export const aWhile = ({ choose }: Scene): number => 1_000 + choose(3_000);

/** Waits, unless the round is over before. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}

/** Whether it comes true within so many milliseconds. */
export async function within(
  milliseconds: number,
  isTrue: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const end = performance.now() + milliseconds;
  for (;;) {
    if (await isTrue()) return true;
    if (performance.now() > end) return false;
    await pause(20);
  }
}

/** What a worker is at, if it is one thing only: then what is seen at its gates belongs to that. */
export function onlyActivity(worker: FaultyWorker): string | undefined {
  const types = new Set(worker.temporal.running().map(({ type }) => type));
  return types.size === 1 ? [...types][0] : undefined;
}

/** Those that may be ended: of a soak one goes on from the beginning to the end. */
export const mortal = ({ workers }: World): readonly FaultyWorker[] =>
  workers.filter(({ isSpared }) => !isSpared);
