/**
 * How often each value occurs, in one or several groups of rows: what a metric without sums (a median, the area under a
 * curve) can be computed from, for any union of rows.
 *
 * Counts are of exact values, or of frozen cells once there are too many of these to store. The cells depend on nothing but
 * the grid, so that counts always add up.
 */

import { sortValues } from '../statistics/sort.ts';
import { blockSize, cellGrids, mostBlocks, type CellGridName } from './cell-grid.ts';

/** Whole numbers, but for expected counts. As they are stored, in as few bytes as they need. */
export type CountArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

export interface ExactCounts {
  /** The cells that values are moved into when they are too many. */
  readonly grid: CellGridName;
  readonly resolution: 'values';
  /** Ascending, each once. */
  readonly values: Float64Array;
  /** For each group, how many of its rows have each of `values`. */
  readonly counts: readonly CountArray[];
}

export interface CellCounts {
  readonly grid: CellGridName;
  readonly resolution: 'cells';
  /** The blocks of cells in which anything is, ascending: block b holds the cells from 128 b to 128 b + 127. */
  readonly blocks: Uint16Array;
  /** For each group, how many of its rows are in each cell of these blocks. */
  readonly counts: readonly CountArray[];
}

/** In both the counts are in ascending order of the values. */
export type ValueCounts = ExactCounts | CellCounts;

/** An hour is stored with its exact values up to so many. */
const mostStoredValues = 512;

/**
 * How often does each value occur in each of these groups of rows? The values are finite; the groups are sorted in place.
 * O(n log n).
 *
 * @example countValues('score', [Float64Array.of(0.5, 0.1), Float64Array.of(0.5)])
 * // { resolution: 'values', values: [0.1, 0.5], counts: [[1, 1], [0, 1]] }
 */
export function countValues(grid: CellGridName, groups: readonly Float64Array[]): ExactCounts {
  return mergeInPairs(
    groups.map((group, index) => {
      const { values, counts } = countSorted(sortValues(group));
      return {
        grid,
        resolution: 'values',
        values,
        counts: groups.map((_, other) => (other === index ? counts : new Float64Array(values.length))),
      };
    }),
  );
}

/**
 * What are the counts of all these rows together? In any order and nesting the same: exact where all parts are, else in
 * cells. The parts are of one grid and of equally many groups, and at least one.
 *
 * Cost: exact, O(n log parts); in cells, an addition a cell and part.
 *
 * @example
 * const [monday, tuesday] = [[0.5], [0.1, 0.5]].map((scores) => countValues('score', [Float64Array.from(scores)]));
 * mergeValueCounts([monday, tuesday]) // { values: [0.1, 0.5], counts: [[1, 2]] }
 */
export function mergeValueCounts(parts: readonly ValueCounts[]): ValueCounts {
  return parts.every((part) => part.resolution === 'values') ? mergeExact(parts) : addCells(parts);
}

/**
 * The counts as they are stored: of cells where there are more than 512 values.
 *
 * @example storedCounts(countValues('score', [Float64Array.of(0.1)])).resolution // 'values'
 * @example storedCounts(countValues('score', [Float64Array.from({ length: 600 }, (_, i) => i / 600)])).resolution // 'cells'
 */
export function storedCounts(counts: ValueCounts): ValueCounts {
  return counts.resolution === 'values' && counts.values.length > mostStoredValues
    ? addCells([counts])
    : counts;
}

/**
 * Between which values are the rows of the `index`-th count? The two are equal where counts are of exact values; a cell
 * reaches up to, but not to, the upper one.
 *
 * @example edgesOf(countValues('score', [Float64Array.of(0.1, 0.7)]), 1) // [0.7, 0.7]
 */
export function edgesOf(counts: ValueCounts, index: number): readonly [low: number, high: number] {
  if (counts.resolution === 'values') return [counts.values[index]!, counts.values[index]!];
  const { lowerEdgeOf } = cellGrids[counts.grid];
  const cell = counts.blocks[Math.floor(index / blockSize)]! * blockSize + (index % blockSize);
  return [lowerEdgeOf(cell), lowerEdgeOf(cell + 1)];
}

/** @example totalOf(Uint8Array.of(1, 2, 4)) // 7 */
export function totalOf(counts: CountArray): number {
  let total = 0;
  for (let i = 0; i < counts.length; i += 1) total += counts[i]!;
  return total;
}

function countSorted(sorted: Float64Array): { values: Float64Array; counts: Float64Array } {
  const values = new Float64Array(sorted.length);
  const counts = new Float64Array(sorted.length);
  let distinct = 0;
  for (let row = 0; row < sorted.length; row += 1) {
    const value = sorted[row]!;
    if (distinct === 0 || value !== values[distinct - 1]) {
      values[distinct] = value;
      distinct += 1;
    }
    counts[distinct - 1]! += 1;
  }
  return { values: values.slice(0, distinct), counts: counts.slice(0, distinct) };
}

