/** What happens to an activity before it gets through: processes side by side, in some order, that die or lose a connection. */

import { ApplicationFailure } from '@temporalio/common';
import * as fc from 'fast-check';
import { DatabaseError } from 'pg';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

import type { Activities } from '../../activities/index.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { Database } from '../../sql/database.ts';
import { openFate, type Fault } from '../setup/fate.ts';
import { openTurns } from '../setup/turns.ts';
import type { World } from './arrangement.ts';

/** A try of the activity in a process of its own. */
interface Try {
  readonly run: 'run' | 'other-run';
  /** Without one the process only competes with the others. */
  readonly fault: Fault | undefined;
}

export interface Disturbance {
  /** One round after the other; the tries of a round are made side by side. */
  readonly rounds: readonly (readonly Try[])[];
  /** In which order they come to their statements and requests. */
  readonly order: number;
}

export interface Disturbed {
  /** What the tries gave back that somebody heard of. */
  readonly results: readonly unknown[];
  /** How many tries met their fault. */
  readonly faults: number;
}

/** One to three rounds of one to three tries, each of which may die or lose a connection at one of its `points`. */
export function disturbances(points: number): fc.Arbitrary<Disturbance> {
  const fault = fc.record({
    kind: fc.constantFrom<Fault['kind'][]>('dies', 'loses a connection'),
    at: fc.integer({ min: 1, max: points }),
  });
  const attempt = fc.record({
    run: fc.constantFrom<Try['run'][]>('run', 'other-run'),
    fault: fc.option(fault, { nil: undefined, freq: 4 }),
  });
  return fc.record({
    rounds: fc.array(fc.array(attempt, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    order: fc.integer({ min: 0 }),
  });
}

/** One try with a fault; the one after it, which nothing happens to, is the caller's. */
export function oneFault(fault: Fault): Disturbance {
  return { rounds: [[{ run: 'run', fault }]], order: 0 };
}

/**
 * @throws what a try throws that met no fault, unless Temporal would make the try again; an error where two compete may be one of
 * the database
 */
export async function disturb(
  { start }: Pick<World, 'start'>,
  database: Database,
  work: (activities: Activities, attempt: Try) => Promise<unknown>,
  { rounds, order }: Disturbance,
): Promise<Disturbed> {
  const generator = xoroshiro128plus(order);
  const results: unknown[] = [];
  const resumePoints = new Map<Try['run'], unknown>();
  let faults = 0;
  for (const round of rounds) {
    const turns = round.length > 1 ? openTurns(() => uniformFloat64(generator)) : undefined;
    const tries = round.map(async (attempt) => {
      const { run, fault } = attempt;
      const member = turns?.join();
      const fate = openFate(fault, member?.turn);
      const process = await start(database, fate, { runId: run, resumePoint: resumePoints.get(run) });
      try {
        const result = await work(process.activities, attempt);
        if (!fate.isMet() || fault?.kind === 'loses a connection') results.push(result);
      } catch (error) {
        if (!fate.isMet() && !(round.length > 1 && isTriedAgain(error))) throw error;
      } finally {
        member?.leave();
        await process.close();
        resumePoints.set(run, process.resumePoint());
        if (fate.isMet()) faults += 1;
      }
    });
    const ends = await Promise.allSettled(tries);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    await passTime(database);
  }
  return { results, faults };
}

function isTriedAgain(error: unknown): boolean {
  if (error instanceof ApplicationFailure) return error.nonRetryable !== true;
  return error instanceof TidewatchError ? error.retryable : error instanceof DatabaseError;
}

/** Claims of processes that are gone count for two minutes; what could not be sent waits for a while. */
async function passTime(database: Database): Promise<void> {
  await database.execute(`
    update alert_messages
    set claimed_at = claimed_at - interval '3 minutes', retry_at = retry_at - interval '1 hour';
    update report_deliveries set claimed_at = claimed_at - interval '3 minutes'`);
}
