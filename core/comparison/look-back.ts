import { weekMs } from '../window.ts';

/**
 * How far before a window do the baselines read that its predictions are held against? A week, for the actual of a week before, or the
 * length of the window, for the mean of the window before.
 *
 * @example [lookBackOf(dayMs) / weekMs, lookBackOf(30 * dayMs) / dayMs] // [1, 30]
 */
export function lookBackOf(lengthMs: number): number {
  return Math.max(lengthMs, weekMs);
}
