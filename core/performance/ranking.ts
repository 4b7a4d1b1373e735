/** How well scores rank rows of a class above other rows, from how often each score occurs in both. */

import type { ValueCounts } from './value-counts.ts';

export interface Area {
  readonly value: number;
  /** The most that counting in cells puts it off; absent where it is exact. */
  readonly errorBound?: number;
}

export function areaUnderRoc({ resolution, counts }: ValueCounts): Area | undefined {
  const [positives, negatives] = [counts[0]!, counts[1]!];
  let won = 0;
  let tied = 0;
  let below = 0;
  let positivesBelow = 0;
  for (let i = 0; i < positives.length; i += 1) {
    won += positives[i]! * below;
    tied += positives[i]! * negatives[i]!;
    below += negatives[i]!;
    positivesBelow += positives[i]!;
  }
  const pairs = positivesBelow * below;
  if (pairs === 0) return undefined;
  const value = (won + tied / 2) / pairs;
  return resolution === 'values' ? { value } : { value, errorBound: tied / 2 / pairs };
}

export function areaUnderPrecisionRecall({ resolution, counts }: ValueCounts): Area | undefined {
  const [positives, negatives] = [counts[0]!, counts[1]!];
  let hits = 0;
  let misses = 0;
  let sum = 0;
  let least = 0;
  let most = 0;
  for (let i = positives.length - 1; i >= 0; i -= 1) {
    const [own, others] = [positives[i]!, negatives[i]!];
    const [hitsBefore, missesBefore] = [hits, misses];
    hits += own;
    misses += others;
    if (own === 0) continue;
    sum += own * (hits / (hits + misses));
    // Within a cell the positives may come first, or last.
    const rowsBefore = hitsBefore + missesBefore;
    most += own - missesBefore * Math.log((rowsBefore + own + 1) / (rowsBefore + 1));
    const rowsAndOthers = rowsBefore + others;
    least += rowsAndOthers === 0 ? own : own - misses * Math.log((rowsAndOthers + own) / rowsAndOthers);
  }
  if (hits === 0) return undefined;
  const value = sum / hits;
  if (resolution === 'values') return { value };
  return { value, errorBound: Math.max(most / hits - value, value - least / hits) };
}
