/** Two profiles of one grid, ready to be compared, and what a comparison gives. */

import type { CategoricalGrid, ContinuousGrid, ReferenceGrid } from '../profile/grid.ts';
import {
  requireGrid,
  valueCountOf,
  type CategoricalProfile,
  type ContinuousProfile,
  type Profile,
} from '../profile/profile.ts';

/** The two things that are compared, or a number of each. */
export interface Sides<T> {
  readonly reference: T;
  readonly current: T;
}

export type Comparison =
  | {
      readonly kind: 'continuous';
      readonly grid: ContinuousGrid;
      readonly reference: ContinuousProfile;
      readonly current: ContinuousProfile;
      /** The raw values, ascending and usable, where they are at hand: then every statistic is exact. */
      readonly samples?: Sides<Float64Array>;
    }
  | {
      readonly kind: 'categorical';
      readonly grid: CategoricalGrid;
      readonly reference: CategoricalProfile;
      readonly current: CategoricalProfile;
    };

/**
 * What a method found. `pValue` is null only where the method has none; `effect` is the size of the difference on the
 * method's fixed scale, comparable between columns. Every number is finite.
 */
export interface Found {
  readonly statistic: number;
  readonly pValue: number | null;
  readonly effect: number;
  /** The statistic of the raw rows differs from this one by at most so much; absent when it is exact. */
  readonly errorBound?: number;
  readonly degreesOfFreedom?: number;
  /** Bins or levels that were compared. */
  readonly bins?: number;
}

export type Computation = Found | { readonly notComputable: string };

/**
 * Puts two profiles side by side.
 *
 * @throws TidewatchError `INVALID_PROFILE` when one was counted in another grid.
 */
export function compareProfiles(grid: ReferenceGrid, reference: Profile, current: Profile): Comparison {
  return grid.kind === 'continuous'
    ? {
        kind: grid.kind,
        grid,
        reference: requireGrid(grid, reference),
        current: requireGrid(grid, current),
      }
    : {
        kind: grid.kind,
        grid,
        reference: requireGrid(grid, reference),
        current: requireGrid(grid, current),
      };
}

/** Why can no method compare these, if none can? */
export function reasonNotComparable({ grid, reference, current }: Comparison): string | undefined {
  if (grid.kind === 'continuous' && grid.origin === 'training-statistics') {
    return 'the reference has no distribution (training statistics)';
  }
  if (grid.count === 0 || valueCountOf(reference) === 0) return 'the reference has no value';
  if (valueCountOf(current) === 0) return 'the current window has no value';
  return undefined;
}

/**
 * Counts per frozen bin of a continuous column, per level of a categorical one. Missing, invalid and unseen are not in
 * them: they are reported beside a statistic, or added by it.
 */
export function binCountsOf({ grid, reference, current }: Comparison): {
  readonly reference: readonly number[];
  readonly current: readonly number[];
} {
  if (grid.kind === 'categorical') return { reference: [...reference.cells], current: [...current.cells] };
  const sumBins = (cells: Float64Array): number[] =>
    grid.binStarts.map((start, bin) =>
      cells.subarray(start, grid.binStarts[bin + 1]).reduce((sum, count) => sum + count, 0),
    );
  return { reference: sumBins(reference.cells), current: sumBins(current.cells) };
}

/** The bins with, for a categorical column, a last one of what is no level of the reference. */
export function binCountsWithUnseenOf(comparison: Comparison): ReturnType<typeof binCountsOf> {
  const counts = binCountsOf(comparison);
  if (comparison.kind === 'continuous') return counts;
  return {
    reference: [...counts.reference, comparison.reference.unseen],
    current: [...counts.current, comparison.current.unseen],
  };
}

/** The sum of some counts. */
export function totalOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Why can two lists of counts not be compared, if they cannot? */
export function reasonNoCounts(reference: readonly number[], current: readonly number[]): string | undefined {
  if (totalOf(reference) === 0) return 'the reference has no value';
  if (totalOf(current) === 0) return 'the current window has no value';
  return undefined;
}
