/** The reference grid: where the cells of a column lie. Frozen when the reference is made, and never moved by current data. */

import { TidewatchError } from '../errors.ts';
import { sortValues } from '../statistics/sort.ts';

export type ColumnKind = 'continuous' | 'categorical';

/** What the reference knows of a continuous column; the deviation is that of the population (divided by n). */
export interface ColumnSummary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

/**
 * The cells of a continuous column. Edge i starts cell i + 1: cell 0 is the underflow (-infinity, edges[0]), the last cell
 * the overflow [last edge, infinity), and every cell between is half-open `[lo, hi)`. The reference itself lies entirely in the inner cells.
 */
export interface ContinuousGrid {
  readonly version: 1;
  readonly kind: 'continuous';
  readonly fingerprint: string;
  /** Training statistics know the range and the moments, but no distribution: their grid has one cell. */
  readonly origin: 'rows' | 'training-statistics';
  /** Finite values of the reference; 0 for training statistics. */
  readonly count: number;
  /** Absent when the reference has no value. */
  readonly summary?: ColumnSummary;
  readonly edges: readonly number[];
  /** The first cell of each frozen bin of PSI and Jensen-Shannon (at most 10): a bin is a sum of cells. */
  readonly binStarts: readonly number[];
}

/** The cells of a categorical column: one a level, most frequent first. Any other value is `unseen`. */
export interface CategoricalGrid {
  readonly version: 1;
  readonly kind: 'categorical';
  readonly fingerprint: string;
  /** Values of the reference, of all levels. */
  readonly count: number;
  readonly levels: readonly string[];
}

/** Plain numbers and strings, so that it survives jsonb (`JSON.stringify` and `gridFromJson`). */
export type ReferenceGrid = ContinuousGrid | CategoricalGrid;

/** 25 to each of the 10 bins. A cell holds 1/250 of the reference, less than 1/125 where ties cross an edge, or one value. */
const quantileCells = 250;
const cellsPerBin = quantileCells / 10;
const massPointShare = 1 / 256;
export const maximumLevels = 1_000;
/** Squares of larger values would overflow the sums of squares of a long window: such a value counts as invalid. */
const largestMagnitude = 1e145;

/**
 * Is this a number that can be counted: finite, and at most 1e145 away from 0?
 *
 * @example [0, -1e145, NaN, Infinity, 1e200].map(isUsableNumber) // [true, true, false, false, false]
 */
export function isUsableNumber(value: number): boolean {
  return Math.abs(value) <= largestMagnitude;
}

/**
 * Which cells summarize a continuous reference?
 *
 * Edges at the 250-quantiles (linear interpolation, type 7 of Hyndman and Fan 1996), duplicates merged, and around every
 * value that holds more than 1/256 of the rows, so that ties are compared exactly: at most 250 cells and two edges for each
 * of at most 255 such values. The bins of PSI end at the nine inner deciles; those equal to the minimum are left out
 * (nothing lies below), and where all nine are one value, the bins are below, at and above it.
 *
 * NaN, infinities and magnitudes above 1e145 are left out; without any value the grid has one cell and no summary.
 * Cost: one sort.
 *
 * @example buildContinuousGrid(Float64Array.of(1, 1, 1)).edges // [1, nextUp(1)]
 */
export function buildContinuousGrid(values: Float64Array): ContinuousGrid {
  // Adding 0 turns -0 into 0: jsonb keeps no sign of zero.
  const usable = values.filter(isUsableNumber).map((value) => value + 0);
  return gridOfSorted(sortValues(usable));
}

/**
 * The same from values that are usable, never -0, and in ascending order already. Cost: one pass.
 *
 * @example gridOfSorted(Float64Array.of(1, 2, 3, 4)).binStarts.length // 10
 */
