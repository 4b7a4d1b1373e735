import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

import type { ProfiledHour } from '../../../core/calibration/window-sums.ts';
import { buildContinuousGrid, type ContinuousGrid } from '../../../core/profile/grid.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { hourMs } from '../../../core/window.ts';

/** Standard normal values in which neighbours correlate by that much; a mean of 0, deviation 1. */
export function autoregressive(count: number, coefficient: number, seed = 1): Float64Array {
  const random = xoroshiro128plus(seed);
  const uniform = (): number => ((random.next() >>> 0) + 0.5) / 2 ** 32;
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  let value = normal();
  return Float64Array.from({ length: count }, () => {
    const now = value;
    value = coefficient * value + Math.sqrt(1 - coefficient ** 2) * normal();
    return now;
  });
}

/** The values as profiles of hours (or of days), so many in each, from 1970 on. */
export function hoursOf(
  values: Float64Array,
  perHour = 1,
  length: number = hourMs,
  grid: ContinuousGrid = buildContinuousGrid(values),
): { readonly grid: ContinuousGrid; readonly hours: readonly ProfiledHour[] } {
  const count = Math.floor(values.length / perHour);
  const hours = Array.from({ length: count }, (_, hour) => ({
    start: hour * length,
    profile: buildProfile(grid, values.subarray(hour * perHour, (hour + 1) * perHour)),
  }));
  return { grid, hours };
}
