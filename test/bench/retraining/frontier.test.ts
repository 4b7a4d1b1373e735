import { describe, expect, it } from 'vitest';

import { bestMoments } from '../../../bench/retraining/frontier.ts';

/** Rows are versions, columns steps. */
const losses = [
  [1, 9, 9, 4, 2, 7],
  [0, 3, 8, 5, 2, 9],
  [0, 0, 2, 6, 6, 6],
  [0, 0, 0, 1, 5, 8],
  [0, 0, 0, 0, 9, 9],
  [0, 0, 0, 0, 0, 3],
];
const steps = losses.length;
const lossOf = (version: number, from: number, to: number): number =>
  losses[version]!.slice(from, to).reduce((sum, each) => sum + each, 0);

/** Of every choice of k moments. */
function leastOfAll(k: number): number {
  const choices = Array.from({ length: 2 ** (steps - 1) }, (_, bits) =>
    Array.from({ length: steps - 1 }, (_, i) => i + 1).filter((step) => (bits >> (step - 1)) & 1),
  ).filter((moments) => moments.length === k);
  return Math.min(...choices.map(lossOfMoments));
}

function lossOfMoments(moments: readonly number[]): number {
  const served = [0, ...moments, steps];
  return served.slice(0, -1).reduce((sum, from, i) => sum + lossOf(from, from, served[i + 1]!), 0);
}

describe('bestMoments', () => {
  const found = bestMoments(steps, 10, lossOf);

  it('loses what the first version loses, without a moment', () => {
    expect(found[0]).toEqual({ loss: 32, moments: [] });
  });

  it('finds the least loss of every number of moments', () => {
    expect(found.map(({ loss }) => loss)).toEqual([0, 1, 2, 3, 4, 5].map(leastOfAll));
  });

  it('names the moments that have it', () => {
    for (const [k, { loss, moments }] of found.entries()) {
      expect(moments).toHaveLength(k);
      expect(lossOfMoments(moments)).toBe(loss);
    }
  });
});
