import { reasonNotComparable, type Comparison, type Computation } from './comparison.ts';
import { kolmogorovSurvival } from './kolmogorov-distribution.ts';
import { valueCountOf } from '../profile/profile.ts';

/**
 * Were two samples drawn from one continuous distribution? The largest distance between their cumulative shares, from 0
 * (equal) to 1 (one lies entirely below the other); effect is the same number.
 *
 * Read at the edges of the grid: never above the value of the raw rows, and below it by at most the share of the largest
 * cell of the reference that is wider than one value (1/250 without ties). The p-value is two-sided, from the law of the
 * one-sample statistic at the effective size n m / (n + m), as scipy's `ks_2samp(method='asymp')`; it assumes independent rows.
 *
 * Missing and invalid values are left out. Constant equal columns give 0 with p = 1. Not computable: a categorical column,
 * no values on a side, no distribution. Source: Smirnov (1948); Simard and L'Ecuyer (2011). Cost: one pass over the cells.
 */
export function kolmogorovSmirnov(comparison: Comparison): Computation {
  if (comparison.kind !== 'continuous') return { notComputable: 'only a continuous column has an order' };
  const reason = reasonNotComparable(comparison);
  if (reason !== undefined) return { notComputable: reason };
  const { reference, current } = comparison;
  const sizes = [valueCountOf(reference), valueCountOf(current)] as const;
  let distance = 0;
  let belowInReference = 0;
  let belowInCurrent = 0;
  for (const [cell, count] of reference.cells.entries()) {
    belowInReference += count;
    belowInCurrent += current.cells[cell]!;
    distance = Math.max(distance, Math.abs(belowInReference / sizes[0] - belowInCurrent / sizes[1]));
  }
  return result(distance, ...sizes);
}

/**
 * The same from raw values, both in ascending order and without NaN: exact, whatever the ties.
 *
 * @example ksOfValues(Float64Array.of(1, 2), Float64Array.of(3, 4)) // { statistic: 1, pValue: 0, effect: 1 }
 */
export function ksOfValues(reference: Float64Array, current: Float64Array): Computation {
  if (reference.length === 0) return { notComputable: 'the reference has no value' };
  if (current.length === 0) return { notComputable: 'the current window has no value' };
  let distance = 0;
  let i = 0;
  let j = 0;
  while (i < reference.length && j < current.length) {
    // Both sides step over all ties before they are compared.
    const value = Math.min(reference[i]!, current[j]!);
    while (i < reference.length && reference[i]! <= value) i += 1;
    while (j < current.length && current[j]! <= value) j += 1;
    distance = Math.max(distance, Math.abs(i / reference.length - j / current.length));
  }
  return result(distance, reference.length, current.length);
}

function result(distance: number, n: number, m: number): Computation {
  return {
    statistic: distance,
    pValue: kolmogorovSurvival(roundHalfToEven((n * m) / (n + m)), distance),
    effect: distance,
  };
}

/** As numpy rounds. One row against one row rounds to 0, where every distance has p = 1. */
function roundHalfToEven(size: number): number {
  const floor = Math.floor(size);
  const up = size - floor > 0.5 || (size - floor === 0.5 && floor % 2 === 1);
  return up ? floor + 1 : floor;
}
