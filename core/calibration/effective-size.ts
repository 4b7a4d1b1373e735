/** How many independent rows tell as much as these? */

import type { ReferenceGrid } from '../profile/grid.ts';
import { binCountsOf } from '../statistics/bin-counts.ts';
import type { Sides } from '../statistics/comparison.ts';
import type { Profile } from '../profile/profile.ts';
import { valueCountOf } from '../profile/profile.ts';
import { dayMs } from '../window.ts';
import type { ProfiledHour } from './window-sums.ts';

/** Fewer days do not show what lasts for days: then hours are compared. */
export const fewestDays = 8;
const fewestBatches = 4;
/** How far likeness is followed, in days or hours; with less than four times as many, a quarter of them. */
const longestLikeness = 14;

/**
 * By how much does the uncertainty of a share, or of the mean, exceed that of independent rows (the design effect)?
 *
 * Batch means: days (hours where there are fewer than 8 days) are summed; how much their sums scatter, likeness between
 * neighbouring days included (Newey and West's weights over 14 days), is divided by what independent rows would show. The
 * larger of two numbers: that of the mean, and that of the shares of the bins or levels together. From 1 (independent) up;
 * a daily rhythm does not raise it, an autocorrelation of .95 from hour to hour gives about 39.
 *
 * Where most days have no value at all and fewer than 4 have one, each of those tells no more than one row. 1 with fewer than 4 days or
 * hours, or a constant column. Source: Newey and West (1987), corrected as Kiefer and Vogelsang (2005) have it for few batches; Kish (1965).
 *
 * @example
 * const grid = buildContinuousGrid(Float64Array.of(0, 1, 2, 3));
 * const days = [0, 3, 1, 2, 3, 0, 2, 1].map((value, day) => ({ start: day * dayMs, profile: buildProfile(grid, Float64Array.of(value, value, value)) }));
 * designEffect(grid, days) // 1.98450
 */
export function designEffect(grid: ReferenceGrid, hours: readonly ProfiledHour[]): number {
  const days = batchesOf(grid, hours, dayMs);
  const batches = days.length >= fewestDays ? days : batchesOf(grid, hours, 1);
  const rows = batches.reduce((sum, batch) => sum + batch.count, 0);
  if (batches.length < fewestBatches) {
    const spans = new Set(hours.map(({ start }) => Math.floor(start / dayMs))).size;
    return rows > 0 && spans >= fewestBatches ? rows / batches.length : 1;
  }
  let [scatter, expected] = [0, 0];
  for (let bin = 0; bin < batches[0]!.bins.length; bin += 1) {
    const share = batches.reduce((sum, { bins }) => sum + bins[bin]!, 0) / rows;
    scatter += longRunVariance(batches.map(({ bins, count }) => bins[bin]! - share * count));
    expected += rows * share * (1 - share);
  }
  const ofShares = expected > 0 ? scatter / expected : 1;
  const mean = batches.reduce((sum, batch) => sum + batch.sum, 0) / rows;
  const variance = batches.reduce((sum, batch) => sum + batch.sumOfSquares, 0) / rows - mean ** 2;
  const ofMean =
    variance > 0
      ? longRunVariance(batches.map(({ sum, count }) => sum - mean * count)) / (rows * variance)
      : 1;
  return Math.max(1, ofShares, ofMean);
}

/**
 * Both sides of a comparison in independent rows.
 *
 * @example effectiveSizes({ reference: 744, current: 168 }, 12) // { reference: 62, current: 14 }
 */
export function effectiveSizes(sizes: Sides<number>, designEffect: number): Sides<number> {
  return { reference: sizes.reference / designEffect, current: sizes.current / designEffect };
}

interface Batch {
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly bins: readonly number[];
}

function batchesOf(grid: ReferenceGrid, hours: readonly ProfiledHour[], length: number): Batch[] {
  const batches = new Map<number, Batch>();
  for (const { start, profile } of hours) {
    const count = valueCountOf(profile);
    if (count === 0) continue;
    const key = Math.floor(start / length);
    const bins = binsOf(grid, profile);
    const known = batches.get(key);
    batches.set(key, {
      count: count + (known?.count ?? 0),
      sum: sumOf(profile) + (known?.sum ?? 0),
      sumOfSquares: (profile.kind === 'continuous' ? profile.sumOfSquares : 0) + (known?.sumOfSquares ?? 0),
      bins: known === undefined ? bins : bins.map((inBin, bin) => inBin + known.bins[bin]!),
    });
  }
  return [...batches.values()];
}

function binsOf(grid: ReferenceGrid, profile: Profile): readonly number[] {
  const { current } = binCountsOf({
    kind: grid.kind,
    grid,
    reference: profile,
    current: profile,
  } as Parameters<typeof binCountsOf>[0]);
  return profile.kind === 'categorical' ? [...current, profile.unseen] : current;
}

function sumOf(profile: Profile): number {
  return profile.kind === 'continuous' ? profile.cellSums.reduce((sum, cellSum) => sum + cellSum, 0) : 0;
}

/** Of a sum of numbers whose expectation is 0. */
function longRunVariance(residuals: readonly number[]): number {
  const furthest = Math.min(longestLikeness, Math.floor(residuals.length / 4));
  let variance = 0;
  for (let lag = 0; lag <= furthest; lag += 1) {
    let products = 0;
    for (let i = lag; i < residuals.length; i += 1) products += residuals[i]! * residuals[i - lag]!;
    variance += (lag === 0 ? 1 : 2 * (1 - lag / (furthest + 1))) * products;
  }
  // Since the mean is estimated too, so much of the variance is lost (Kiefer and Vogelsang 2005).
  const followed = (furthest + 1) / residuals.length;
  return Math.max(0, variance) / (1 - followed + followed ** 2 / 3);
}
