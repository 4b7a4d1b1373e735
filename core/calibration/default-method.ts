import type { ReferenceGrid } from '../profile/grid.ts';
import type { MethodName } from '../statistics/registry.ts';

/** The bins of a column in which no value holds a tenth of the rows. */
const allBins = 10;

/**
 * Which method decides where the monitor names none?
 *
 * Wasserstein for a continuous column; Kolmogorov-Smirnov where one value holds a tenth of it (rain, counts with many zeros:
 * a distance in standard deviations is made by its few large values); Jensen-Shannon for a categorical one.
 *
 * @example defaultMethodOf(buildContinuousGrid(Float64Array.of(0, 0, 0, 1, 2))) // 'kolmogorov-smirnov'
 */
export function defaultMethodOf(grid: ReferenceGrid): MethodName {
  if (grid.kind === 'categorical') return 'jensen-shannon';
  return grid.binStarts.length < allBins && grid.count > 0 ? 'kolmogorov-smirnov' : 'wasserstein';
}
