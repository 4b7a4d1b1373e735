import { describe, expect, it } from 'vitest';

import { cohensHOf, twoLevelsOf } from '../../../core/statistics/two-levels.ts';

describe('twoLevelsOf', () => {
  it('takes the two levels that occur, in their order', () => {
    expect(twoLevelsOf({ reference: [0, 5, 1, 0], current: [0, 2, 3, 0] })).toEqual({
      reference: [5, 1],
      current: [2, 3],
      levels: 2,
    });
  });

  it('adds an empty level to a constant column', () => {
    expect(twoLevelsOf({ reference: [5], current: [2] })).toEqual({
      reference: [5, 0],
      current: [2, 0],
      levels: 1,
    });
  });

  it('says how many levels there are where there are more', () => {
    expect(twoLevelsOf({ reference: [5, 1, 1], current: [2, 1, 1] })).toEqual({
      notComputable: 'it compares two levels, here are 3 (unseen ones as one)',
    });
  });
});

describe('cohensHOf', () => {
  it('is the difference of 2 arcsin of the root of the share', () => {
    const h = cohensHOf({ reference: [50, 50], current: [30, 70], levels: 2 });
    expect(h).toBeCloseTo(2 * Math.asin(Math.sqrt(0.7)) - 2 * Math.asin(Math.sqrt(0.5)), 14);
    expect(h).toBeCloseTo(0.41, 2);
  });

  it('goes from 0 for equal shares to pi for all against none', () => {
    expect(cohensHOf({ reference: [1, 3], current: [2, 6], levels: 2 })).toBe(0);
    expect(cohensHOf({ reference: [4, 0], current: [0, 7], levels: 2 })).toBeCloseTo(Math.PI, 14);
  });
});
