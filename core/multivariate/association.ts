/** How strongly two columns of a sample go together, as sums over rows, so that any block of rows can be left out. */

import type { SampleColumn } from './sample.ts';

export type PairKind = 'continuous' | 'categorical' | 'mixed';

/** A column ready to be paired: ranks (NaN where missing), or level numbers (-1 where missing). */
export type PairColumn =
  | { readonly name: string; readonly kind: 'continuous'; readonly ranks: Float64Array }
  | { readonly name: string; readonly kind: 'categorical'; readonly levels: Int16Array };

/** Levels of a categorical column that are told apart; all rarer ones are one. */
const maximumLevels = 20;

/** A strength of association that comes from sums over rows. */
export interface Association {
  /** How many sums. */
  readonly size: number;
  /** Adds the rows from `start` up to, not including, `end`; a row where either value is missing is left out. */
  readonly add: (sums: Float64Array, start: number, end: number) => void;
  /** Rows that were added. */
  readonly rows: (sums: Float64Array) => number;
  /** The strength; undefined where a side is constant or there are too few rows. */
  readonly of: (sums: Float64Array) => number | undefined;
}

/**
 * Prepares a column. Ranks are those among all values of the column, ties at their mean rank, in units of the number of
 * values.
 *
 * @param levels the levels of a categorical column that are told apart
 */
export function pairColumn(column: SampleColumn, levels: ReadonlyMap<string, number>): PairColumn {
  const { name } = column;
  if (column.kind === 'continuous') return { name, kind: column.kind, ranks: ranksOf(column.values) };
  const numbers = column.values.map((value) => (value === null ? -1 : (levels.get(value) ?? maximumLevels)));
  return { name, kind: column.kind, levels: Int16Array.from(numbers) };
}

