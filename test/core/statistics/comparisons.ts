import * as fc from 'fast-check';

import { buildCategoricalGrid, buildContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import type { Comparison, Computation, Found } from '../../../core/statistics/comparison.ts';
import { someTameNumbers } from '../profile/arbitraries.ts';

type ComparisonOf<Kind> = Extract<Comparison, { kind: Kind }>;

/** The grid is made from the reference, and both sides are counted in it. */
export function compareValues(
  reference: Iterable<unknown>,
  current: Iterable<unknown>,
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

/** So few that most values of another sample share a wide cell with others, so many that some do not. */
export const gridNumbers = fc.oneof(
  someTameNumbers.map((values) => values.slice(0, 5)),
  someTameNumbers,
);

/** Both sides counted in the grid of other values: few cells, with many values of both sides in each. */
export function compareInGridOf(
  gridValues: readonly number[],
  reference: readonly number[],
  current: readonly number[],
): ComparisonOf<'continuous'> {
  const grid = buildContinuousGrid(Float64Array.from(gridValues));
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

/** What was found; a reason why not is thrown. */
export function foundOf(computation: Computation): Found {
  if ('notComputable' in computation) throw new Error(computation.notComputable);
  return computation;
}

export function statisticOf(computation: Computation): number {
  return foundOf(computation).statistic;
}

/** The same comparison with its raw values at hand. */
export function withSamples(
  comparison: ComparisonOf<'continuous'>,
  reference: Float64Array,
  current: Float64Array,
): ComparisonOf<'continuous'> {
  return { ...comparison, samples: { reference, current } };
}
