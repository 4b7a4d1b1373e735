/** The mergeable summary of one column over some rows: counts in the cells of a reference grid, and exact moments. */

import { TidewatchError } from '../errors.ts';
import {
  cellCountOf,
  centerOf,
  levelIndexOf,
  type CategoricalGrid,
  type ContinuousGrid,
  type ReferenceGrid,
} from './grid.ts';
import { continuousAccumulator } from './continuous-accumulator.ts';

/** Counts are whole numbers kept as float64: exact up to 2^53 rows. */
export interface ContinuousProfile {
  readonly kind: 'continuous';
  /** The fingerprint of its grid. */
  readonly grid: string;
  /** Values per cell; the first is the underflow, the last the overflow. */
  readonly cells: Float64Array;
  /** Per cell, the sum of (value - mean of the reference). */
  readonly cellSums: Float64Array;
  readonly missing: number;
  /** Of another type, NaN, infinite, or beyond 1e145. */
  readonly invalid: number;
  readonly belowMinimum: number;
  readonly aboveMaximum: number;
  /** More than 3 standard deviations of the reference from its mean. */
  readonly beyondThreeDeviations: number;
  /** Of (value - mean of the reference) squared. */
  readonly sumOfSquares: number;
  /** Absent without values. */
  readonly extent?: { readonly min: number; readonly max: number };
}

export interface CategoricalProfile {
  readonly kind: 'categorical';
  readonly grid: string;
  /** Values per level of the grid. */
  readonly cells: Float64Array;
  readonly missing: number;
  /** Objects, arrays, NaN and infinities. */
  readonly invalid: number;
  /** Values that are no level of the grid. */
  readonly unseen: number;
}

export type Profile = ContinuousProfile | CategoricalProfile;

/** Counts the values of one column, one by one. */
export interface ColumnAccumulator<P extends Profile = Profile> {
  /** null and undefined are missing. Continuous: any number. Categorical: strings, and numbers and booleans as their text. */
  readonly add: (value: unknown) => void;
  /** What was counted so far; later values do not change it. */
  readonly profile: () => P;
}

export interface ContinuousAccumulator extends ColumnAccumulator<ContinuousProfile> {
  /** The fast way for a decoded column: NaN counts as invalid; missing values are not in the array but counted beside it. */
  readonly addNumbers: (values: Float64Array, missing?: number) => void;
}

/**
 * Counts values into the cells of a grid. Cost: a binary search a value (continuous), a look-up (categorical).
 *
 * @example
 * const column = createAccumulator(buildContinuousGrid(Float64Array.of(0, 0.5, 1)));
 * for (const hum of [0.4, null, 7]) column.add(hum);
 * column.profile() // { missing: 1, aboveMaximum: 1, extent: { min: 0.4, max: 7 } }
 */
export function createAccumulator(grid: ContinuousGrid): ContinuousAccumulator;
export function createAccumulator(grid: CategoricalGrid): ColumnAccumulator<CategoricalProfile>;
export function createAccumulator(grid: ReferenceGrid): ColumnAccumulator;
export function createAccumulator(grid: ReferenceGrid): ColumnAccumulator {
  return grid.kind === 'continuous' ? continuousAccumulator(grid) : categoricalAccumulator(grid);
}

/**
 * The profile of some values of a column: a Float64Array takes the fast way, anything else goes value by value.
 *
 * @example buildProfile(buildCategoricalGrid(['a', 'b']), ['a', 'c', null]) // { cells: [1, 0], unseen: 1, missing: 1 }
 */
export function buildProfile(grid: ContinuousGrid, values: Iterable<unknown>): ContinuousProfile;
export function buildProfile(grid: CategoricalGrid, values: Iterable<unknown>): CategoricalProfile;
export function buildProfile(grid: ReferenceGrid, values: Iterable<unknown>): Profile;
export function buildProfile(grid: ReferenceGrid, values: Iterable<unknown>): Profile {
  if (grid.kind === 'continuous' && values instanceof Float64Array) {
    const column = continuousAccumulator(grid);
    column.addNumbers(values);
    return column.profile();
  }
  const column = createAccumulator(grid);
  for (const value of values) column.add(value);
  return column.profile();
}

/**
 * The profile of no rows.
 *
 * @example emptyProfile(buildCategoricalGrid(['rain'])) // { cells: [0], missing: 0, invalid: 0, unseen: 0 }
 */
export function emptyProfile(grid: ReferenceGrid): Profile {
  return buildProfile(grid, []);
}

