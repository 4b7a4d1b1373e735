/** How much windows usually differ when nothing is wrong: the law of the differences that past windows showed. */

import { gammaSurvival, normalQuantile, studentSurvival } from '../statistics/distributions.ts';
import { methodOf, type MethodName } from '../statistics/registry.ts';

/** The law fitted to the differences of past windows. JSON-safe. */
export interface PastDifferences {
  /** What half of the windows stayed below. */
  readonly median: number;
  readonly largest: number;
  /** Windows looked at; they overlap, and neighbours are alike. */
  readonly windows: number;
  /** Windows without overlap and likeness that tell as much. */
  readonly independent: number;
  /** Mean and variance of the scores of the differences (see `scoreOf`). */
  readonly mean: number;
  readonly variance: number;
}

/** Fewer independent windows do not tell what is usual. */
export const enoughIndependent = 12;
/** More do not make the tail of the law more certain: next year is not this year. */
const mostTrusted = 30;

/**
 * The scale on which the differences of windows are close to a gamma law.
 *
 * A sum of squares counts as it is, the root of one squared. A distance in the unit of the column counts to the power of
 * 3/2: between the distance itself (many independent components, as with independent rows) and its square (a single one:
 * the mean wanders). What cannot exceed 1 counts by its logarithmic distance from 1, so that a total change stays far out
 * where half a change is usual. Measured on independent and autocorrelated (.8, .95) rows, 24 to 500 a window: a true p of
 * .00125 comes out as .0003 to .003.
 */
function scoreOf(method: MethodName, difference: number): number {
  const value = Math.max(0, difference);
  const { effectScale } = methodOf(method);
  switch (effectScale) {
    case 'sum of squares':
      return value;
    case 'unbounded':
      return value ** 1.5;
    case 'absolute differences':
      return -Math.log(Math.max(1 - value, leastDistanceFromOne));
    case 'root of a sum of squares':
      return -Math.log(Math.max(1 - value ** 2, leastDistanceFromOne));
  }
}

const leastDistanceFromOne = 1e-3;

/**
 * The law of what past windows showed, in time order; undefined when they are too few to tell anything, or all equal.
 *
 * @param overlap how many neighbours share rows with a window: length over step.
 */
export function fitPastDifferences(
  method: MethodName,
  differences: readonly (number | undefined)[],
  overlap: number,
): PastDifferences | undefined {
  const known = differences.filter((difference) => difference !== undefined);
  if (known.length < 3 * overlap) return undefined;
  const independent = Math.max(2, independentCount(differences, overlap));
  const scores = known.map((difference) => scoreOf(method, difference));
  const mean = average(scores);
  const spread = average(scores.map((score) => (score - mean) ** 2));
  const sorted = known.toSorted((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)]!,
    largest: sorted.at(-1)!,
    windows: known.length,
    independent,
    mean,
    variance: (spread * independent) / (independent - 1),
  };
}

/**
 * How probable is a difference of at least this much when nothing has changed?
 *
 * The gamma law through the mean and the variance of the scores, so that p goes below 1 / (windows + 1). Its normal score is
 * read from Student's law with `independent - 1` (at most 29) degrees of freedom, a little wider for the new window: a law learned from
 * few windows is not trusted far out.
 *
 * @example
 * const differences = Array.from({ length: 40 }, (_, week) => 0.1 + (week % 5) / 50);
 * pValueOf('wasserstein', 0.25, fitPastDifferences('wasserstein', differences, 1)) // 0.00117536
 */
export function pValueOf(method: MethodName, difference: number, past: PastDifferences): number {
  const { mean, variance } = past;
  const independent = Math.min(past.independent, mostTrusted);
  const score = scoreOf(method, difference);
  // All past windows were equal: any difference is new.
  if (!(variance > 0)) return score > mean ? 0 : 1;
  const beyond = gammaSurvival(score, mean ** 2 / variance, variance / mean);
  const z = -normalQuantile(Math.max(beyond, Number.MIN_VALUE));
  return z === -Infinity ? 1 : studentSurvival(z / Math.sqrt(1 + 1 / independent), independent - 1);
}

/**
 * Which difference has this p-value? By bisection.
 */
export function limitOf(method: MethodName, pValue: number, past: PastDifferences): number {
  let low = 0;
  let high = Math.max(past.largest, 1e-12);
  for (
    let i = 0;
    i < 60 && pValueOf(method, high, past) > pValue && scoreOf(method, high * 2) > scoreOf(method, high);
    i += 1
  )
    high *= 2;
  for (let i = 0; i < 40; i += 1) {
    const middle = (low + high) / 2;
    if (pValueOf(method, middle, past) > pValue) low = middle;
    else high = middle;
  }
  return high;
}

/** The number of windows, less for overlap and for a likeness that outlasts it (autocorrelation, summed while positive). */
function independentCount(differences: readonly (number | undefined)[], overlap: number): number {
  const known = differences.filter((difference) => difference !== undefined);
  const mean = average(known);
  const variance = average(known.map((difference) => (difference - mean) ** 2));
  const apart = known.length / overlap;
  if (variance === 0) return apart;
  let likeness = 0;
  for (let lag = Math.ceil(overlap); lag <= known.length / 2; lag += Math.ceil(overlap)) {
    let products = 0;
    for (let i = lag; i < differences.length; i += 1) {
      const [young, old] = [differences[i], differences[i - lag]];
      if (young !== undefined && old !== undefined) products += (young - mean) * (old - mean);
    }
    const correlation = products / known.length / variance;
    if (correlation <= 0) break;
    likeness += correlation;
  }
  return apart / (1 + 2 * likeness);
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
