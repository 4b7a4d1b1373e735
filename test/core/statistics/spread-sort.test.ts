import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { spreadSort } from '../../../core/statistics/spread-sort.ts';

/** Numbers that look random, the same in every run. */
function numbers(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => Math.abs(Math.sin(i + 1) * 43_758.5453) % 1);
}

function sortedBySpread(values: Float64Array): Float64Array | 'not spread' {
  const sorted = values.slice();
  return spreadSort(sorted, new Float64Array(values.length)) ? sorted : 'not spread';
}

describe('a sort by spread', () => {
  it.each([
    ['evenly spread values', numbers(5_000)],
    ['a bell', numbers(5_000).map((x, i) => Math.sqrt(-2 * Math.log(1 - x)) * Math.cos(i))],
    ['a long tail', numbers(5_000).map((x) => Math.exp(4 * x))],
    ['negative and positive values', numbers(5_000).map((x) => (x - 0.5) * 1e100)],
    ['20 distinct values', numbers(5_000).map((x) => Math.floor(x * 20))],
    ['values far from 0', numbers(5_000).map((x) => 1e9 + x)],
    ['values in descending order', Float64Array.from({ length: 5_000 }, (_, i) => 5_000 - i)],
    ['a crowd in the second round', numbers(5_000).map((x, i) => (i % 10 === 0 ? 0.5 + x * 1e-12 : x))],
    ['infinities', numbers(5_000).map((x, i) => (i % 100 === 0 ? Infinity : x))],
  ])('orders %s, or leaves them alone', (_, values) => {
    const sorted = sortedBySpread(values);
    if (sorted !== 'not spread') expect(sorted).toEqual(values.slice().sort());
  });

  it('orders any values that it takes on', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 300 }), (list) => {
        const values = Float64Array.from(list, (value) => value + 0);
        const sorted = sortedBySpread(values);
        if (sorted !== 'not spread') expect(sorted).toEqual(values.slice().sort());
      }),
    );
  });

  it('drops the sign of zero', () => {
    const values = numbers(5_000).map((x, i) => (i === 9 ? -0 : x - 0.5));
    expect(spreadSort(values, new Float64Array(5_000))).toBe(true);
    expect(values.some((value) => value === 0)).toBe(true);
    expect(values.some((value) => Object.is(value, -0))).toBe(false);
  });

  it('takes on what is spread', () => {
    expect(sortedBySpread(numbers(5_000))).not.toBe('not spread');
    expect(sortedBySpread(numbers(5_000).map((x) => Math.floor(x * 20)))).not.toBe('not spread');
  });

  it.each([
    ['an outlier', numbers(5_000).map((x, i) => (i === 7 ? 1e9 : x))],
    ['a value that holds a quarter of the rows', numbers(5_000).map((x, i) => (i % 4 === 0 ? 0 : x))],
    ['a range without bounds', numbers(5_000).map((x, i) => (i % 100 === 0 ? Infinity : x))],
    ['a constant', new Float64Array(5_000).fill(3)],
  ])('leaves %s to another sort, untouched', (_, values) => {
    const before = values.slice();
    expect(sortedBySpread(values)).toBe('not spread');
    expect(values).toEqual(before);
  });
});
