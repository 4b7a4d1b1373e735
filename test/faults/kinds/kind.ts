/** What a kind of fault is. */

import { setTimeout as pause } from 'node:timers/promises';

import type { Armed, Trap } from '../gates/armed.ts';
import type { FaultyWorker } from '../workers.ts';
import { persist, type World } from '../world.ts';

export interface Scene {
  readonly world: World;
  /** A whole number from 0 up to, not including, `below`. */
  readonly choose: (below: number) => number;
  /** The activity that a kill is for, where it is met in time. */
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
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** Longer than some seconds: not in the short form. */
  readonly isLong?: true;
  /** The channel on which a message may come twice then, and no more often than this fault has hit. */
  readonly mayRepeat?: 'slack' | 'email';
  /** A process dies: what it has just sent, and not recorded, is sent again. */
  readonly kills?: true;
  /** Does it, and heals it. Rejects with `Missed` where its moment does not come. */
  inject(scene: Scene): Promise<Hit>;
}

export class Missed extends Error {}

/** Until the first of some traps has been sprung, and has acted; the others are taken away. */
export function trapped<Moment, Event, Verdict>(
  gates: readonly Pick<Armed<Moment, Event, Verdict>, 'arm'>[],
  signal: AbortSignal,
  trapOf: (index: number) => Trap<Moment, Event, Verdict>,
): Promise<Event> {
  return new Promise((resolve, reject) => {
    const disarm: (() => void)[] = [];
    const leave = (): void => {
      for (const end of disarm) end();
    };
    const miss = (): void => {
      leave();
      reject(new Missed('its moment did not come'));
    };
    if (signal.aborted) return miss();
    signal.addEventListener('abort', miss, { once: true });
    gates.forEach((gate, i) => {
      const trap = trapOf(i);
      disarm.push(
        gate.arm({
          ...trap,
          act: async (event) => {
            leave();
            signal.removeEventListener('abort', miss);
            try {
              return await trap.act(event);
            } finally {
              resolve(event);
            }
          },
        }),
      );
    });
  });
}

/** Waits, unless the round is over before. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}

/** What a worker is at, if it is one thing only: then what is seen at its gates belongs to that. */
export function onlyActivity(worker: FaultyWorker): string | undefined {
  const types = new Set(worker.temporal.running().map(({ type }) => type));
  return types.size === 1 ? [...types][0] : undefined;
}

/** The clock of the database goes forward by so much, for good; what is kept from others for a while is free then. */
export async function moveClock({ database }: World, milliseconds: number): Promise<void> {
  for (const name of ['clock_timestamp', 'now']) {
    await persist(() =>
      database.execute(`
        do $$
        declare body text := (select prosrc from pg_proc where oid = 'skewed.${name}()'::regprocedure);
        declare was interval := coalesce(substring(body from 'interval ''([^'']*)''')::interval, '0');
        begin
          execute format(
            'create or replace function skewed.${name}() returns timestamptz language sql ${name === 'now' ? 'stable' : 'volatile'} as %L',
            format('select pg_catalog.${name}() + interval %L', was + interval '${milliseconds} milliseconds'));
        end $$`),
    );
  }
}
