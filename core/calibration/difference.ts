import type { ReferenceGrid } from '../profile/grid.ts';
import { momentsOf, type Profile } from '../profile/profile.ts';
import { compareProfiles } from '../statistics/comparison.ts';
import { computeMethod, methodOf, type MethodName } from '../statistics/registry.ts';

/**
 * The effect of a method between a base and a window, on one scale whatever the base: standard deviations are those that
 * froze the grid. Undefined where it cannot be computed.
 *
 * @example
 * const grid = buildContinuousGrid(Float64Array.of(0, 2, 4, 6));
 * const [base, window] = [[0, 2, 4, 6], [1, 3, 5, 7]].map((values) => buildProfile(grid, values));
 * differenceBetween('wasserstein', grid, base, window) // 1 / Math.sqrt(5)
 */
export function differenceBetween(
  method: MethodName,
  grid: ReferenceGrid,
  base: Profile,
  window: Profile,
): number | undefined {
  const found = computeMethod(method, compareProfiles(grid, base, window));
  if ('notComputable' in found) return undefined;
  if (methodOf(method).unit !== ' sd' || grid.kind !== 'continuous' || base.kind !== 'continuous')
    return found.effect;
  const ofBase = momentsOf(base, grid)?.standardDeviation ?? 0;
  const ofGrid = grid.summary?.standardDeviation ?? 0;
  return ofBase > 0 && ofGrid > 0 ? (found.effect * ofBase) / ofGrid : found.effect;
}

/**
 * A window with fewer rows than usual differs more by chance alone: its difference is held against those of full windows
 * only after it is made smaller by the square root of the share of the rows that it has.
 *
 * @example asOfFullWindow(0.4, 42, 168) // 0.2
 */
export function asOfFullWindow(difference: number, rows: number, usualRows: number): number {
  return difference * Math.sqrt(Math.min(1, rows / usualRows));
}
