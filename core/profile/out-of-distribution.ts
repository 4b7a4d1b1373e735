import { isUsableNumber, levelIndexOf, type ReferenceGrid } from './grid.ts';
import { levelOf } from './profile.ts';

/**
 * Does one value lie outside what the reference knows: below its minimum or above its maximum, more than 3 standard
 * deviations from its mean, or a category that it has not seen?
 *
 * Missing and invalid values are not (they have ratios of their own), and nothing is where the reference has no value.
 *
 * @example isOutOfDistribution(buildCategoricalGrid(['clear', 'rain']), 'snow') // true
 */
export function isOutOfDistribution(grid: ReferenceGrid, value: unknown): boolean {
  if (grid.kind === 'categorical') {
    const level = levelOf(value);
    return level !== undefined && grid.count > 0 && !levelIndexOf(grid).has(level);
  }
  const { summary } = grid;
  if (summary === undefined || typeof value !== 'number' || !isUsableNumber(value)) return false;
  return (
    value < summary.min ||
    value > summary.max ||
    Math.abs(value - summary.mean) > 3 * summary.standardDeviation
  );
}
