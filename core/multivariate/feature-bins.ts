/** Features as small whole numbers, which is all that a tree looks at. */

import type { SampleColumn } from './sample.ts';

/** A column as codes: 0 is missing, the others are ranges in order (continuous) or levels (categorical). */
export interface BinnedFeature {
  readonly name: string;
  readonly kind: SampleColumn['kind'];
  /** One a row, below `bins`. */
  readonly codes: Uint8Array;
  /** Codes that can occur, 0 included; at most 64. */
  readonly bins: number;
}

/** The codes of a feature fit into this many, the missing values' included. */
export const maximumBins = 64;
/** A rarer level says too little on its own: all of them share one code. */
const fewestRowsOfLevel = 10;

/**
 * Codes the values of a column: up to 63 distinct numbers one each, more by the 63-quantiles of the rows; the 62 most
 * frequent levels of at least 10 rows one each, all others together.
 *
 * A column of which every value is different (an identifier) has one code, and tells nothing. Cost: one sort.
 *
 * @example binFeature({ name: 'x', kind: 'continuous', values: Float64Array.of(5, NaN, 7) }).codes // [1, 0, 2]
 */
export function binFeature(column: SampleColumn): BinnedFeature {
  return column.kind === 'continuous' ? binNumbers(column) : binLevels(column);
}

function binNumbers({ name, kind, values }: SampleColumn & { kind: 'continuous' }): BinnedFeature {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const starts = startsOfBins(sorted);
  const codes = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    if (!Number.isNaN(value)) codes[row] = binOf(starts, value) + 1;
  }
  return { name, kind, codes, bins: starts.length + 1 };
}

/** The lowest value of each bin, ascending. */
function startsOfBins(sorted: Float64Array): number[] {
  const distinct = new Set<number>();
  for (const value of sorted) {
    distinct.add(value);
    if (distinct.size === maximumBins) break;
  }
  if (distinct.size < maximumBins) return [...distinct];
  const parts = maximumBins - 1;
  const positions = Array.from({ length: parts }, (_, i) => sorted[Math.floor((i * sorted.length) / parts)]!);
  return [...new Set(positions)];
}

/** The last bin that starts at or below a value. */
function binOf(starts: readonly number[], value: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function binLevels({ name, kind, values }: SampleColumn & { kind: 'categorical' }): BinnedFeature {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const frequent = [...counts]
    .filter(([, count]) => count >= fewestRowsOfLevel)
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))
    .slice(0, maximumBins - 2);
  const codeOf = new Map(frequent.map(([level], i) => [level, i + 2]));
  const codes = new Uint8Array(values.length);
  for (const [row, value] of values.entries()) if (value !== null) codes[row] = codeOf.get(value) ?? 1;
  return { name, kind, codes, bins: frequent.length + 2 };
}
