import { valueCountOf } from '../profile/profile.ts';
import { squaredBridge } from './brownian-bridge.ts';
import {
  cellsOf,
  computeContinuous,
  reasonNoValues,
  withErrorBound,
  type ContinuousComparison,
} from './cells.ts';
import type { Comparison, Computation, Found, Sides } from './comparison.ts';
import { exactCramerVonMisesSurvival } from './cramer-von-mises-exact.ts';
import { mergeSamples } from './merged-samples.ts';
import { cramerVonMisesLimit, quadraticFormSurvival, type QuadraticForm } from './quadratic-form.ts';
import { sumOfSquaresIn } from './squared-differences.ts';
import { runsOf, runsOfCells, runsOfValues, weighs, type Run } from './ties.ts';
import type { Method } from './method.ts';

/** Its row in the registry. */
export const cramerVonMisesMethod = {
  key: 'cramerVonMises',
  label: 'Cramer-von Mises',
  kinds: ['continuous'],
  decidedBy: 'p-value',
  threshold: 0.05,
  floors: { warning: 0.1, critical: 0.25 },
  effectScale: 'root of a sum of squares',
  unit: '',
  source: 'Anderson (1962); Xiao, Gordon and Yakovlev (2007)',
  compute: cramerVonMises,
  pValueAt: cramerVonMisesPValueAt,
} as const satisfies Method;

/** Up to so many values on both sides the p-value is exact: 2 ms. (scipy: 20, which takes a hundred times as long.) */
const mostOfExactLaw = 12;

/**
 * Were two samples drawn from one distribution? Where Kolmogorov-Smirnov looks at the largest difference of the
 * cumulative shares, this one adds up all of them.
 *
 * T = n m / (n + m)^2 times the sum of the squared differences over all values of both samples, from 0 up. Effect: 1 for
 * disjoint samples, 0 for equal ones: sqrt(3) times the root of the mean of the squared differences over the pooled
 * values.
 *
 * The p-value is exact for up to 12 values a side, otherwise from the limit law of the statistic brought to its mean and
 * variance, as scipy's `cramervonmises_2samp`. Where a value holds more than 1/64 of all, it is from the limit law with
 * these ties. There T is that of scipy for samples of the same size only: each of l tied values counts the mean of the
 * squares before and after them. For other sizes scipy adds to the ranks of ties a term that grows with (n - m)^2, and
 * calls equal constant columns different (50 and 20 rows: p = 1.6e-10).
 *
 * From profiles the values of a cell count as evenly spread; `errorBound` holds for any order and any ties of them.
 *
 * Missing and invalid values are left out. Constant equal columns give 0 with p = 1. Not computable: a categorical
 * column, no values on a side, no distribution. Source: Anderson (1962); Xiao, Gordon and Yakovlev (2007). Cost: one pass
 * over the values (25 ms for two million), or over the cells.
 */
export function cramerVonMises(comparison: Comparison): Computation {
  return computeContinuous(comparison, 'an order', cramerVonMisesOfValues, ofCells);
}

/**
 * The same from raw values, both in ascending order and without NaN: exact. `law` forces the law of the p-value.
 *
 * @example cramerVonMisesOfValues(Float64Array.of(1, 2), Float64Array.of(3, 4)) // { statistic: 0.375, pValue: 1 / 3, effect: 1 }
 */
export function cramerVonMisesOfValues(
  reference: Float64Array,
  current: Float64Array,
  law: 'auto' | 'exact' | 'asymptotic' = 'auto',
): Computation {
  const reason = reasonNoValues(reference, current);
  if (reason !== undefined) return { notComputable: reason };
  const [n, m] = [reference.length, current.length];
  const { values, isFirst } = mergeSamples(reference, current);
  let sum = 0;
  let difference = 0;
  let mostTies = 0;
  let inReference = 0;
  let k = 0;
  while (k < values.length) {
    const value = values[k]!;
    const below = k;
    for (; k < values.length && values[k] === value; k += 1) inReference += isFirst[k]!;
    const ties = k - below;
    const after = inReference / n - (k - inReference) / m;
    sum += (ties * (difference * difference + after * after)) / 2;
    difference = after;
    mostTies = Math.max(mostTies, ties);
  }
  const runs = weighs(mostTies, n + m) ? runsOfValues(reference, current) : undefined;
  return resultOf(sum, n, m, law, runs);
}

