/** In which order verdicts are shown: those that somebody should look at first. */

import type { Level } from '../core/verdict.ts';

/** From worst to best; what could not be judged may hide anything. */
export const levelRanks: Readonly<Record<Level, number>> = {
  critical: 0,
  warning: 1,
  'insufficient-data': 2,
  ok: 3,
};

/** Worst first, otherwise as given. */
export function worstFirst<T>(items: readonly T[], levelOf: (item: T) => Level): T[] {
  return [...items].sort((a, b) => levelRanks[levelOf(a)] - levelRanks[levelOf(b)]);
}
