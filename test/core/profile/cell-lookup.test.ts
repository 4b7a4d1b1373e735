import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createCellLookup } from '../../../core/profile/cell-lookup.ts';
import { number, sorted } from './arbitraries.ts';

describe('createCellLookup', () => {
  it('gives the underflow cell, half-open cells and the overflow cell', () => {
    const cellOf = createCellLookup([1, 2, 4]);
    expect([0.5, 1, 1.9, 2, 3.9, 4, 1e300].map(cellOf)).toEqual([0, 1, 1, 2, 2, 3, 3]);
  });

  it('has one cell without edges', () => {
    expect(createCellLookup([])(7)).toBe(0);
  });

  it('tells subnormal neighbours apart', () => {
    const cellOf = createCellLookup([0, Number.MIN_VALUE]);
    expect([-1, 0, Number.MIN_VALUE, 1].map(cellOf)).toEqual([0, 1, 2, 2]);
  });

  it('counts the edges at or below any value', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 300 }), fc.array(number), (edges, values) => {
        const increasing = [...new Set(sorted(edges))];
        const cellOf = createCellLookup(increasing);
        for (const value of [...values, ...increasing]) {
          expect(cellOf(value)).toBe(increasing.filter((edge) => edge <= value).length);
        }
      }),
    );
  });
});
