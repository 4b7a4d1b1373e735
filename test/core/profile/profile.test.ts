import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  buildCategoricalGrid,
  buildContinuousGrid,
  gridFromTrainingStatistics,
} from '../../../core/profile/grid.ts';
import {
  buildProfile,
  createAccumulator,
  emptyProfile,
  isConstant,
  levelOf,
  momentsOf,
  requireGrid,
  rowCountOf,
  valueCountOf,
} from '../../../core/profile/profile.ts';
import { cellOfRow, level, numbers } from './arbitraries.ts';

const grid = buildContinuousGrid(Float64Array.of(1, 1, 1));

describe('the profile of a continuous column', () => {
  it('counts every value in its cell, and what lies outside the range of the reference', () => {
    expect(buildProfile(grid, [0, 1, 1, 5, 6])).toEqual({
      kind: 'continuous',
      grid: grid.fingerprint,
      cells: Float64Array.of(1, 2, 2),
      cellSums: Float64Array.of(-1, 0, 9),
      missing: 0,
      invalid: 0,
      belowMinimum: 1,
      aboveMaximum: 2,
      beyondThreeDeviations: 3,
      sumOfSquares: 42,
      extent: { min: 0, max: 6 },
    });
  });

  it('tells missing from invalid: null and undefined are missing, other types and what is not finite are invalid', () => {
    const profile = buildProfile(grid, [null, undefined, '1', true, {}, [], NaN, Infinity, 1e200, 1]);
    expect(profile).toMatchObject({ missing: 2, invalid: 7 });
    expect([valueCountOf(profile), rowCountOf(profile)]).toEqual([1, 10]);
  });

  it('counts beyond 3 standard deviations of the reference', () => {
    const known = gridFromTrainingStatistics({ min: -100, max: 100, mean: 0, std: 1 });
    expect(buildProfile(known, [-3.01, -3, 0, 3, 3.01, 101])).toMatchObject({
      beyondThreeDeviations: 3,
      aboveMaximum: 1,
    });
  });

  it('calls nothing out of range where the reference has no value', () => {
    const profile = buildProfile(buildContinuousGrid(new Float64Array()), [1, -5]);
    expect(profile).toMatchObject({ belowMinimum: 0, aboveMaximum: 0, beyondThreeDeviations: 0 });
    expect(profile.cells).toEqual(Float64Array.of(2));
  });

  it('has no extent and no moments without values', () => {
    const profile = buildProfile(grid, [null, 'x']);
    expect(profile).not.toHaveProperty('extent');
    expect(momentsOf(profile, grid)).toBeUndefined();
  });

  it('knows the exact mean and deviation, also behind an offset of 1e9', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 4) / 4);
    const far = buildContinuousGrid(values);
    const moments = momentsOf(buildProfile(far, values), far);
    expect(moments?.mean).toBeCloseTo(1e9 + 0.375, 6);
    expect(moments?.standardDeviation).toBeCloseTo(Math.sqrt(5 / 64), 9);
  });

  it('is the same for numbers in an array of float64, with missing ones counted beside it', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.nat(), (reference, values, missing) => {
        const some = buildContinuousGrid(Float64Array.from(reference));
        const column = createAccumulator(some);
        column.addNumbers(Float64Array.from([...values, NaN]), missing);
        expect(column.profile()).toEqual({ ...buildProfile(some, [...values, NaN]), missing });
      }),
    );
  });

  it('is the same value by value and in arrays of any length, longer than what is counted at a time too', () => {
    const values = Float64Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? NaN : Math.tan(i)));
    const some = buildContinuousGrid(values.subarray(0, 900));
    const column = createAccumulator(some);
    column.add(values[0]);
    column.addNumbers(values.subarray(1, 3000));
    for (const value of values.subarray(3000)) column.add(value);
    expect(column.profile()).toEqual(buildProfile(some, values));
    expect(buildProfile(some, [...values])).toEqual(buildProfile(some, values));
  });

  it('has count x value as the sum of a cell of one value, in any order of rows', () => {
    const tenths = buildContinuousGrid(Float64Array.of(0.1, 0.1, 0.1, 0.7, 0.7, 0.9));
    const rows = Array.from({ length: 1000 }, (_, i) => [0.1, 0.7, 0.9][i % 3]!);
    const { cells, cellSums } = buildProfile(tenths, rows);
    expect(
      buildProfile(
        tenths,
        rows.toSorted((a, b) => a - b),
      ).cellSums,
    ).toEqual(cellSums);
    const cell = tenths.edges.indexOf(0.7) + 1;
    expect([cells[cell], cellSums[cell]]).toEqual([333, 333 * (0.7 - tenths.summary!.mean)]);
  });

  it('accounts for every row, whatever it holds', () => {
    fc.assert(
      fc.property(numbers, fc.array(cellOfRow), (reference, rows) => {
        const profile = buildProfile(buildContinuousGrid(Float64Array.from(reference)), rows);
        expect(rowCountOf(profile)).toBe(rows.length);
        const { sumOfSquares, cellSums } = profile;
        expect([sumOfSquares, ...cellSums].every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('is not changed by values that are added later', () => {
    const column = createAccumulator(grid);
    column.add(1);
    const before = column.profile();
    column.add(1);
    expect([valueCountOf(before), valueCountOf(column.profile())]).toEqual([1, 2]);
  });
});

describe('the profile of a categorical column', () => {
  it('counts levels, what is unseen, missing and invalid', () => {
    const weather = buildCategoricalGrid(['clear', 'clear', 'rain']);
    expect(buildProfile(weather, ['rain', 'snow', null, 'clear', 'clear', {}, [], NaN])).toEqual({
      kind: 'categorical',
      grid: weather.fingerprint,
      cells: Float64Array.of(2, 1),
      missing: 1,
      invalid: 3,
      unseen: 1,
    });
  });

  it('takes numbers and booleans as their text', () => {
    expect([levelOf(1), levelOf('1'), levelOf(true), levelOf(null), levelOf(NaN), levelOf({})]).toEqual([
      '1',
      '1',
      'true',
      undefined,
      undefined,
      undefined,
    ]);
    expect(buildProfile(buildCategoricalGrid(['1', 'true']), [1, true]).cells).toEqual(Float64Array.of(1, 1));
  });

  it('accounts for every row', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', '1')), fc.array(level), (reference, rows) => {
        expect(rowCountOf(buildProfile(buildCategoricalGrid(reference), rows))).toBe(rows.length);
      }),
    );
  });
});

