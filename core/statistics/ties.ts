/** Values that occur so often that they change the law of a rank statistic. */

import { cellsOf, type Cell } from './cells.ts';
import type { Comparison } from './comparison.ts';

/** A run of the pooled values in ascending order. */
export interface Run {
  /** Its share of all values. */
  readonly share: number;
  /** All its values are equal; otherwise they are distinct, or ties of no weight. */
  readonly isTie: boolean;
}

/** Ties of fewer values change a p-value by less than a twentieth. */
const tieShare = 1 / 64;
/** Distinct values are put together into runs of at most this share: a p-value changes by less than a hundredth. */
const runShare = 1 / 32;

/** Does so often a value among so many change the law? */
export function weighs(ties: number, total: number): boolean {
  return ties > 1 && ties > tieShare * total;
}

/** The runs of two ascending samples; undefined where no value is tied that often. Cost: one pass over the values. */
export function runsOfValues(reference: Float64Array, current: Float64Array): readonly Run[] | undefined {
  const total = reference.length + current.length;
  const runs = createRuns(total);
  let i = 0;
  let j = 0;
  while (i < reference.length || j < current.length) {
    const before = i + j;
    const value =
      j === current.length || (i < reference.length && reference[i]! <= current[j]!)
        ? reference[i]!
        : current[j]!;
    while (i < reference.length && reference[i] === value) i += 1;
    while (j < current.length && current[j] === value) j += 1;
    const count = i + j - before;
    runs.add(count, weighs(count, total));
  }
  return runs.end();
}

/** The same of the cells of two profiles: only cells of one value are ties. */
export function runsOfCells(cells: readonly Cell[]): readonly Run[] | undefined {
  const total = cells.reduce((sum, { inReference, inCurrent }) => sum + inReference + inCurrent, 0);
  const runs = createRuns(total);
  for (const { inReference, inCurrent, isPoint } of cells) {
    const count = inReference + inCurrent;
    runs.add(count, isPoint && weighs(count, total));
  }
  return runs.end();
}

function createRuns(total: number) {
  const runs: Run[] = [];
  let open = 0;
  let hasTies = false;
  const close = (): void => {
    const pieces = Math.ceil(open / total / runShare);
    for (let piece = 0; piece < pieces; piece += 1) runs.push({ share: open / total / pieces, isTie: false });
    open = 0;
  };
  return {
    add: (count: number, isTie: boolean): void => {
      if (isTie) {
        close();
        runs.push({ share: count / total, isTie: true });
        hasTies = true;
        return;
      }
      open += count;
      if (open >= runShare * total) close();
    },
    end: (): readonly Run[] | undefined => {
      close();
      return hasTies ? runs : undefined;
    },
  };
}

/** The runs of what is compared, from its values where they are at hand. */
export function runsOf(comparison: Comparison): readonly Run[] | undefined {
  if (comparison.kind !== 'continuous') return undefined;
  const { samples } = comparison;
  return samples === undefined
    ? runsOfCells(cellsOf(comparison))
    : runsOfValues(samples.reference, samples.current);
}
