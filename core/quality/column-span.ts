/** What the checks need to know of one column over some time: a few numbers of its profile. */

import type { ReferenceGrid } from '../profile/grid.ts';
import { rowCountOf, valueCountOf, type Profile } from '../profile/profile.ts';
import type { Window } from '../window.ts';

export interface Extent {
  readonly min: number;
  readonly max: number;
}

export interface ColumnSpan {
  readonly window: Window;
  readonly rows: number;
  /** Neither missing nor invalid. */
  readonly values: number;
  readonly missing: number;
  readonly invalid: number;
  /** Categories that the reference has not seen. */
  readonly unseen: number;
  /** Outside the minimum and maximum of the frozen grid. */
  readonly below: number;
  readonly above: number;
  /** The lowest and the highest value; absent without any, and for a categorical column. */
  readonly extent?: Extent;
  /** The value of every row that has one, where it is the same in all of them. */
  readonly only?: number | string;
}

/**
 * The numbers of a profile. Cost: one pass over its cells.
 *
 * @example
 * const grid = buildContinuousGrid(Float64Array.of(1, 2, 6));
 * columnSpan({ start: 0, end: hourMs }, buildProfile(grid, [7, 7, null]), grid)
 * // { rows: 3, values: 2, missing: 1, above: 2, extent: { min: 7, max: 7 }, only: 7 }
 */
export function columnSpan(window: Window, profile: Profile, grid: ReferenceGrid): ColumnSpan {
  const common = {
    window,
    rows: rowCountOf(profile),
    values: valueCountOf(profile),
    missing: profile.missing,
    invalid: profile.invalid,
  };
  if (profile.kind === 'continuous') {
    const { extent, belowMinimum: below, aboveMaximum: above } = profile;
    if (extent === undefined) return { ...common, unseen: 0, below, above };
    const only = extent.min === extent.max ? { only: extent.min } : {};
    return { ...common, unseen: 0, below, above, extent, ...only };
  }
  const level = grid.kind === 'categorical' ? grid.levels[onlyCellOf(profile.cells)] : undefined;
  const only = level !== undefined && profile.unseen === 0 ? { only: level } : {};
  return { ...common, unseen: profile.unseen, below: 0, above: 0, ...only };
}

/** The one cell that counts anything; -1 where none or several do. */
function onlyCellOf(cells: Float64Array): number {
  const first = cells.findIndex((count) => count > 0);
  return first >= 0 && cells.subarray(first + 1).every((count) => count === 0) ? first : -1;
}

type CountName = 'rows' | 'values' | 'missing' | 'invalid' | 'unseen' | 'below' | 'above';

/** The sum of one count over some spans. */
export function totalOf(spans: readonly ColumnSpan[], name: CountName): number {
  return spans.reduce((sum, span) => sum + span[name], 0);
}

/** The range that holds several; undefined where none of them is known. */
export function extentOf(extents: readonly (Extent | undefined)[]): Extent | undefined {
  const known = extents.filter((extent) => extent !== undefined);
  if (known.length === 0) return undefined;
  return {
    min: known.reduce((lowest, { min }) => Math.min(lowest, min), Infinity),
    max: known.reduce((highest, { max }) => Math.max(highest, max), -Infinity),
  };
}
