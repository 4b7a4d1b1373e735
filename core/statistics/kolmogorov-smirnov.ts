import { valueCountOf } from '../profile/profile.ts';
import {
  cellsOf,
  computeContinuous,
  isMixed,
  reasonNoValues,
  withErrorBound,
  type ContinuousComparison,
} from './cells.ts';
import type { Comparison, Computation, Found, Sides } from './comparison.ts';
import { kolmogorovSurvival, twoSampleKolmogorovSurvival } from './kolmogorov-distribution.ts';
import { largestShareDistance } from './sorted-distances.ts';
import type { Method } from './method.ts';

/** Its row in the registry. */
export const kolmogorovSmirnovMethod = {
  key: 'ks',
  label: 'KS',
  kinds: ['continuous'],
  decidedBy: 'p-value',
  threshold: 0.05,
  floors: { warning: 0.1, critical: 0.25 },
  effectScale: 'absolute differences',
  unit: '',
  source: "Smirnov (1948); Hodges (1958); Simard and L'Ecuyer (2011)",
  compute: kolmogorovSmirnov,
  pValueAt: kolmogorovSmirnovPValueAt,
} as const satisfies Method;

/** Up to so many pairs of a value of each side, the exact law takes at most 0.2 ms. */
const mostPairsOfExactLaw = 50_000;

/**
 * Were two samples drawn from one continuous distribution? The largest distance between their cumulative shares, from 0
 * (equal) to 1 (one lies entirely below the other); effect is the same number.
 *
 * From profiles it is read at the edges of the cells, never above the value of the raw rows; `errorBound` says how far
 * below at most. Inside a cell that holds the shares f and g of the two sides, the difference of the cumulative shares, d
 * at its start, stays between d - g and d + f, and some rows with these counts reach either: no tighter bound follows
 * from counts. It is at most the smaller of f and g (1/250 without ties), and 0 where one of them is.
 *
 * The p-value is two-sided and assumes independent rows. As scipy's `ks_2samp`: exact (`method='exact'`) up to 50,000
 * pairs of rows n m, otherwise from the law of the one-sample statistic at the effective size n m / (n + m)
 * (`method='asymp'`), which just above is off by 2 to 9% at p = .05 and 4 to 13% at .001, for 5,000 rows a side by 2 and
 * 3%. Both take values as distinct: with ties the p-value is too large, never too small.
 *
 * Missing and invalid values are left out. Constant equal columns give 0 with p = 1. Not computable: a categorical
 * column, no values on a side, no distribution. Source: Smirnov (1948); Hodges (1958); Simard and L'Ecuyer (2011). Cost:
 * one pass over the cells, or over strides of the values (5 ms for two million).
 */
export function kolmogorovSmirnov(comparison: Comparison): Computation {
  return computeContinuous(comparison, 'an order', kolmogorovSmirnovOfValues, ofCells);
}

/**
 * The same from raw values, both in ascending order and without NaN: exact, whatever the ties. `law` forces the law of
 * the p-value.
 *
 * @example kolmogorovSmirnovOfValues(Float64Array.of(1, 2), Float64Array.of(3, 4)) // { statistic: 1, pValue: 1 / 3, effect: 1 }
 */
export function kolmogorovSmirnovOfValues(
  reference: Float64Array,
  current: Float64Array,
  law: 'auto' | 'exact' | 'asymptotic' = 'auto',
): Computation {
  const reason = reasonNoValues(reference, current);
  if (reason !== undefined) return { notComputable: reason };
  return resultOf(largestShareDistance(reference, current), reference.length, current.length, law);
}

/**
 * How probable is a distance as large as the one found when the rows carry the information of only so many independent
 * ones? The asymptotic law at those sizes; at the full ones the p-value that was found. Cost: up to 0.4 ms.
 */
export function kolmogorovSmirnovPValueAt(
  { statistic, pValue }: Found,
  { reference, current }: Comparison,
  effectiveSizes: Sides<number>,
): number {
  const isFull =
    effectiveSizes.reference === valueCountOf(reference) && effectiveSizes.current === valueCountOf(current);
  if (isFull && pValue !== null) return pValue;
  return asymptoticPValue(statistic, effectiveSizes.reference, effectiveSizes.current);
}

function ofCells(comparison: ContinuousComparison): Computation {
  let distance = 0;
  let highest = 0;
  for (const cell of cellsOf(comparison)) {
    distance = Math.max(distance, Math.abs(cell.after));
    if (isMixed(cell)) highest = Math.max(highest, cell.before + cell.rise, cell.fall - cell.before);
  }
  const { reference, current } = comparison;
  return withErrorBound(
    resultOf(distance, valueCountOf(reference), valueCountOf(current), 'auto'),
    highest - distance,
  );
}

function resultOf(distance: number, n: number, m: number, law: 'auto' | 'exact' | 'asymptotic'): Found {
  const isExact = law === 'exact' || (law === 'auto' && n * m <= mostPairsOfExactLaw);
  const pValue = isExact ? twoSampleKolmogorovSurvival(n, m, distance) : asymptoticPValue(distance, n, m);
  return { statistic: distance, pValue, effect: distance };
}

function asymptoticPValue(distance: number, n: number, m: number): number {
  return kolmogorovSurvival(roundHalfToEven((n * m) / (n + m)), distance);
}

/** As numpy rounds. One row against one row rounds to 0, where every distance has p = 1. */
function roundHalfToEven(size: number): number {
  const floor = Math.floor(size);
  const up = size - floor > 0.5 || (size - floor === 0.5 && floor % 2 === 1);
  return up ? floor + 1 : floor;
}
