/** Asks every check at once, each within its time: one dependency that is away hides nothing of the others. */

import { isUnreachable } from '../failures.ts';
import { reasonOf } from '../../core/errors.ts';
import type { Check, Finding } from './check.ts';
import type { Sources } from './sources.ts';

/** `away`: what it asks does not answer; `not checked`: it needs another that is away or critical. */
export type OutcomeLevel = Finding['level'] | 'away' | 'not checked';

export interface Outcome extends Omit<Finding, 'level'> {
  readonly name: string;
  readonly level: OutcomeLevel;
}

/** @param limitMs what each check may take */
export function runChecks(checks: readonly Check[], sources: Sources, limitMs: number): Promise<Outcome[]> {
  const outcomes = new Map<string, Promise<Outcome>>();
  for (const check of checks) {
    const needed = check.needs.map((name) => {
      const outcome = outcomes.get(name);
      if (outcome === undefined) throw new RangeError(`${check.name} needs ${name}, which is not before it`);
      return outcome;
    });
    outcomes.set(check.name, outcomeOf(check, needed, sources, limitMs));
  }
  return Promise.all(outcomes.values());
}

async function outcomeOf(
  { name, ask }: Check,
  needed: readonly Promise<Outcome>[],
  sources: Sources,
  limitMs: number,
): Promise<Outcome> {
  const blocked = (await Promise.all(needed)).find(({ level }) => level !== 'ok' && level !== 'warning');
  if (blocked !== undefined) return { name, level: 'not checked', words: `needs ${blocked.name}` };
  try {
    return { name, ...(await within(limitMs, ask(sources))) };
  } catch (error) {
    return { name, level: isUnreachable(error) ? 'away' : 'critical', words: reasonOf(error) };
  }
}

async function within(limitMs: number, finding: Promise<Finding>): Promise<Finding | Omit<Outcome, 'name'>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Omit<Outcome, 'name'>>((resolve) => {
    const words = `no answer within ${limitMs / 1000} s`;
    timer = setTimeout(() => resolve({ level: 'away', words }), limitMs);
  });
  try {
    return await Promise.race([finding, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** 3: a dependency is away, so that not everything could be looked at; 1: something is critical; 0: at most warnings. */
export function exitCodeOf(outcomes: readonly Outcome[]): 0 | 1 | 3 {
  const levels = new Set(outcomes.map(({ level }) => level));
  if (levels.has('away')) return 3;
  return levels.has('critical') ? 1 : 0;
}
