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
 * @example
 * const grid = buildCategoricalGrid(['rain', 'clear']);
 * compareProfiles(grid, buildProfile(grid, ['rain', 'clear']), buildProfile(grid, ['rain'])).kind // 'categorical'
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

/**
 * Why can no method compare these, if none can?
 *
 * @example
 * const grid = buildCategoricalGrid(['rain', 'clear']);
 * reasonNotComparable(compareProfiles(grid, buildProfile(grid, ['rain']), emptyProfile(grid)))
 * // 'the current window has no value'
 */
export function reasonNotComparable({ grid, reference, current }: Comparison): string | undefined {
  if (grid.kind === 'continuous' && grid.origin === 'training-statistics') {
    return 'the reference has no distribution (training statistics)';
  }
  if (grid.count === 0 || valueCountOf(reference) === 0) return 'the reference has no value';
  if (valueCountOf(current) === 0) return 'the current window has no value';
  return undefined;
}