export function gridOfSorted(sorted: Float64Array): ContinuousGrid {
  const summary = summarize(sorted);
  if (summary === undefined) return continuousGrid({ origin: 'rows', count: 0, edges: [], binStarts: [0] });

  const quantiles = Array.from({ length: quantileCells + 1 }, (_, i) => quantile(sorted, i, quantileCells));
  const binEdges = binEdgesOf(quantiles.filter((_, i) => i % cellsPerBin === 0).slice(1, -1), summary.min);
  const around = massPoints(sorted).flatMap((value) => [value, nextUp(value)]);
  // The last cell ends above the maximum, so that the overflow holds nothing of the reference.
  const cellEdges = [...quantiles.slice(0, -1), nextUp(summary.max), ...around, ...binEdges];
  const edges = [...new Set(cellEdges)].sort((a, b) => a - b);
  const binStarts = [0, ...binEdges.map((edge) => edges.indexOf(edge) + 1)];
  return continuousGrid({ origin: 'rows', count: sorted.length, summary, edges, binStarts });
}

/**
 * Which cells summarize a categorical reference? A cell for each of the 1,000 most frequent levels (equally frequent ones
 * in the order of their characters); rarer levels are counted as unseen, in the reference too.
 *
 * @example buildCategoricalGrid(['rain', 'clear', 'clear']).levels // ['clear', 'rain']
 */
export function buildCategoricalGrid(values: readonly string[]): CategoricalGrid {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return gridOfLevelCounts(counts, values.length);
}

/**
 * The same from counts: of all levels, or of the 1,000 most frequent ones; `count` is that of the values of all levels.
 *
 * @example gridOfLevelCounts(new Map([['rain', 1], ['clear', 9]]), 10)
 * // { kind: 'categorical', levels: ['clear', 'rain'], count: 10 }
 */
export function gridOfLevelCounts(counts: ReadonlyMap<string, number>, count: number): CategoricalGrid {
  const levels = [...counts]
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))
    .slice(0, maximumLevels)
    .map(([level]) => level);
  const grid = { version: 1, kind: 'categorical', count, levels } as const;
  return { ...grid, fingerprint: fingerprintOf(grid) };
}

/**
 * What is left of a reference of which only training statistics are known: ranges and moments, no distribution.
 *
 * @throws TidewatchError `INVALID_STATISTIC_INPUT` for a number that is not finite, a reversed range or a negative deviation.
 * @example gridFromTrainingStatistics({ min: 0, max: 1, mean: 0.6, std: 0.2 })
 * // { origin: 'training-statistics', edges: [], summary: { mean: 0.6, standardDeviation: 0.2 } }
 */
export function gridFromTrainingStatistics(statistics: {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}): ContinuousGrid {
  const { min, max, mean, std } = statistics;
  if (![min, max, mean, std].every(isUsableNumber) || min > max || std < 0) {
    throw new TidewatchError('INVALID_STATISTIC_INPUT', {
      statistic: 'training statistics',
      reason: `min ${min}, max ${max}, mean ${mean}, std ${std} are not a range with its moments`,
    });
  }
  const summary = { min, max, mean, standardDeviation: std };
  return continuousGrid({ origin: 'training-statistics', count: 0, summary, edges: [], binStarts: [0] });
}

/**
 * The grid that was stored as JSON.
 *
 * @throws TidewatchError `INVALID_PROFILE` for another version, or when the content does not match its fingerprint.
 * @example gridFromJson(JSON.parse(JSON.stringify(buildCategoricalGrid(['rain'])))).levels // ['rain']
 */
export function gridFromJson(json: unknown): ReferenceGrid {
  if (!isOfVersion1(json)) {
    throw new TidewatchError('INVALID_PROFILE', { reason: 'its reference grid is not of version 1' });
  }
  if (fingerprintOf(json) !== json.fingerprint) {
    throw new TidewatchError('INVALID_PROFILE', {
      reason: 'its reference grid does not match its fingerprint',
    });
  }
  return json;
}

/** The rest of the shape is vouched for by the fingerprint. */
function isOfVersion1(json: unknown): json is ReferenceGrid {
  return (
    typeof json === 'object' && json !== null && 'version' in json && json.version === 1 && 'kind' in json
  );
}

/**
 * How many counts does a profile of this grid hold (without unseen, missing and invalid)?
 *
 * @example cellCountOf(buildContinuousGrid(Float64Array.of(1, 1, 1))) // 3
 */
export function cellCountOf(grid: ReferenceGrid): number {
  return grid.kind === 'continuous' ? grid.edges.length + 1 : grid.levels.length;
}

