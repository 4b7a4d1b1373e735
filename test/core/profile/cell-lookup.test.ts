import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cellLookupOf, findCells } from '../../../core/profile/cell-lookup.ts';
import { buildContinuousGrid, type ContinuousGrid } from '../../../core/profile/grid.ts';
import { number, sorted } from './arbitraries.ts';

function gridOf(edges: readonly number[]): ContinuousGrid {
  return { ...buildContinuousGrid(new Float64Array()), edges };
}

function cellsOf(edges: readonly number[], values: readonly number[]): number[] {
  const cells = new Uint16Array(values.length);
  findCells(cellLookupOf(gridOf(edges)), Float64Array.from(values), 0, values.length, cells);
  return [...cells];
}

describe('findCells', () => {
  it('gives the underflow cell, half-open cells and the overflow cell', () => {
    expect(cellsOf([1, 2, 4], [0.5, 1, 1.9, 2, 3.9, 4, 1e145, -1e145])).toEqual([0, 1, 1, 2, 2, 3, 3, 0]);
  });

  it('gives one past the last cell for what is no usable number', () => {
    expect(cellsOf([1, 2], [NaN, Infinity, -Infinity, 1e146, 1])).toEqual([3, 3, 3, 3, 1]);
  });

  it('has one cell without edges', () => {
    expect(cellsOf([], [7, -7])).toEqual([0, 0]);
  });

  it('tells subnormal neighbours apart', () => {
    expect(cellsOf([0, Number.MIN_VALUE], [-1, -0, 0, Number.MIN_VALUE, 1])).toEqual([0, 1, 1, 2, 2]);
  });

  it('reads a part of the values', () => {
    const cells = new Uint16Array(3);
    findCells(cellLookupOf(gridOf([1, 2])), Float64Array.of(9, 0, 1, 2, 9), 1, 4, cells);
    expect([...cells]).toEqual([0, 1, 2]);
  });

  it.each([
    ['crowd in the middle of a long range', (i: number) => (i - 150) ** 5],
    ['crowd at one end', (i: number) => Math.exp(i / 5)],
    ['lie in two distant heaps', (i: number) => i + (i % 2) * 1e9],
    ['are equally far from each other', (i: number) => i / 7],
  ])('counts the edges at or below a value where they %s', (_, edgeOf) => {
    const edges = [...sorted(Array.from({ length: 300 }, (_, i) => edgeOf(i)))];
    const values = edges.flatMap((edge, i) => [edge, (edge + (edges[i + 1] ?? edge + 1)) / 2]);
    expect(cellsOf(edges, values)).toEqual(edges.flatMap((_, i) => [i + 1, i + 1]));
  });

  it('counts the edges at or below any value', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 300 }), fc.array(number), (edges, values) => {
        const increasing = [...new Set(sorted(edges))];
        const all = [...values, ...increasing];
        expect(cellsOf(increasing, all)).toEqual(
          all.map((value) => increasing.filter((edge) => edge <= value).length),
        );
      }),
    );
  });
});
