/** What is said about a column beside its drift: means, and shares of rows and values. */

import { momentsOf, rowCountOf, valueCountOf } from '../profile/profile.ts';
import type { Comparison, Sides } from '../statistics/comparison.ts';
import type { Computed } from '../verdict.ts';

export interface ColumnFacts {
  /** Values that were compared. */
  readonly sampleSizes: Sides<number>;
  /** All rows: values, missing and invalid. */
  readonly rows: Sides<number>;
  readonly means: Sides<Computed>;
  /** Of the rows of the current window. */
  readonly missingRatio: Computed;
  /** Of the rows of the current window: another type than the column's, NaN or infinite. */
  readonly invalidRatio: Computed;
  /** Of the values of the current window: outside the minimum and maximum of the reference. */
  readonly outOfRangeRatio: Computed;
  /** Of the values: more than 3 standard deviations of the reference from its mean. */
  readonly beyondThreeDeviationsRatio: Computed;
  /** Of the values: categories that the reference has not seen. */
  readonly unseenRatio: Computed;
}

const referenceIsEmpty: Computed = { notComputable: 'the reference has no value' };
const currentIsEmpty: Computed = { notComputable: 'the current window has no value' };

/**
 * The facts of a comparison; an empty side gives reasons instead of numbers.
 *
 * @example
 * const grid = buildCategoricalGrid(['clear', 'clear', 'clear', 'rain']);
 * const reference = buildProfile(grid, ['clear', 'clear', 'clear', 'rain']);
 * factsOf(compareProfiles(grid, reference, buildProfile(grid, ['clear', 'snow', null, 'rain'])))
 * // { sampleSizes: { reference: 4, current: 3 }, rows: { reference: 4, current: 4 }, missingRatio: { value: 0.25 }, unseenRatio: { value: 0.333 } }
 */
export function factsOf(comparison: Comparison): ColumnFacts {
  const { reference, current } = comparison;
  const rows = { reference: rowCountOf(reference), current: rowCountOf(current) };
  const ofRows = (count: number): Computed =>
    rows.current === 0 ? { notComputable: 'the current window has no row' } : { value: count / rows.current };
  return {
    sampleSizes: { reference: valueCountOf(reference), current: valueCountOf(current) },
    rows,
    means: meansOf(comparison),
    missingRatio: ofRows(current.missing),
    invalidRatio: ofRows(current.invalid),
    ...outsideRatiosOf(comparison),
  };
}

function meansOf(comparison: Comparison): Sides<Computed> {
  if (comparison.kind === 'categorical') {
    const none = { notComputable: 'a categorical column has no mean' };
    return { reference: none, current: none };
  }
  const { grid, reference, current } = comparison;
  // Training statistics know the mean, but have no rows to profile.
  const ofReference = momentsOf(reference, grid) ?? grid.summary;
  const ofCurrent = momentsOf(current, grid);
  return {
    reference: ofReference === undefined ? referenceIsEmpty : { value: ofReference.mean },
    current: ofCurrent === undefined ? currentIsEmpty : { value: ofCurrent.mean },
  };
}

function outsideRatiosOf(
  comparison: Comparison,
): Pick<ColumnFacts, 'outOfRangeRatio' | 'beyondThreeDeviationsRatio' | 'unseenRatio'> {
  const values = valueCountOf(comparison.current);
  const ofValues = (count: number): Computed => (values === 0 ? currentIsEmpty : { value: count / values });
  if (comparison.kind === 'categorical') {
    const noRange = { notComputable: 'a categorical column has no range' };
    return {
      outOfRangeRatio: noRange,
      beyondThreeDeviationsRatio: noRange,
      unseenRatio: comparison.grid.count === 0 ? referenceIsEmpty : ofValues(comparison.current.unseen),
    };
  }
  const { grid, current } = comparison;
  const isKnown = grid.summary !== undefined;
  return {
    outOfRangeRatio: isKnown ? ofValues(current.belowMinimum + current.aboveMaximum) : referenceIsEmpty,
    beyondThreeDeviationsRatio: isKnown ? ofValues(current.beyondThreeDeviations) : referenceIsEmpty,
    unseenRatio: { notComputable: 'a continuous column has no categories' },
  };
}
