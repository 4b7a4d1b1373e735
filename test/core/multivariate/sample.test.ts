import { describe, expect, it } from 'vitest';

import { joinColumns, rowCountOf, rowsWhere, sampleOf } from '../../../core/multivariate/sample.ts';

const columns = [
  { name: 'hum', kind: 'continuous' },
  { name: 'sky', kind: 'categorical' },
] as const;

describe('sampleOf', () => {
  it('puts rows in the order of time, and reads what is no usable value as missing', () => {
    const sample = sampleOf(columns, [
      { time: 3, values: ['high', { a: 1 }] },
      { time: 1, values: [0.5, 'clear'] },
      { time: 2, values: [null, 7] },
      { time: 4, values: [1e300, undefined] },
    ]);
    expect(sample.times).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(sample.columns[0]?.values).toEqual(Float64Array.of(0.5, NaN, NaN, NaN));
    expect(sample.columns[1]?.values).toEqual(['clear', '7', null, null]);
  });

  it('may be empty', () => {
    const empty = sampleOf(columns, []);
    expect(rowCountOf(empty)).toBe(0);
    expect(empty.columns.map(({ values }) => values.length)).toEqual([0, 0]);
  });
});

describe('joinColumns and rowsWhere', () => {
  const a = sampleOf(columns, [{ time: 1, values: [1, 'x'] }]);
  const b = sampleOf(columns, [
    { time: 0, values: [2, 'y'] },
    { time: 5, values: [3, null] },
  ]);

  it('put the rows of one sample before those of the other', () => {
    expect(joinColumns(a, b).map(({ values }) => [...values])).toEqual([
      [1, 2, 3],
      ['x', 'y', null],
    ]);
  });

  it('keep the rows of wanted times', () => {
    const kept = rowsWhere(b, (time) => time > 0);
    expect(kept.times).toEqual(Float64Array.of(5));
    expect(kept.columns.map(({ values }) => [...values])).toEqual([[3], [null]]);
  });
});
