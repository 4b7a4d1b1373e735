import { buildCategoricalGrid, buildContinuousGrid, nextUp } from '../../../core/profile/grid.ts';
import { buildProfile, valueCountOf } from '../../../core/profile/profile.ts';
import type { Comparison, Computation } from '../../../core/statistics/comparison.ts';

type ComparisonOf<Kind> = Extract<Comparison, { kind: Kind }>;

/** The grid is made from the reference, and both sides are counted in it. */
export function compareValues(
  reference: readonly unknown[],
  current: readonly unknown[],
): ComparisonOf<'continuous'> {
  const grid = buildContinuousGrid(
    Float64Array.from(reference, (value) => (typeof value === 'number' ? value : NaN)),
  );
  return {
    kind: 'continuous',
    grid,
    reference: buildProfile(grid, reference),
    current: buildProfile(grid, current),
  };
}

export function levelComparison(
  reference: readonly (string | null)[],
  current: readonly (string | null)[],
): ComparisonOf<'categorical'> {
  const grid = buildCategoricalGrid(reference.filter((level) => level !== null));
  return {
    kind: 'categorical',
    grid,
    reference: buildProfile(grid, reference),
    current: buildProfile(grid, current),
  };
}

export function statisticOf(computation: Computation): number {
  if ('notComputable' in computation) throw new Error(computation.notComputable);
  return computation.statistic;
}

/** How far KS of profiles may fall short: the share of the largest cell of the reference that is wider than one value. */
export function ksBoundOf({ grid, reference }: ComparisonOf<'continuous'>): number {
  const wide = reference.cells.filter((_, cell) => grid.edges[cell] !== nextUp(grid.edges[cell - 1] ?? 0));
  return Math.max(...wide) / valueCountOf(reference);
}

/** How far Wasserstein of profiles may fall short: per inner cell, its width times the share of both samples in it. */
export function wassersteinBoundOf({ grid, reference, current }: ComparisonOf<'continuous'>): number {
  const shareIn = (cell: number): number =>
    reference.cells[cell]! / valueCountOf(reference) + current.cells[cell]! / valueCountOf(current);
  return grid.edges.slice(1).reduce((sum, hi, i) => sum + (hi - grid.edges[i]!) * shareIn(i + 1), 0);
}
