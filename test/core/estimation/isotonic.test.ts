import { readFileSync } from 'node:fs';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fitIsotonic, heightOf } from '../../../core/estimation/isotonic.ts';

interface Case {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly at: readonly number[];
  readonly heights: readonly number[];
}
const { isotonic } = JSON.parse(
  readFileSync(new URL('../../oracles/estimation.json', import.meta.url), 'utf8'),
) as { isotonic: Case[] };

describe('fitIsotonic', () => {
  it.each(isotonic)("has the heights of scikit-learn's to 1e-9: $name", ({ x, y, at, heights }) => {
    const curve = fitIsotonic(Float64Array.from(x), Float64Array.from(y));
    for (const [i, height] of heights.entries())
      expect(Math.abs(heightOf(curve, at[i]!) - height)).toBeLessThan(1e-9);
  });

  it('never falls, keeps the sum, and does not depend on the order of the points', () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 60 }), (points) => {
        const fit = (of: typeof points) =>
          fitIsotonic(
            Float64Array.from(of, ([x]) => x),
            Float64Array.from(of, ([, y]) => y),
          );
        const curve = fit(points);
        for (let i = 1; i < curve.y.length; i += 1) {
          expect(curve.x[i]!).toBeGreaterThan(curve.x[i - 1]!);
          expect(curve.y[i]!).toBeGreaterThanOrEqual(curve.y[i - 1]! - 1e-12);
        }
        const [given, fitted] = points.reduce(
          ([a, b], [x, y]): [number, number] => [a + y, b + heightOf(curve, x)],
          [0, 0],
        );
        expect(fitted).toBeCloseTo(given, 9);
        const reversed = fit(points.toReversed());
        for (const x of curve.x) expect(heightOf(reversed, x)).toBeCloseTo(heightOf(curve, x), 9);
      }),
    );
  });
});
