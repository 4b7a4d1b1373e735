import { describe, expect, it } from 'vitest';

import { barEdges, latticeOf, widen } from '../../../core/drift/bar-edges.ts';

describe('barEdges', () => {
  it('puts the values of a column of steps into the middle of bars', () => {
    expect(barEdges({ low: 0, high: 10 }, 24, { first: 0, step: 5 })).toEqual([-2.5, 2.5, 7.5, 12.5]);
  });

  it('makes the last bar hold the highest value', () => {
    const edges = barEdges({ low: 0, high: 1 }, 24, undefined);
    expect(edges).toHaveLength(11);
    expect(edges.at(-1)).toBeGreaterThan(1);
  });
});

describe('latticeOf', () => {
  it('finds the step of a column', () => {
    expect(latticeOf([0.1, 0.2, 0.4], 0.3)).toEqual({ first: 0.1, step: expect.closeTo(0.1, 12) });
  });

  it('finds it where values were rounded', () => {
    const rounded = Array.from({ length: 30 }, (_, i) => Number(((i + 6) * 0.0149254).toFixed(4)));
    expect(latticeOf(rounded, 1)?.step).toBeCloseTo(0.0149254, 5);
  });

  it('finds none where values lie anywhere', () => {
    expect(latticeOf([0, 1, 2.5, 4.3], 5)).toBeUndefined();
    expect(latticeOf([0, 1e-9, 1], 1)).toBeUndefined();
  });
});

describe('widen', () => {
  const range = { low: 0, high: 10 };

  it('follows values that went less than 4 times as far as the range is wide', () => {
    expect(widen(range, [{ count: 5, mean: 35, end: 48 }], undefined)).toEqual({ low: 0, high: 48 });
    expect(widen(range, [{ count: 5, mean: -8, end: -90 }], undefined)).toEqual({ low: -40, high: 10 });
  });

  it('does not follow values that went further', () => {
    expect(widen(range, [{ count: 5, mean: 5_000, end: 9_000 }], undefined)).toEqual(range);
  });
});