/**
 * Refuses a profile that was counted in another grid: its cells mean something else.
 *
 * @throws TidewatchError `INVALID_PROFILE`
 * @example
 * const grid = buildCategoricalGrid(['rain']);
 * requireGrid(grid, emptyProfile(grid)).kind // 'categorical'
 */
export function requireGrid(grid: ContinuousGrid, profile: Profile): ContinuousProfile;
export function requireGrid(grid: CategoricalGrid, profile: Profile): CategoricalProfile;
export function requireGrid(grid: ReferenceGrid, profile: Profile): Profile;
export function requireGrid(grid: ReferenceGrid, profile: Profile): Profile {
  if (profile.grid !== grid.fingerprint || profile.kind !== grid.kind)
    throw ofAnotherGrid(grid, profile.grid);
  return profile;
}

/** What to throw for a profile that was counted in another grid. */
export function ofAnotherGrid(grid: ReferenceGrid, fingerprint: string): TidewatchError {
  return invalidProfile(`it was counted in the grid ${fingerprint}, not in ${grid.fingerprint}`);
}

/** What to throw for a profile that cannot be what it should be. */
export function invalidProfile(reason: string): TidewatchError {
  return new TidewatchError('INVALID_PROFILE', { reason });
}

/**
 * Values that could be counted: neither missing nor invalid.
 *
 * @example valueCountOf(buildProfile(buildCategoricalGrid(['rain']), ['rain', 'snow', null, {}])) // 2
 */
export function valueCountOf(profile: Profile): number {
  const inCells = sumOf(profile.cells, 0, profile.cells.length);
  return profile.kind === 'continuous' ? inCells : inCells + profile.unseen;
}

/**
 * The sum of `values[start]` up to `values[end - 1]`. A loop: `reduce` of a typed array takes ten times as long.
 *
 * @example sumOf(Float64Array.of(1, 2, 4, 8), 1, 3) // 6
 */
export function sumOf(values: Float64Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i += 1) sum += values[i]!;
  return sum;
}

/**
 * All rows: values, missing and invalid.
 *
 * @example rowCountOf(buildProfile(buildCategoricalGrid(['rain']), ['rain', 'snow', null, {}])) // 4
 */
export function rowCountOf(profile: Profile): number {
  return valueCountOf(profile) + profile.missing + profile.invalid;
}

/**
 * Is every value the same? False without any.
 *
 * @example isConstant(buildProfile(buildCategoricalGrid(['rain']), ['rain', null, 'rain'])) // true
 */
export function isConstant(profile: Profile): boolean {
  if (profile.kind === 'continuous') {
    return profile.extent !== undefined && profile.extent.min === profile.extent.max;
  }
  const count = valueCountOf(profile);
  return count > 0 && profile.cells.includes(count);
}

/**
 * Mean and standard deviation (of the population) of the values; undefined without any. From exact sums about the mean of
 * the reference: the deviation has an absolute error of 1e-8 of how far the values lie from there.
 *
 * @example
 * const grid = buildContinuousGrid(Float64Array.of(1, 2, 6));
 * momentsOf(buildProfile(grid, [7, 9]), grid) // { mean: 8, standardDeviation: 1 }
 */
export function momentsOf(
  profile: ContinuousProfile,
  grid: ContinuousGrid,
): { readonly mean: number; readonly standardDeviation: number } | undefined {
  const count = valueCountOf(profile);
  if (count === 0) return undefined;
  const shift = sumOf(profile.cellSums, 0, profile.cellSums.length) / count;
  const variance = Math.max(0, profile.sumOfSquares / count - shift ** 2);
  return { mean: centerOf(grid) + shift, standardDeviation: Math.sqrt(variance) };
}

/**
 * The text under which a categorical value is counted, or undefined for what is missing or no category. The number 1 and
 * the string "1" are one level.
 *
 * @example [1, '1', true, NaN, null].map(levelOf) // ['1', '1', 'true', undefined, undefined]
 */
export function levelOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value);
  return undefined;
}

function categoricalAccumulator(grid: CategoricalGrid): ColumnAccumulator<CategoricalProfile> {
  const index = levelIndexOf(grid);
  const cells = new Float64Array(cellCountOf(grid));
  const counts = { missing: 0, invalid: 0, unseen: 0 };
  return {
    add: (value) => {
      if (value === null || value === undefined) {
        counts.missing += 1;
        return;
      }
      const level = levelOf(value);
      if (level === undefined) {
        counts.invalid += 1;
        return;
      }
      const cell = index.get(level);
      if (cell === undefined) counts.unseen += 1;
      else cells[cell]! += 1;
    },
    profile: () => ({ kind: 'categorical', grid: grid.fingerprint, cells: cells.slice(), ...counts }),
  };
}