/** Where most values are of one row, sorting all rows again is three times as quick as moving each log2(parts) times. */
function mergeExact(parts: readonly ExactCounts[]): ExactCounts {
  const { grid, counts } = parts[0]!;
  const valueCount = parts.reduce((sum, { values }) => sum + values.length, 0);
  const groups = counts.map((_, group) => rowCountOf(parts, group));
  const rowCount = groups.reduce((sum, count) => sum + count, 0);
  if (rowCount > 2 * valueCount) return mergeInPairs(parts);
  return countValues(
    grid,
    groups.map((rows, group) => rowsOf(parts, group, rows)),
  );
}

function rowCountOf(parts: readonly ExactCounts[], group: number): number {
  return parts.reduce((rows, { counts }) => rows + totalOf(counts[group]!), 0);
}

function rowsOf(parts: readonly ExactCounts[], group: number, rowCount: number): Float64Array {
  const rows = new Float64Array(rowCount);
  let row = 0;
  for (const { values, counts } of parts) {
    for (let i = 0; i < values.length; i += 1) {
      for (let left = counts[group]![i]!; left > 0; left -= 1, row += 1) rows[row] = values[i]!;
    }
  }
  return rows;
}

/** Pairs, then pairs of pairs. */
function mergeInPairs(parts: readonly ExactCounts[]): ExactCounts {
  let level = parts;
  while (level.length > 1) {
    const next: ExactCounts[] = [];
    for (let i = 0; i < level.length; i += 2) {
      next.push(i + 1 < level.length ? mergePair(level[i]!, level[i + 1]!) : level[i]!);
    }
    level = next;
  }
  return level[0]!;
}

function mergePair(a: ExactCounts, b: ExactCounts): ExactCounts {
  if (a.values.length === 0) return b;
  if (b.values.length === 0) return a;
  const most = a.values.length + b.values.length;
  const values = new Float64Array(most);
  const counts = a.counts.map(() => new Float64Array(most));
  let length = 0;
  for (let i = 0, j = 0; i < a.values.length || j < b.values.length; length += 1) {
    const ofA = i < a.values.length ? a.values[i]! : Infinity;
    const ofB = j < b.values.length ? b.values[j]! : Infinity;
    values[length] = Math.min(ofA, ofB);
    if (ofA <= ofB) {
      for (let group = 0; group < counts.length; group += 1) counts[group]![length]! += a.counts[group]![i]!;
      i += 1;
    }
    if (ofB <= ofA) {
      for (let group = 0; group < counts.length; group += 1) counts[group]![length]! += b.counts[group]![j]!;
      j += 1;
    }
  }
  return {
    grid: a.grid,
    resolution: 'values',
    values: values.slice(0, length),
    counts: counts.map((ofGroup) => ofGroup.slice(0, length)),
  };
}

function addCells(parts: readonly ValueCounts[]): CellCounts {
  const { grid, counts: groups } = parts[0]!;
  const { cellOf } = cellGrids[grid];
  const blockOf = (value: number): number => Math.floor(cellOf(value) / blockSize);
  const isFilled = new Uint8Array(mostBlocks);
  for (const part of parts) {
    if (part.resolution === 'cells') for (const block of part.blocks) isFilled[block] = 1;
    else for (const value of part.values) isFilled[blockOf(value)] = 1;
  }
  const blocks = Uint16Array.from([...isFilled.keys()].filter((block) => isFilled[block] === 1));
  const placeOf = new Uint16Array(mostBlocks);
  for (const [place, block] of blocks.entries()) placeOf[block] = place;
  const totals = groups.map((_, group) => {
    const total = new Float64Array(blocks.length * blockSize);
    for (const part of parts) {
      const counts = part.counts[group]!;
      if (part.resolution === 'cells') addBlocks(total, counts, part.blocks, placeOf);
      else {
        for (const [i, value] of part.values.entries()) {
          total[placeOf[blockOf(value)]! * blockSize + (cellOf(value) % blockSize)]! += counts[i]!;
        }
      }
    }
    return total;
  });
  return { grid, resolution: 'cells', blocks, counts: totals };
}

/** Blocks that follow each other in both are added in one loop, which is three times as quick. */
function addBlocks(total: Float64Array, counts: CountArray, blocks: Uint16Array, placeOf: Uint16Array): void {
  for (let start = 0, end = 1; start < blocks.length; start = end, end += 1) {
    const shift = placeOf[blocks[start]!]! - start;
    while (end < blocks.length && placeOf[blocks[end]!]! - end === shift) end += 1;
    const from = start * blockSize;
    addCounts(total.subarray(from + shift * blockSize), counts.subarray(from, end * blockSize));
  }
}

function addCounts(total: Float64Array, counts: CountArray): void {
  for (let i = 0; i < counts.length; i += 1) total[i]! += counts[i]!;
}
