/** Tries to send to a Postgres that may be away: one thing at a time, with a limit of time, and waits that grow. */

import { reasonOf } from '../../core/errors.ts';
import type { Database } from '../../sql/database.ts';
import { sendEntries, type Sent } from './send-entries.ts';

export interface AttemptsOptions {
  readonly database: Database;
  /** Milliseconds that a write may take. */
  readonly timeout: number;
  readonly onAway: (reason: string) => void;
  /** What had taken too long has ended. */
  readonly onAnswer: () => void;
}

export interface Attempts {
  /** May something be sent now? */
  isDue(): boolean;
  /** Milliseconds until then. */
  wait(): number;
  /** Stores entries; undefined when Postgres is away: they may be stored in part, and are to be sent again. */
  send(entries: readonly string[]): Promise<Sent | undefined>;
  /** Waits as after a failure. */
  postpone(): void;
  /** Ends the wait. */
  hurry(): void;
  /** Failures since the last success. */
  failures(): number;
  /** Is a write still under way that has taken too long? Nothing is sent before it is known what became of it. */
  isHanging(): boolean;
}

// Doubled with each failure. By chance up to half of it less: a server that comes up is not met by all clients at once.
const firstWait = 250;
const longestWait = 30_000;

export function openAttempts({ database, timeout, onAway, onAnswer }: AttemptsOptions): Attempts {
  const ensuredMonths = new Set<string>();
  let failures = 0;
  let next = 0;
  let isHanging = false;

  function postpone(): void {
    const wait = Math.min(firstWait * 2 ** failures, longestWait);
    failures += 1;
    next = performance.now() + wait * (0.5 + Math.random() / 2);
  }
  function fail(reason: string): void {
    postpone();
    onAway(reason);
  }

  return {
    isDue: () => !isHanging && performance.now() >= next,
    wait: () => Math.max(next - performance.now(), 10),
    send: async (entries) => {
      let watch: NodeJS.Timeout | undefined;
      const tooLong = new Promise<undefined>((resolve) => {
        watch = setTimeout(() => resolve(undefined), timeout);
      });
      const work = sendEntries(database, ensuredMonths, entries, () => watch?.refresh());
      try {
        const sent = await Promise.race([work, tooLong]);
        if (sent !== undefined) {
          failures = 0;
          return sent;
        }
        isHanging = true;
        const onEnd = (): void => {
          isHanging = false;
          onAnswer();
        };
        work.then(onEnd, onEnd);
        fail(`no answer in ${timeout / 1_000} s`);
      } catch (error) {
        fail(reasonOf(error));
      } finally {
        clearTimeout(watch);
      }
      return undefined;
    },
    postpone,
    hurry: () => (next = 0),
    failures: () => failures,
    isHanging: () => isHanging,
  };
}
