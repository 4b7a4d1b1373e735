/** What Evidently 0.7 says of a column by default: its choice of a method, its number, its threshold. For people who migrate. */

import type { Sides } from '../../core/statistics/comparison.ts';
import { chiSquaredSurvival, normalSurvival } from '../../core/statistics/distributions.ts';
import { kolmogorovSmirnovOfValues } from '../../core/statistics/kolmogorov-smirnov.ts';
import { summarize } from '../../core/profile/grid.ts';
import { areaBetweenShares } from '../../core/statistics/sorted-distances.ts';

/** `score` is a p-value or a distance, as the method has it. */
export interface EvidentlyDrift {
  /** The name that Evidently shows. */
  readonly method:
    | 'K-S p_value'
    | 'chi-square p_value'
    | 'Z-test p_value'
    | 'Wasserstein distance (normed)'
    | 'Jensen-Shannon distance';
  readonly score: number;
  readonly threshold: number;
  readonly drifted: boolean;
  readonly statistic: number;
  readonly pValue?: number;
}

/** The share of drifted columns from which on Evidently calls the dataset drifted. */
export const evidentlyDriftShare = 0.5;

const largestTestedReference = 1_000;
const fewValues = 5;
const level = 0.05;
const distance = 0.1;
/** `ks_2samp` of scipy computes the exact law up to so many values on either side. */
const largestExact = 10_000;

/**
 * A numerical column, from its values in ascending order.
 *
 * @example evidentlyOfNumbers({ reference: Float64Array.of(1, 2, 3, 4), current: Float64Array.of(5, 6, 7, 8) })
 * // { method: 'K-S p_value', score: 0.0286, threshold: 0.05, drifted: true }
 */
export function evidentlyOfNumbers({ reference, current }: Sides<Float64Array>): EvidentlyDrift {
  const counts = {
    reference: countsOfSorted(reference, fewValues + 1),
    current: countsOfSorted(current, fewValues + 1),
  };
  const isFew = new Set([...counts.reference.keys(), ...counts.current.keys()]).size <= fewValues;
  if (isFew) return evidentlyOfCounts(counts);
  if (reference.length <= largestTestedReference) {
    const law = Math.max(reference.length, current.length) <= largestExact ? 'exact' : 'asymptotic';
    const found = kolmogorovSmirnovOfValues(reference, current, law);
    const { statistic, pValue } = 'statistic' in found ? found : { statistic: 0, pValue: null };
    const score = pValue ?? 1;
    // Only this test alarms at its level, too.
    return {
      method: 'K-S p_value',
      score,
      threshold: level,
      drifted: score <= level,
      statistic,
      pValue: score,
    };
  }
  const deviation = summarize(reference)?.standardDeviation ?? 0;
  const statistic = areaBetweenShares(reference, current);
  return byDistance('Wasserstein distance (normed)', statistic, statistic / Math.max(deviation, 0.001));
}

/** A categorical column, or a numerical one of at most 5 distinct values, from the count of each value. */
export function evidentlyOfCounts<T>({ reference, current }: Sides<ReadonlyMap<T, number>>): EvidentlyDrift {
  const pairs = [...new Set([...reference.keys(), ...current.keys()])].map((value) => ({
    reference: reference.get(value) ?? 0,
    current: current.get(value) ?? 0,
  }));
  const sizes = { reference: sumOf(pairs, 'reference'), current: sumOf(pairs, 'current') };
  if (sizes.reference > largestTestedReference) {
    const statistic = jensenShannon(pairs, sizes);
    return byDistance('Jensen-Shannon distance', statistic, statistic);
  }
  return pairs.length <= 2
    ? byPValue('Z-test p_value', twoProportions(pairs, sizes))
    : byPValue('chi-square p_value', goodnessOfFit(pairs, sizes));
}

function byDistance(method: EvidentlyDrift['method'], statistic: number, score: number): EvidentlyDrift {
  return { method, score, threshold: distance, drifted: score >= distance, statistic };
}

function byPValue(
  method: EvidentlyDrift['method'],
  { statistic, pValue }: { readonly statistic: number; readonly pValue: number },
): EvidentlyDrift {
  return { method, score: pValue, threshold: level, drifted: pValue < level, statistic, pValue };
}

type Pairs = readonly Sides<number>[];

/** The square root of the divergence, with the natural logarithm. */
function jensenShannon(pairs: Pairs, sizes: Sides<number>): number {
  const information = (p: number, m: number): number => (p === 0 ? 0 : p * Math.log(p / m));
  const divergence = pairs.reduce((sum, pair) => {
    const p = pair.reference / sizes.reference;
    const q = pair.current / sizes.current;
    return sum + information(p, (p + q) / 2) + information(q, (p + q) / 2);
  }, 0);
  return Math.sqrt(Math.max(0, divergence) / 2);
}

type Tested = { readonly statistic: number; readonly pValue: number };

/** The reference is taken as the truth: a value that it lacks makes the p-value 0. */
function goodnessOfFit(pairs: Pairs, sizes: Sides<number>): Tested {
  const statistic = pairs.reduce((sum, pair) => {
    const expected = (pair.reference * sizes.current) / sizes.reference;
    return sum + (pair.current - expected) ** 2 / expected;
  }, 0);
  // JSON has no infinity.
  if (statistic === Infinity) return { statistic: Number.MAX_VALUE, pValue: 0 };
  return { statistic, pValue: chiSquaredSurvival(statistic, pairs.length - 1) };
}

function twoProportions(pairs: Pairs, sizes: Sides<number>): Tested {
  const [first] = pairs;
  if (first === undefined || pairs.length === 1) return { statistic: 0, pValue: 1 };
  const p = first.reference / sizes.reference;
  const q = first.current / sizes.current;
  const pooled = (first.reference + first.current) / (sizes.reference + sizes.current);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / sizes.reference + 1 / sizes.current));
  const statistic = Math.abs(p - q) / error;
  return { statistic, pValue: 2 * normalSurvival(statistic) };
}

function sumOf(pairs: Pairs, side: keyof Sides<number>): number {
  return pairs.reduce((sum, pair) => sum + pair[side], 0);
}

/** The count of each of some ascending values; stops after `most` distinct ones. */
export function countsOfSorted(sorted: Float64Array, most = Infinity): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let start = 0; start < sorted.length && counts.size < most;) {
    const value = sorted[start]!;
    let end = start;
    while (end < sorted.length && sorted[end] === value) end += 1;
    counts.set(value, end - start);
    start = end;
  }
  return counts;
}
