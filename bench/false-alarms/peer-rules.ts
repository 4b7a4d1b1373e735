/** Whether Evidently 0.7 and NannyML 0.13 call a window drifted, by their defaults; held against the packages by a test. */

import { countsOfSorted, evidentlyOfCounts, evidentlyOfNumbers } from '../../cli/compare/evidently.ts';
import { sortValues } from '../../core/statistics/sort.ts';

/** Judges a window of values; levels are numbers too. */
export type PeerRule = (current: Float64Array) => boolean;
export type ValueKind = 'continuous' | 'categorical';

/** Tests up to 1,000 rows of reference, distances above. */
export function evidentlyRule(kind: ValueKind, reference: Float64Array): PeerRule {
  const sorted = sortValues(reference.slice());
  const counts = countsOfSorted(sorted);
  return (current) => {
    const now = sortValues(current.slice());
    return kind === 'continuous'
      ? evidentlyOfNumbers({ reference: sorted, current: now }).drifted
      : evidentlyOfCounts({ reference: counts, current: countsOfSorted(now) }).drifted;
  };
}

/** Jensen-Shannon distance against mean and 3 standard deviations of what chunks of the reference show. */
export function nannymlRule(
  kind: ValueKind,
  reference: Float64Array,
  chunks: readonly Float64Array[],
): PeerRule {
  const distance = nannymlDistance(kind, reference);
  const { lower, upper } = nannymlThresholds(
    chunks.filter((chunk) => chunk.length > 0).map((chunk) => distance(chunk)),
  );
  return (current) => {
    const found = distance(current);
    return found > upper || found < lower;
  };
}

/** A limit below 0 is none. */
export function nannymlThresholds(distances: readonly number[]): { lower: number; upper: number } {
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  const deviation = Math.sqrt(
    distances.reduce((sum, distance) => sum + (distance - mean) ** 2, 0) / distances.length,
  );
  return { lower: Math.max(0, mean - 3 * deviation), upper: mean + 3 * deviation };
}

/** To the base 2, in Doane's bins of the reference or by its levels; what is in none of them is one more. */
export function nannymlDistance(kind: ValueKind, reference: Float64Array): (current: Float64Array) => number {
  const binOf = kind === 'continuous' ? doaneBins(reference) : levelsOf(reference);
  const shares = sharesIn(binOf, reference);
  return (current) => jensenShannon(shares, sharesIn(binOf, current));
}

/** -1: in none. */
type BinOf = ((value: number) => number) & { readonly count: number };

function sharesIn(binOf: BinOf, values: Float64Array): Float64Array {
  const shares = new Float64Array(binOf.count + 1);
  for (const value of values) {
    const bin = binOf(value);
    shares[bin < 0 ? binOf.count : bin]! += 1 / values.length;
  }
  return shares;
}

function levelsOf(reference: Float64Array): BinOf {
  const levels = new Map([...new Set(reference)].map((level, index) => [level, index]));
  return Object.assign((value: number) => levels.get(value) ?? -1, { count: levels.size });
}

/** As `numpy.histogram_bin_edges(reference, 'doane')` has them. */
function doaneBins(reference: Float64Array): BinOf {
  const size = reference.length;
  const mean = reference.reduce((sum, value) => sum + value, 0) / size;
  const moment = (power: number): number =>
    reference.reduce((sum, value) => sum + (value - mean) ** power, 0) / size;
  const skewness = moment(3) / moment(2) ** 1.5;
  const ofSkewness = Math.sqrt((6 * (size - 2)) / ((size + 1) * (size + 3)));
  const [low, high] = reference.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
  const count = Math.ceil(1 + Math.log2(size) + Math.log2(1 + Math.abs(skewness) / ofSkewness));
  const edges = Array.from({ length: count + 1 }, (_, i) => low + (i * (high - low)) / count);
  const bin = (value: number): number => {
    if (!(value >= low && value <= high)) return -1;
    let at = Math.min(count - 1, Math.floor(((value - low) / (high - low)) * count));
    if (value < edges[at]!) at -= 1;
    else if (at < count - 1 && value >= edges[at + 1]!) at += 1;
    return at;
  };
  return Object.assign(bin, { count });
}

function jensenShannon(p: Float64Array, q: Float64Array): number {
  const information = (a: number, middle: number): number => (a === 0 ? 0 : a * Math.log2(a / middle));
  let divergence = 0;
  for (let i = 0; i < p.length; i += 1) {
    const middle = (p[i]! + q[i]!) / 2;
    divergence += information(p[i]!, middle) + information(q[i]!, middle);
  }
  return Math.sqrt(Math.max(0, divergence) / 2);
}
