/** Sums of profiles over any window of a history, each for the price of one subtraction. */

import type { ReferenceGrid } from '../profile/grid.ts';
import { cellCountOf } from '../profile/grid.ts';
import type { ContinuousProfile, Profile } from '../profile/profile.ts';
import { emptyProfile } from '../profile/profile.ts';
import { firstWhere } from '../statistics/sorted-search.ts';
import { dayMs, hourMs, type Window } from '../window.ts';

/** One hour of a column, or one day where windows are whole days that end at midnight UTC. */
export interface ProfiledHour {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly start: number;
  readonly profile: Profile;
}

/** Which hours a history holds, and the sum of any stretch of it. */
export interface WindowSums {
  readonly first: number;
  readonly last: number;
  /** Values, neither missing nor invalid. */
  readonly countIn: (window: Window) => number;
  /** What methods read: counts, sums and range (that of `windows`). Missing, invalid and out-of-range rows are 0. */
  readonly sumOf: (windows: readonly Window[]) => Profile;
}

/**
 * Sums a history once, in blocks that windows of `length` ending a whole number of days before `end` consist of.
 *
 * Cost: one addition a cell and hour, then one a cell and window. Kept: two numbers a cell and block that has an hour (a year of days
 * with 500 cells: 3 MB).
 */
export function sumHistory(
  grid: ReferenceGrid,
  hours: readonly ProfiledHour[],
  { length, end }: { readonly length: number; readonly end: number },
): WindowSums {
  const block = greatestCommonDivisor(length, dayMs);
  const first = hours.length === 0 ? end : end - Math.ceil((end - hours[0]!.start) / block) * block;
  const numberOf = (instant: number): number => Math.floor((instant - first) / block);
  // Those that have an hour, in order: hours may lie far apart.
  const numbers = [...new Set(hours.map(({ start }) => numberOf(start)))];
  const blocks = numbers.length;
  const width = cellCountOf(grid) + 1;
  // Per block: the counts of the cells with those of unseen values behind them, then the sums, then the sum of squares.
  const stride = grid.kind === 'continuous' ? 2 * width : width;
  const before = new Float64Array((blocks + 1) * stride);
  const lowest = new Float64Array(blocks).fill(Infinity);
  const highest = new Float64Array(blocks).fill(-Infinity);
  let at = 0;
  for (const { start, profile } of hours) {
    if (numbers[at] !== numberOf(start)) at += 1;
    addTo(before, (at + 1) * stride, profile, width);
    if (profile.kind === 'categorical' || profile.extent === undefined) continue;
    lowest[at] = Math.min(lowest[at]!, profile.extent.min);
    highest[at] = Math.max(highest[at]!, profile.extent.max);
  }
  for (let i = stride; i < before.length; i += 1) before[i]! += before[i - stride]!;

  const blockAt = (instant: number): number => {
    const bound = Math.round((instant - first) / block);
    return firstWhere(numbers, 0, (number) => number >= bound);
  };
  const rowAt = (instant: number): number => blockAt(instant) * stride;
  const extentOf = (windows: readonly Window[]): ContinuousProfile['extent'] => {
    let [min, max] = [Infinity, -Infinity];
    for (const { start, end } of windows) {
      for (let at = blockAt(start); at < blockAt(end); at += 1) {
        min = Math.min(min, lowest[at]!);
        max = Math.max(max, highest[at]!);
      }
    }
    return min <= max ? { min, max } : undefined;
  };
  const addWindow = (total: Float64Array, { start, end }: Window): void => {
    const [from, to] = [rowAt(start), rowAt(end)];
    if (to <= from) return;
    for (let i = 0; i < stride; i += 1) total[i]! += before[to + i]! - before[from + i]!;
  };
  return {
    first,
    last: first + ((numbers.at(-1) ?? -1) + 1) * block,
    countIn: ({ start, end }) => {
      const [from, to] = [rowAt(start), rowAt(end)];
      let count = 0;
      for (let i = 0; i < width; i += 1) count += before[Math.max(from, to) + i]! - before[from + i]!;
      return count;
    },
    sumOf: (windows) => {
      const total = new Float64Array(stride);
      for (const window of windows) addWindow(total, window);
      return profileOf(grid, total, width, extentOf(windows));
    },
  };
}

/** What methods read of a sum without a part of it; with the range of the whole. */
export function restOf(grid: ReferenceGrid, whole: Profile, part: Profile): Profile {
  const cells = minus(whole.cells, part.cells);
  const empty = emptyProfile(grid);
  if (empty.kind === 'categorical') return { ...empty, cells, unseen: unseenOf(whole) - unseenOf(part) };
  const [all, some] = [whole, part] as [ContinuousProfile, ContinuousProfile];
  return {
    ...empty,
    cells,
    cellSums: minus(all.cellSums, some.cellSums),
    sumOfSquares: all.sumOfSquares - some.sumOfSquares,
    ...(all.extent !== undefined && { extent: all.extent }),
  };
}

function minus(all: Float64Array, some: Float64Array): Float64Array {
  const rest = all.slice();
  for (let i = 0; i < rest.length; i += 1) rest[i]! -= some[i]!;
  return rest;
}

function unseenOf(profile: Profile): number {
  return profile.kind === 'categorical' ? profile.unseen : 0;
}

function addTo(sums: Float64Array, row: number, profile: Profile, width: number): void {
  const { cells } = profile;
  for (let i = 0; i < cells.length; i += 1) sums[row + i]! += cells[i]!;
  if (profile.kind === 'categorical') {
    sums[row + width - 1]! += profile.unseen;
    return;
  }
  const { cellSums, sumOfSquares } = profile;
  for (let i = 0; i < cellSums.length; i += 1) sums[row + width + i]! += cellSums[i]!;
  sums[row + 2 * width - 1]! += sumOfSquares;
}

function profileOf(
  grid: ReferenceGrid,
  total: Float64Array,
  width: number,
  extent: ContinuousProfile['extent'],
): Profile {
  const cells = total.slice(0, width - 1);
  const empty = emptyProfile(grid);
  if (empty.kind === 'categorical') return { ...empty, cells, unseen: total[width - 1]! };
  return {
    ...empty,
    cells,
    cellSums: total.slice(width, 2 * width - 1),
    sumOfSquares: total[2 * width - 1]!,
    ...(extent !== undefined && { extent }),
  };
}

/** In whole hours. */
function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [Math.max(1, Math.round(a / hourMs)), Math.round(b / hourMs)];
  while (y > 0) [x, y] = [y, x % y];
  return x * hourMs;
}
