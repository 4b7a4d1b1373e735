/** What is shown of a profiled column. */

import type { CategoricalGrid, ContinuousGrid } from '../../core/profile/grid.ts';
import {
  isConstant,
  momentsOf,
  requireGrid,
  valueCountOf,
  type CategoricalProfile,
  type ContinuousProfile,
} from '../../core/profile/profile.ts';
import { quantileOf, type Quantile } from '../../core/profile/quantile.ts';
import type { ProfiledColumn } from '../profile-file.ts';

export type ColumnSummary = ContinuousSummary | CategoricalSummary;

interface SharedSummary {
  readonly column: string;
  /** Values that are neither missing nor invalid. */
  readonly values: number;
  readonly missing: number;
  readonly invalid: number;
  /** Is every value the same? */
  readonly constant: boolean;
}

export interface ContinuousSummary extends SharedSummary {
  readonly kind: 'continuous';
  /** What the values are like; null without any. */
  readonly distribution: {
    readonly min: number;
    readonly quantiles: readonly (Quantile & { readonly share: number })[];
    readonly max: number;
    readonly mean: number;
    /** Of the population. */
    readonly standardDeviation: number;
  } | null;
}

export interface CategoricalSummary extends SharedSummary {
  readonly kind: 'categorical';
  /** Most frequent first; only those that occur. */
  readonly levels: readonly { readonly level: string; readonly count: number }[];
  /** Values that are no level of the grid. */
  readonly unseen: number;
}

export const shares = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** A summary of one column; quantiles carry the bounds between which those of the rows lie. */
export function summarizeColumn({ name, grid, profile }: ProfiledColumn): ColumnSummary {
  const shared = {
    values: valueCountOf(profile),
    missing: profile.missing,
    invalid: profile.invalid,
    constant: isConstant(profile),
  };
  return grid.kind === 'continuous'
    ? {
        column: name,
        kind: grid.kind,
        ...shared,
        distribution: distributionOf(grid, requireGrid(grid, profile)),
      }
    : { column: name, kind: grid.kind, ...shared, ...levelsOf(grid, requireGrid(grid, profile)) };
}

function distributionOf(grid: ContinuousGrid, profile: ContinuousProfile): ContinuousSummary['distribution'] {
  const moments = momentsOf(profile, grid);
  const { extent } = profile;
  if (moments === undefined || extent === undefined) return null;
  const quantiles = shares.map((share) => ({ share, ...quantileOf(profile, grid, share)! }));
  return { min: extent.min, quantiles, max: extent.max, ...moments };
}

function levelsOf(
  { levels }: CategoricalGrid,
  { cells, unseen }: CategoricalProfile,
): Pick<CategoricalSummary, 'levels' | 'unseen'> {
  return {
    levels: levels
      .map((level, cell) => ({ level, count: cells[cell]! }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count),
    unseen,
  };
}
