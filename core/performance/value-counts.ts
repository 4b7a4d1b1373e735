/**
 * How often each value occurs, in one or several groups of rows: what a metric without sums (a median, the area under a
 * curve) can be computed from, for any union of rows.
 *
 * Counts are of exact values, or of frozen cells once there are too many of these to store. The cells depend on nothing but
 * the grid, so that counts always add up.
 */

import { sortValues } from '../statistics/sort.ts';
import { cellGrids, type CellGridName } from './cell-grid.ts';

export interface ValueCounts {
  /** The cells that values are moved into when they are too many. */
  readonly grid: CellGridName;
  /** `values`: each value is what occurred; `cells`: the lower edge of a cell. */
  readonly resolution: 'values' | 'cells';
  /** Ascending, each once. */
  readonly values: Float64Array;
  /** For each group, how many of its rows have each of `values`. */
  readonly counts: readonly Float64Array[];
}

/** An hour is stored with its exact values up to so many. */
const mostStoredValues = 512;

/**
 * How often does each value occur in each of these groups of rows? The values are finite; the groups are sorted in place.
 * O(n log n).
 *
 * @example countValues('score', [Float64Array.of(0.5, 0.1), Float64Array.of(0.5)])
 * // { resolution: 'values', values: [0.1, 0.5], counts: [[1, 1], [0, 1]] }
 */
export function countValues(grid: CellGridName, groups: readonly Float64Array[]): ValueCounts {
  return mergeExact(
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
  return parts.every(({ resolution }) => resolution === 'values') ? mergeExact(parts) : addCells(parts);
}

/**
 * The counts as they are stored: of cells where there are more values than `mostStoredValues`.
 *
 * @example storedCounts(countValues('score', [Float64Array.of(0.1)])).resolution // 'values'
 * @example storedCounts(countValues('score', [Float64Array.from({ length: 600 }, (_, i) => i / 600)])).resolution // 'cells'
 */
export function storedCounts(counts: ValueCounts): ValueCounts {
  return counts.values.length > mostStoredValues ? addCells([counts]) : counts;
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

/** Pairs, then pairs of pairs: each value is moved log2(parts) times. */
function mergeExact(parts: readonly ValueCounts[]): ValueCounts {
  let level = parts;
  while (level.length > 1) {
    const next: ValueCounts[] = [];
    for (let i = 0; i < level.length; i += 2) {
      next.push(i + 1 < level.length ? mergePair(level[i]!, level[i + 1]!) : level[i]!);
    }
    level = next;
  }
  return level[0]!;
}

function mergePair(a: ValueCounts, b: ValueCounts): ValueCounts {
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
      for (let group = 0; group < counts.length; group += 1) {
        counts[group]![length]! += a.counts[group]![i]!;
      }
      i += 1;
    }
    if (ofB <= ofA) {
      for (let group = 0; group < counts.length; group += 1) {
        counts[group]![length]! += b.counts[group]![j]!;
      }
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

function addCells(parts: readonly ValueCounts[]): ValueCounts {
  const { grid, counts: groups } = parts[0]!;
  const { cellOf, lowerEdgeOf } = cellGrids[grid];
  // Cell 0 may lie far below the others (an error of exactly 0), so the array starts at the next one.
  let first = Infinity;
  let last = 0;
  for (const { values } of parts) {
    if (values.length === 0) continue;
    last = Math.max(last, cellOf(values.at(-1)!));
    const second = values.find((value) => cellOf(value) > 0);
    if (second !== undefined) first = Math.min(first, cellOf(second));
  }
  const offset = first === Infinity ? 0 : first - 1;
  const totals = groups.map(() => new Float64Array(last - Math.min(offset, last) + 1));
  for (const { values, counts } of parts) {
    for (let i = 0; i < values.length; i += 1) {
      const place = Math.max(0, cellOf(values[i]!) - offset);
      for (let group = 0; group < totals.length; group += 1) totals[group]![place]! += counts[group]![i]!;
    }
  }
  const places = Array.from(totals[0]!.keys()).filter((place) => totals.some((total) => total[place]! > 0));
  return {
    grid,
    resolution: 'cells',
    values: Float64Array.from(places, (place) => (place === 0 ? 0 : lowerEdgeOf(place + offset))),
    counts: totals.map((total) => Float64Array.from(places, (place) => total[place]!)),
  };
}
