import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  hypergeometricNodes,
  hypergeometricProbability,
  probabilityOfAtLeast,
  probabilityOfAtMost,
  rangeOf,
} from '../../../core/statistics/hypergeometric.ts';
import oracle from '../../oracles/counts.json' with { type: 'json' };

const draws = fc
  .record({ total: fc.integer({ min: 2, max: 3000 }), marked: fc.nat(3000), drawn: fc.nat(3000) })
  .map(({ total, marked, drawn }) => ({ total, marked: marked % (total + 1), drawn: drawn % (total + 1) }));

describe('the hypergeometric law', () => {
  it('gives the example of its docs', () => {
    expect(hypergeometricProbability({ total: 10, marked: 4, drawn: 5 }, 2)).toBeCloseTo(10 / 21, 14);
  });

  it('has the tails of scipy.stats.hypergeom to a relative 1e-10', () => {
    for (const [total, marked, drawn, count, expected] of oracle.laws.probabilityOfAtLeast) {
      const computed = probabilityOfAtLeast({ total: total!, marked: marked!, drawn: drawn! }, count!);
      expect(Math.abs(computed / expected! - 1)).toBeLessThan(1e-10);
    }
  });

  it('has tails that add up to 1, and nothing outside its range', () => {
    fc.assert(
      fc.property(draws, fc.nat(3000), (draw, count) => {
        const [least, most] = rangeOf(draw);
        expect(probabilityOfAtLeast(draw, count) + probabilityOfAtMost(draw, count - 1)).toBeCloseTo(1, 10);
        expect([
          probabilityOfAtLeast(draw, least),
          probabilityOfAtMost(draw, most),
          hypergeometricProbability(draw, least - 1),
          hypergeometricProbability(draw, most + 1),
        ]).toEqual([1, 1, 0, 0]);
      }),
    );
  });

  it('has nodes with its mean and variance, whatever its size', () => {
    for (const draw of [
      { total: 10_024, marked: 1000, drawn: 24 },
      { total: 10_024, marked: 2, drawn: 24 },
      { total: 15_000, marked: 5000, drawn: 5000 },
      { total: 2e9, marked: 1e8, drawn: 1e9 },
    ]) {
      const { counts, weights } = hypergeometricNodes(draw);
      const meanOf = (value: (count: number) => number) =>
        counts.reduce((sum, count, i) => sum + weights[i]! * value(count), 0);
      const share = draw.marked / draw.total;
      const mean = draw.drawn * share;
      const variance = (mean * (1 - share) * (draw.total - draw.drawn)) / (draw.total - 1);
      expect(counts.length).toBeLessThan(60);
      expect(meanOf((count) => count) / mean).toBeCloseTo(1, 6);
      expect(meanOf((count) => (count - mean) ** 2) / variance).toBeCloseTo(1, 3);
    }
  });
});
