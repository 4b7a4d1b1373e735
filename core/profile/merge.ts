import { imposePointSums } from './point-cells.ts';
import { cellCountOf, type CategoricalGrid, type ContinuousGrid, type ReferenceGrid } from './grid.ts';
import { requireGrid, type CategoricalProfile, type ContinuousProfile, type Profile } from './profile.ts';

/**
 * What is the profile of all these rows together (a window from its hours, a day from its shards)?
 *
 * Counts, minimum and maximum are exact in any order and nesting, and so are the sums of cells that hold one value; the other
 * sums are those of float64 addition (a relative 1e-15 a step). No profiles give the profile of no rows. Cost: two additions
 * a cell and profile (720 hours x 250 cells: 0.5 ms). For stored profiles see `sumEncodedProfiles`.
 *
 * @throws TidewatchError `INVALID_PROFILE` for a profile of another grid.
 * @example
 * const grid = buildCategoricalGrid(['rain', 'clear']);
 * const [monday, tuesday] = [['rain'], ['rain', 'clear', null]].map((rows) => buildProfile(grid, rows));
 * mergeProfiles(grid, [monday, tuesday]) // buildProfile(buildCategoricalGrid(['rain', 'clear']), ['rain', 'rain', 'clear', null])
 */
export function mergeProfiles(grid: ContinuousGrid, profiles: readonly Profile[]): ContinuousProfile;
export function mergeProfiles(grid: CategoricalGrid, profiles: readonly Profile[]): CategoricalProfile;
export function mergeProfiles(grid: ReferenceGrid, profiles: readonly Profile[]): Profile;
export function mergeProfiles(grid: ReferenceGrid, profiles: readonly Profile[]): Profile {
  const total = createTotal(grid);
  for (const profile of profiles) addProfile(total, requireGrid(grid, profile));
  return profileOfTotal(total, grid);
}

/** A profile in the making, to which others are added. What its kind of column does not have stays 0. */
export interface ProfileTotal {
  readonly cells: Float64Array;
  /** Those of cells that hold one value follow from the counts at the end. */
  readonly cellSums: Float64Array;
  missing: number;
  invalid: number;
  unseen: number;
  belowMinimum: number;
  aboveMaximum: number;
  beyondThreeDeviations: number;
  sumOfSquares: number;
  min: number;
  max: number;
}

/** The total of nothing. */
export function createTotal(grid: ReferenceGrid): ProfileTotal {
  const cellCount = cellCountOf(grid);
  return {
    cells: new Float64Array(cellCount),
    cellSums: new Float64Array(grid.kind === 'continuous' ? cellCount : 0),
    missing: 0,
    invalid: 0,
    unseen: 0,
    belowMinimum: 0,
    aboveMaximum: 0,
    beyondThreeDeviations: 0,
    sumOfSquares: 0,
    min: Infinity,
    max: -Infinity,
  };
}

/** What was added up. The total must not be added to any more. */
export function profileOfTotal(total: ProfileTotal, grid: ReferenceGrid): Profile {
  const { cells, cellSums, missing, invalid, unseen, min, max } = total;
  if (grid.kind === 'categorical') {
    return { kind: 'categorical', grid: grid.fingerprint, cells, missing, invalid, unseen };
  }
  imposePointSums(grid, cells, cellSums);
  return {
    kind: 'continuous',
    grid: grid.fingerprint,
    cells,
    cellSums,
    missing,
    invalid,
    belowMinimum: total.belowMinimum,
    aboveMaximum: total.aboveMaximum,
    beyondThreeDeviations: total.beyondThreeDeviations,
    sumOfSquares: total.sumOfSquares,
    ...(min <= max && { extent: { min, max } }),
  };
}

function addProfile(total: ProfileTotal, profile: Profile): void {
  addArray(total.cells, profile.cells);
  total.missing += profile.missing;
  total.invalid += profile.invalid;
  if (profile.kind === 'categorical') {
    total.unseen += profile.unseen;
    return;
  }
  addArray(total.cellSums, profile.cellSums);
  total.belowMinimum += profile.belowMinimum;
  total.aboveMaximum += profile.aboveMaximum;
  total.beyondThreeDeviations += profile.beyondThreeDeviations;
  total.sumOfSquares += profile.sumOfSquares;
  if (profile.extent !== undefined) {
    total.min = Math.min(total.min, profile.extent.min);
    total.max = Math.max(total.max, profile.extent.max);
  }
}

function addArray(total: Float64Array, addend: Float64Array): void {
  for (let i = 0; i < total.length; i += 1) total[i]! += addend[i]!;
}