/**
 * What sums are measured from: the mean of the reference. Keeps their digits where a column is 1e9 and a little noise.
 *
 * @example centerOf(buildContinuousGrid(Float64Array.of(1, 2, 6))) // 3
 */
export function centerOf(grid: ContinuousGrid): number {
  return grid.summary?.mean ?? 0;
}

const levelIndexes = new WeakMap<CategoricalGrid, ReadonlyMap<string, number>>();

/** Level -> its cell; made once a grid. */
export function levelIndexOf(grid: CategoricalGrid): ReadonlyMap<string, number> {
  const known = levelIndexes.get(grid);
  if (known !== undefined) return known;
  const index = new Map(grid.levels.map((level, cell) => [level, cell]));
  levelIndexes.set(grid, index);
  return index;
}

/**
 * Range and moments of values in ascending order; undefined without any. Two passes, so that large offsets cost no digits.
 *
 * @example summarize(Float64Array.of(1, 2, 6)) // { min: 1, max: 6, mean: 3, standardDeviation: Math.sqrt(14 / 3) }
 */
export function summarize(sorted: Float64Array): ColumnSummary | undefined {
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return undefined;
  // Measured from the minimum, so that a constant has exactly its value as mean and 0 as deviation.
  let sum = 0;
  for (let i = 0; i < sorted.length; i += 1) sum += sorted[i]! - min;
  const mean = min + sum / sorted.length;
  let squares = 0;
  for (let i = 0; i < sorted.length; i += 1) squares += (sorted[i]! - mean) ** 2;
  return { min, max, mean, standardDeviation: Math.sqrt(squares / sorted.length) };
}

/** The quantile `part / parts` by linear interpolation (type 7). The position is computed from integers, so that it is exact where whole. */
function quantile(sorted: Float64Array, part: number, parts: number): number {
  const position = (part * (sorted.length - 1)) / parts;
  const below = Math.floor(position);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (position - below) * (upper - lower);
}

function binEdgesOf(innerDeciles: readonly number[], min: number): number[] {
  const distinct = [...new Set(innerDeciles)];
  const [only] = distinct;
  if (only !== undefined && distinct.length === 1) return [only, nextUp(only)];
  return distinct.filter((edge) => edge > min);
}

/** Whatever holds so large a share is met when looking at every value that lies that share after the last. */
function massPoints(sorted: Float64Array): number[] {
  const points: number[] = [];
  const step = Math.max(1, Math.floor(sorted.length * massPointShare));
  for (let i = 0; i < sorted.length; i += step) {
    const value = sorted[i]!;
    if (value === points.at(-1)) continue;
    let start = i;
    let end = i + 1;
    while (start > 0 && sorted[start - 1] === value) start -= 1;
    while (end < sorted.length && sorted[end] === value) end += 1;
    if (end - start > sorted.length * massPointShare) points.push(value);
  }
  return points;
}

const oneFloat = new Float64Array(1);
const itsBits = new BigInt64Array(oneFloat.buffer);

/**
 * The next larger double: `[v, nextUp(v))` holds v alone.
 *
 * @example nextUp(1) - 1 // 2 ** -52
 */
export function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  oneFloat[0] = value;
  itsBits[0]! += value > 0 ? 1n : -1n;
  // The largest negative number is followed by 0, not by -0.
  return oneFloat[0] + 0;
}

function continuousGrid(content: Omit<ContinuousGrid, 'version' | 'kind' | 'fingerprint'>): ContinuousGrid {
  const grid = { version: 1, kind: 'continuous', ...content } as const;
  return { ...grid, fingerprint: fingerprintOf(grid) };
}

/** FNV-1a (32 bits, 8 hexadecimal digits) of what a profile depends on; jsonb reorders keys, so they are listed. */
function fingerprintOf(
  grid: Omit<ContinuousGrid, 'fingerprint'> | Omit<CategoricalGrid, 'fingerprint'>,
): string {
  const text =
    grid.kind === 'continuous'
      ? JSON.stringify([
          grid.kind,
          grid.origin,
          grid.count,
          grid.edges,
          grid.binStarts,
          grid.summary?.min,
          grid.summary?.max,
          grid.summary?.mean,
          grid.summary?.standardDeviation,
        ])
      : JSON.stringify([grid.kind, grid.count, grid.levels]);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