/**
 * How probable is a statistic as large as the one found when the rows carry the information of only so many independent
 * ones? The limit law at those sizes, since T is proportional to n m / (n + m); at the full ones the p-value that was
 * found.
 */
export function cramerVonMisesPValueAt(
  { statistic, pValue }: Found,
  comparison: Comparison,
  effectiveSizes: Sides<number>,
): number {
  const [n, m] = [valueCountOf(comparison.reference), valueCountOf(comparison.current)];
  const { reference, current } = effectiveSizes;
  if (reference === n && current === m && pValue !== null) return pValue;
  const share = ((reference * current) / (reference + current)) * (1 / n + 1 / m);
  return limitPValue(statistic * share, effectiveSizes, runsOf(comparison));
}

function ofCells(comparison: ContinuousComparison): Computation {
  const [n, m] = [valueCountOf(comparison.reference), valueCountOf(comparison.current)];
  const cells = cellsOf(comparison);
  let [least, even, most] = [0, 0, 0];
  for (const cell of cells) {
    const sums = sumOfSquaresIn(cell);
    least += sums.least;
    even += sums.even;
    most += sums.most;
  }
  const found = resultOf(even, n, m, 'auto', runsOfCells(cells));
  return withErrorBound(found, Math.max(most - even, even - least) * perSum(n, m));
}

function perSum(n: number, m: number): number {
  return (n * m) / (n + m) ** 2;
}

function resultOf(
  sum: number,
  n: number,
  m: number,
  law: 'auto' | 'exact' | 'asymptotic',
  runs: readonly Run[] | undefined,
): Found {
  const statistic = sum * perSum(n, m);
  const isExact =
    law === 'exact' || (law === 'auto' && Math.max(n, m) <= mostOfExactLaw && runs === undefined);
  return {
    statistic,
    pValue: isExact
      ? exactCramerVonMisesSurvival(n, m, sum)
      : limitPValue(statistic, { reference: n, current: m }, runs),
    // Of distinct disjoint samples the mean of the squares is 1 / 3 (1 + 1 / (2 n m)).
    effect: Math.min(1, Math.sqrt((3 * sum) / (n + m))),
  };
}

/**
 * The statistic, brought from its mean and variance at these sizes to those of the limit law (Anderson 1962, equation
 * 15). Fewer than one row count as one; of one against one nothing can be said.
 */
function limitPValue(statistic: number, sizes: Sides<number>, runs: readonly Run[] | undefined): number {
  const n = Math.max(1, sizes.reference);
  const m = Math.max(1, sizes.current);
  const N = n + m;
  const variance = ((N + 1) * (4 * n * m * N - 3 * (n * n + m * m) - 2 * n * m)) / (180 * N * N * n * m);
  if (statistic <= 0 || variance <= 0) return 1;
  if (runs !== undefined) return quadraticFormSurvival((statistic * (N - 1)) / N, lawOf(runs));
  const mean = (1 + 1 / N) / 6;
  const stretch = Math.sqrt(cramerVonMisesLimit.variance / variance);
  return quadraticFormSurvival(cramerVonMisesLimit.mean + (statistic - mean) * stretch, cramerVonMisesLimit);
}

/** Between two runs the bridge counts with half the values of each. */
function lawOf(runs: readonly Run[]): QuadraticForm {
  let at = 0;
  return squaredBridge(
    runs.slice(1).map(({ share }, i) => {
      const before = runs[i]!.share;
      at += before;
      return { at, weight: (before + share) / 2, lessVariance: 0 };
    }),
  );
}
