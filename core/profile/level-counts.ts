import type { CategoricalGrid } from './grid.ts';
import type { CategoricalProfile } from './profile.ts';

/** How often each level of a column occurs, as a database counts it. */
export interface CountedLevels {
  readonly counts: ReadonlyMap<string, number>;
  /** Values of levels that are not in `counts`. */
  readonly other: number;
  readonly missing: number;
  readonly invalid: number;
}

/**
 * What is the profile of a column whose levels are counted already? Equals `buildProfile` over its rows.
 *
 * @example profileOfLevelCounts(buildCategoricalGrid(['rain']), { counts: new Map([['rain', 2]]), other: 1, missing: 0, invalid: 0 })
 * // { cells: [2], unseen: 1, missing: 0 }
 */
export function profileOfLevelCounts(grid: CategoricalGrid, levels: CountedLevels): CategoricalProfile {
  const cells = Float64Array.from(grid.levels, (level) => levels.counts.get(level) ?? 0);
  const { other, missing, invalid } = levels;
  const counted = [...levels.counts.values()].reduce((sum, count) => sum + count, other);
  const unseen = cells.reduce((rest, count) => rest - count, counted);
  return { kind: 'categorical', grid: grid.fingerprint, cells, missing, invalid, unseen };
}
