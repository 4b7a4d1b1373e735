import * as fc from 'fast-check';

import { buildCategoricalGrid } from '../../../core/profile/grid.ts';
import { emptyProfile } from '../../../core/profile/profile.ts';
import { totalOf, type BinCounts } from '../../../core/statistics/bin-counts.ts';
import type { Comparison, Sides } from '../../../core/statistics/comparison.ts';

const count = fc.oneof(fc.nat({ max: 40 }), fc.constant(0), fc.nat({ max: 1_000_000 }));

/** Two lists of counts, bin by bin. */
export const pairsOfCounts = fc
  .array(fc.tuple(count, count), { minLength: 1, maxLength: 30 })
  .map((bins) => ({ a: bins.map(([left]) => left), b: bins.map(([, right]) => right) }))
  .filter(({ a, b }) => a.some((left) => left > 0) && b.some((right) => right > 0));

/** A categorical column with these counts of its levels. */
export function countComparison(
  { reference, current }: BinCounts,
  unseen: Sides<number> = { reference: 0, current: 0 },
): Comparison {
  const grid = { ...buildCategoricalGrid(reference.map(String)), count: totalOf(reference) };
  const { grid: fingerprint } = emptyProfile(grid);
  const side = (counts: readonly number[], unseenHere: number) =>
    ({
      kind: 'categorical',
      grid: fingerprint,
      cells: Float64Array.from(counts),
      missing: 0,
      invalid: 0,
      unseen: unseenHere,
    }) as const;
  return {
    kind: 'categorical',
    grid,
    reference: side(reference, unseen.reference),
    current: side(current, unseen.current),
  };
}

/** How many values there are on both sides. */
export function sizesOf({ reference, current }: BinCounts): Sides<number> {
  return { reference: totalOf(reference), current: totalOf(current) };
}
