import { describe, expect, it } from 'vitest';

import { conditionsOn, inWords } from '../../../../core/comparison/weak-slices/slice-conditions.ts';
import type { SampleColumn } from '../../../../core/multivariate/sample.ts';

const numbers = (values: readonly number[]): SampleColumn => ({
  name: 'x',
  kind: 'continuous',
  values: Float64Array.from(values),
});
const levels = (values: readonly (string | null)[]): SampleColumn => ({
  name: 'c',
  kind: 'categorical',
  values,
});
const repeated = <T>(values: readonly T[], times: number): T[] =>
  Array.from({ length: times }, () => values).flat();
const conditions = (column: SampleColumn): string[] =>
  conditionsOn(column).ranges.map(({ condition }) => inWords(condition));

describe('conditionsOn', () => {
  it('takes every run of the six parts of many numbers, but not all of them together', () => {
    const found = conditions(numbers(Array.from({ length: 600 }, (_, i) => i / 10)));
    expect(found).toHaveLength(20);
    expect(found).toContain('x at most 9.9');
    expect(found).toContain('x 10 to 29.9');
    expect(found).toContain('x at least 50');
  });

  it('takes each of few numbers, and their runs', () => {
    expect(conditions(numbers(repeated([1, 2, 5], 20)))).toEqual([
      'x = 1',
      'x at most 2',
      'x = 2',
      'x at least 2',
      'x = 5',
    ]);
  });

  it('takes each of the most frequent levels, and not the rare ones together', () => {
    expect(conditions(levels([...repeated(['a', 'b'], 20), 'rare']))).toEqual(['c = a', 'c = b']);
  });

  it('takes many levels that are all numbers for numbers, few of them for levels', () => {
    expect(
      conditions(
        levels(
          repeated(
            Array.from({ length: 24 }, (_, hr) => String(hr)),
            10,
          ),
        ),
      ),
    ).toContain('c 8 to 11');
    expect(conditions(levels(repeated(['0', '1'], 20)))).toEqual(['c = 0', 'c = 1']);
  });

  it('takes missing values for a condition of their own', () => {
    expect(conditions(numbers([...repeated([1, 2], 20), NaN]))).toEqual(['x = 1', 'x = 2', 'x missing']);
    expect(conditions(levels([...repeated(['a'], 20), null]))).toEqual(['c = a', 'c missing']);
  });

  it('has nothing to say of a number that never varies', () => {
    expect(conditions(numbers(repeated([4], 20)))).toEqual([]);
  });
});
