import { TidewatchError } from '../errors.ts';
import type { ContinuousGrid } from './grid.ts';
import { pointCellsOf } from './point-cells.ts';
import { requireGrid, valueCountOf, type ContinuousProfile } from './profile.ts';

/** An estimate, and what the quantile of the raw rows lies between. */
export interface Quantile {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Below which value does a share of the values lie (type 7 of Hyndman and Fan 1996, as numpy's default)?
 *
 * Counts tell in which cells its two neighbours in the order of values lie; the estimate spreads the values of a cell evenly.
 * The bounds are as wide as a cell, and 0 apart at the minimum, the maximum and in cells of one value. Undefined without
 * values. Cost: one pass over the cells.
 *
 * @throws TidewatchError `INVALID_STATISTIC_INPUT` for a share outside 0 to 1, `INVALID_PROFILE` for another grid.
 * @example
 * const grid = buildContinuousGrid(Float64Array.of(1, 2, 2, 3));
 * quantileOf(buildProfile(grid, [1, 2, 2, 2, 3]), grid, 0.5) // { value: 2, lower: 2, upper: 2 }
 */
export function quantileOf(
  profile: ContinuousProfile,
  grid: ContinuousGrid,
  share: number,
): Quantile | undefined {
  if (!(share >= 0 && share <= 1)) {
    throw new TidewatchError('INVALID_STATISTIC_INPUT', {
      statistic: 'quantile',
      reason: `the share ${share} is not between 0 and 1`,
    });
  }
  requireGrid(grid, profile);
  const count = valueCountOf(profile);
  if (count === 0) return undefined;
  const position = share * (count - 1);
  const below = nthValueOf(profile, grid, Math.floor(position));
  const above = nthValueOf(profile, grid, Math.ceil(position));
  const between = (read: (value: Quantile) => number): number =>
    read(below) + (position - Math.floor(position)) * (read(above) - read(below));
  return {
    value: between(({ value }) => value),
    lower: between(({ lower }) => lower),
    upper: between(({ upper }) => upper),
  };
}

/** The value that `rank` others precede. */
function nthValueOf(profile: ContinuousProfile, grid: ContinuousGrid, rank: number): Quantile {
  const { cells, extent } = profile;
  const { min, max } = extent!;
  let before = 0;
  let cell = 0;
  while (before + cells[cell]! <= rank) {
    before += cells[cell]!;
    cell += 1;
  }
  const lower = rank === valueCountOf(profile) - 1 ? max : Math.max(min, grid.edges[cell - 1] ?? min);
  const isExact = rank === 0 || !Number.isNaN(pointCellsOf(grid).offsets[cell]);
  const upper = isExact ? lower : Math.min(max, grid.edges[cell] ?? max);
  const value = lower + ((rank - before + 0.5) / cells[cell]!) * (upper - lower);
  return { value, lower, upper };
}
