/** Associations of all pairs of columns of a sample, each with how uncertain it is. */

import type { Sides } from '../statistics/comparison.ts';
import { associationOf, frequentLevels, pairColumn, type Association, type PairKind } from './association.ts';
import { rowCountOf, type Sample } from './sample.ts';

/** Rows are left out by contiguous tenths of the time of a sample: neighbours in time are alike. */
export const blocks = 10;
/** Rows with both values that a pair needs. */
const fewestRows = 30;
/** An association of 1 has no Fisher z. */
const strongest = 1 - 1e-9;

/** How two columns go together in one sample. */
export interface BlockedAssociation {
  /** -1 to 1 for two continuous columns, else 0 to 1. */
  readonly value: number;
  /** Its inverse hyperbolic tangent (Fisher's z), on which it is nearly normal, and the variance of that. */
  readonly z: number;
  readonly variance: number;
  /** So many independent rows would be as certain. */
  readonly effectiveSize: number;
}

/** Two columns, and how they go together on either side; undefined where that cannot be told. */
export interface Pair extends Sides<BlockedAssociation | undefined> {
  readonly columns: readonly [string, string];
  readonly kind: PairKind;
}

/**
 * How do all pairs of columns go together in two samples of the same columns?
 *
 * The variance of Fisher's z is that of the jackknife over ten blocks of time, which knows of autocorrelation and of
 * heavy tails, and at least that of independent rows, 1.06 / (n - 3). Levels of categorical columns are those of the
 * reference.
 *
 * Sources: Kuensch (1989), Annals of Statistics 17 (block jackknife); Fieller, Hartley and Pearson (1957), Biometrika
 * 44 (1.06). Cost: pairs x rows of both samples; 66 pairs x 4,000 rows take 5 ms.
 */
export function associatePairs({ reference, current }: Sides<Sample>): Pair[] {
  const prepared = reference.columns.map((column, i) => {
    const levels = frequentLevels(column);
    return { reference: pairColumn(column, levels), current: pairColumn(current.columns[i]!, levels) };
  });
  return prepared.flatMap((a, i) =>
    prepared.slice(i + 1).map((b): Pair => {
      const [before, now] = [associationOf(a.reference, b.reference), associationOf(a.current, b.current)];
      return {
        columns: [a.reference.name, b.reference.name],
        kind: before.kind,
        reference: jackknife(before, rowCountOf(reference)),
        current: jackknife(now, rowCountOf(current)),
      };
    }),
  );
}

function jackknife(association: Association, rows: number): BlockedAssociation | undefined {
  const total = new Float64Array(association.size);
  const ofBlocks = Array.from({ length: blocks }, (_, block) => {
    const sums = new Float64Array(association.size);
    association.add(sums, Math.floor((block * rows) / blocks), Math.floor(((block + 1) * rows) / blocks));
    for (let i = 0; i < sums.length; i += 1) total[i]! += sums[i]!;
    return sums;
  });
  const complete = association.rows(total);
  const value = association.of(total);
  if (complete < fewestRows || value === undefined) return undefined;
  const without = ofBlocks.map((sums) => association.of(total.map((all, i) => all - sums[i]!)));
  // Leaving out the only block in which a column varies: nothing is known about how certain the rest is.
  if (!without.every((each) => each !== undefined)) return undefined;
  const zs = without.map(fisherZ);
  const mean = zs.reduce((sum, z) => sum + z / blocks, 0);
  const byBlocks = ((blocks - 1) / blocks) * zs.reduce((sum, z) => sum + (z - mean) ** 2, 0);
  const variance = Math.max(byBlocks, rankVariance / (complete - 3));
  return { value, z: fisherZ(value), variance, effectiveSize: 3 + rankVariance / variance };
}

/** The variance of the z of a rank correlation of n independent rows, times n - 3. */
const rankVariance = 1.06;

function fisherZ(value: number): number {
  return Math.atanh(Math.min(strongest, Math.max(-strongest, value)));
}
