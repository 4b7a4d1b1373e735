/** Features as small whole numbers, which is all that a tree looks at. */

import type { SampleColumn } from '../multivariate/sample.ts';

/** A column as codes: 0 is missing, the others are ranges in order (continuous) or levels (categorical). */
export interface BinnedFeature {
  readonly name: string;
  readonly kind: SampleColumn['kind'];
  /** One a row, below `bins`. */
  readonly codes: Uint8Array;
  /** Codes that can occur, 0 included; at most 256. */
  readonly bins: number;
}

/** How the values of a column become codes. JSON-safe. */
export type FeatureBins =
  | {
      readonly name: string;
      readonly kind: 'continuous';
      /** The lowest value of each range, ascending: code 1 is the first, and all that is below it. */
      readonly starts: readonly number[];
    }
  | {
      readonly name: string;
      readonly kind: 'categorical';
      /** The levels from code 2 on; every other one has code 1. */
      readonly levels: readonly string[];
    };

export interface BinOptions {
  /** Codes at most, that of missing values included: 64 by default, up to 256. */
  readonly bins?: number;
}

/** No feature has more codes than this, the missing values' included: they are bytes. */
export const maximumBins = 256;
/** As finely as a few thousand rows can tell. */
const usualBins = 64;
/** A rarer level says too little on its own: all of them share one code. */
const fewestRowsOfLevel = 10;

/**
 * Which codes does a column need? One for each of fewer than `bins` distinct numbers, for more by as many quantiles of
 * the rows; one for each of the most frequent levels of at least 10 rows, and one for all others.
 *
 * A column of which every value is different levels (an identifier) has one code, one without values none: they tell
 * nothing. Cost: one sort.
 *
 * @example learnBins({ name: 'x', kind: 'continuous', values: Float64Array.of(5, NaN, 7) }).starts // [5, 7]
 */
export function learnBins(column: SampleColumn, { bins = usualBins }: BinOptions = {}): FeatureBins {
  const { name, kind } = column;
  return kind === 'continuous'
    ? { name, kind, starts: startsOfRanges(column.values, bins - 1) }
    : { name, kind, levels: frequentLevels(column.values, bins - 2) };
}

/**
 * Codes the values of a column, also of one that the bins were not learned from: a number beyond the ranges falls into
 * the outermost one, a level that was not there is one of the rare ones.
 *
 * @example
 * const bins = learnBins({ name: 'x', kind: 'continuous', values: Float64Array.of(5, 7) });
 * binWith(bins, { name: 'x', kind: 'continuous', values: Float64Array.of(-9, NaN, 6, 7) }).codes // [1, 0, 1, 2]
 */
export function binWith(bins: FeatureBins, { name, kind, values }: SampleColumn): BinnedFeature {
  const codes = new Uint8Array(values.length);
  if (bins.kind === 'continuous') {
    for (let row = 0; row < values.length; row += 1) {
      const value = kind === 'continuous' ? values[row]! : NaN;
      if (!Number.isNaN(value)) codes[row] = rangeOf(bins.starts, value) + 1;
    }
    return { name, kind: bins.kind, codes, bins: bins.starts.length + 1 };
  }
  const codeOf = new Map(bins.levels.map((level, i) => [level, i + 2]));
  for (let row = 0; row < values.length; row += 1) {
    const value = kind === 'categorical' ? values[row]! : null;
    if (value !== null) codes[row] = codeOf.get(value) ?? 1;
  }
  return { name, kind: bins.kind, codes, bins: bins.levels.length + 2 };
}

/**
 * Codes the values of a column by bins that are learned from it.
 *
 * @example binFeature({ name: 'x', kind: 'continuous', values: Float64Array.of(5, NaN, 7) }).codes // [1, 0, 2]
 */
export function binFeature(column: SampleColumn, options?: BinOptions): BinnedFeature {
  return binWith(learnBins(column, options), column);
}

/** The lowest value of each range, ascending. */
function startsOfRanges(values: Float64Array, ranges: number): number[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const distinct = new Set<number>();
  for (const value of sorted) {
    distinct.add(value);
    if (distinct.size > ranges) break;
  }
  if (distinct.size <= ranges) return [...distinct];
  const starts = Array.from({ length: ranges }, (_, i) => sorted[Math.floor((i * sorted.length) / ranges)]!);
  return [...new Set(starts)];
}

/** The last range that starts at or below a value; the first for one below all. */
function rangeOf(starts: readonly number[], value: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function frequentLevels(values: readonly (string | null)[], levels: number): string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= fewestRowsOfLevel)
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))
    .slice(0, levels)
    .map(([level]) => level);
}