/** The 20 most frequent levels of a column, numbered; none for a continuous one. */
export function frequentLevels(column: SampleColumn): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  if (column.kind === 'categorical') {
    for (const value of column.values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const frequent = [...counts].sort(
    ([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1),
  );
  return new Map(frequent.slice(0, maximumLevels).map(([level], i) => [level, i]));
}

/**
 * Which association is right for two columns? Spearman's correlation, Cramer's V, or the correlation ratio of ranks.
 */
export function associationOf(a: PairColumn, b: PairColumn): Association & { readonly kind: PairKind } {
  if (a.kind === 'continuous' && b.kind === 'continuous')
    return { kind: 'continuous', ...spearman(a.ranks, b.ranks) };
  if (a.kind === 'categorical' && b.kind === 'categorical')
    return { kind: 'categorical', ...cramer(a.levels, b.levels) };
  if (a.kind === 'categorical') return associationOf(b, a);
  return { kind: 'mixed', ...correlationRatio(a.ranks, (b as PairColumn & { kind: 'categorical' }).levels) };
}

/**
 * The product-moment correlation of ranks, -1 to 1. Ranks are those of whole columns also where a row is left out, so
 * that leaving out costs nothing. Source: Spearman (1904).
 */
function spearman(x: Float64Array, y: Float64Array): Association {
  return {
    size: 6,
    add: (sums, start, end) => {
      for (let row = start; row < end; row += 1) {
        const [a, b] = [x[row]!, y[row]!];
        if (Number.isNaN(a) || Number.isNaN(b)) continue;
        sums[0]! += 1;
        sums[1]! += a;
        sums[2]! += b;
        sums[3]! += a * a;
        sums[4]! += b * b;
        sums[5]! += a * b;
      }
    },
    rows: (sums) => sums[0]!,
    of: ([n = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0]) => {
      const [varianceOfA, varianceOfB] = [aa / n - (a / n) ** 2, bb / n - (b / n) ** 2];
      if (!(varianceOfA > smallestVariance && varianceOfB > smallestVariance)) return undefined;
      return clamp((ab / n - (a / n) * (b / n)) / Math.sqrt(varianceOfA * varianceOfB), -1);
    },
  };
}

/** Ranks in units of the number of values have a variance of 1/12 without ties; this is a column of one value. */
const smallestVariance = 1e-9;

/**
 * The share of a continuous column's variance in ranks that its means by level explain, as a root, 0 to 1, with the
 * correction for the number of levels (epsilon squared): 0 on average where the two have nothing to do with each other.
 * Source: Kelley (1935).
 */
function correlationRatio(x: Float64Array, levels: Int16Array): Association {
  const width = maximumLevels + 1;
  return {
    size: 2 + 2 * width,
    add: (sums, start, end) => {
      for (let row = start; row < end; row += 1) {
        const [value, level] = [x[row]!, levels[row]!];
        if (Number.isNaN(value) || level < 0) continue;
        sums[0]! += 1;
        sums[1]! += value * value;
        sums[2 + level]! += 1;
        sums[2 + width + level]! += value;
      }
    },
    rows: (sums) => sums[0]!,
    of: (sums) => {
      const n = sums[0]!;
      let [present, total, between] = [0, 0, 0];
      for (let level = 0; level < width; level += 1) {
        const [count, sum] = [sums[2 + level]!, sums[2 + width + level]!];
        if (count === 0) continue;
        present += 1;
        total += sum;
        between += sum ** 2 / count;
      }
      const center = total ** 2 / n;
      const all = sums[1]! - center;
      if (present < 2 || n <= present || !(all > smallestVariance * n)) return undefined;
      return Math.sqrt(clamp(1 - ((1 - (between - center) / all) * (n - 1)) / (n - present), 0));
    },
  };
}

/**
 * Cramer's V, 0 to 1, with the correction for the size of the table. Source: Bergsma (2013), J. Korean Statistical
 * Society 42.
 */
function cramer(x: Int16Array, y: Int16Array): Association {
  const width = maximumLevels + 1;
  return {
    size: width * width,
    add: (sums, start, end) => {
      for (let row = start; row < end; row += 1) {
        const [a, b] = [x[row]!, y[row]!];
        if (a >= 0 && b >= 0) sums[a * width + b]! += 1;
      }
    },
    rows: (sums) => sums.reduce((sum, count) => sum + count, 0),
    of: (sums) => {
      const ofRow = new Float64Array(width);
      const ofColumn = new Float64Array(width);
      let n = 0;
      for (const [cell, count] of sums.entries()) {
        n += count;
        ofRow[Math.floor(cell / width)]! += count;
        ofColumn[cell % width]! += count;
      }
      const rows = ofRow.filter((count) => count > 0).length;
      const columns = ofColumn.filter((count) => count > 0).length;
      if (rows < 2 || columns < 2 || n < 2) return undefined;
      let share = -1;
      for (const [cell, count] of sums.entries()) {
        if (count > 0) share += count ** 2 / (ofRow[Math.floor(cell / width)]! * ofColumn[cell % width]!);
      }
      const corrected = Math.max(0, share - ((rows - 1) * (columns - 1)) / (n - 1));
      const shrink = (levels: number): number => levels - (levels - 1) ** 2 / (n - 1);
      const largest = Math.min(shrink(rows), shrink(columns)) - 1;
      return largest > 0 ? Math.sqrt(clamp(corrected / largest, 0)) : undefined;
    },
  };
}

function clamp(value: number, lowest: number): number {
  return Math.min(1, Math.max(lowest, value));
}

/**
 * Mean ranks in units of the number of values: above 0 up to 1; NaN stays NaN.
 *
 * @example ranksOf(Float64Array.of(5, NaN, 1, 5, 7)) // [2.5 / 4, NaN, 1 / 4, 2.5 / 4, 1]
 */
export function ranksOf(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys())
    .filter((row) => !Number.isNaN(values[row]!))
    .sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length).fill(NaN);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    const rank = (start + end + 1) / 2 / order.length;
    for (const row of order.subarray(start, end)) ranks[row] = rank;
    start = end;
  }
  return ranks;
}