describe('emptyProfile', () => {
  it('has no rows', () => {
    expect(rowCountOf(emptyProfile(grid))).toBe(0);
  });
});

describe('isConstant', () => {
  it('is true where all values are one', () => {
    const weather = buildCategoricalGrid(['clear', 'rain']);
    expect(isConstant(buildProfile(grid, [7, 7, null]))).toBe(true);
    expect(isConstant(buildProfile(grid, [7, 7.5]))).toBe(false);
    expect(isConstant(buildProfile(weather, ['rain', null, 'rain']))).toBe(true);
    expect(isConstant(buildProfile(weather, ['rain', 'snow']))).toBe(false);
  });

  it('is false without values', () => {
    expect(isConstant(buildProfile(grid, [null]))).toBe(false);
    expect(isConstant(emptyProfile(buildCategoricalGrid(['a'])))).toBe(false);
  });
});

describe('requireGrid', () => {
  it('refuses a profile that was counted in another grid', () => {
    const other = buildContinuousGrid(Float64Array.of(1, 2));
    expect(() => requireGrid(grid, emptyProfile(other))).toThrow(
      expect.objectContaining({ code: 'INVALID_PROFILE' }),
    );
    expect(requireGrid(grid, emptyProfile(grid))).toEqual(emptyProfile(grid));
  });
});
