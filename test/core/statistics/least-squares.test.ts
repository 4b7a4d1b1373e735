import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { leastSquaresSlope } from '../../../core/statistics/least-squares.ts';

interface OracleCase {
  readonly values: readonly (number | null)[];
  readonly slope: number;
  readonly slopeInterval: readonly [number, number];
  readonly slopeInterval99: readonly [number, number];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../oracles/degradation.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly OracleCase[] };

describe('leastSquaresSlope', () => {
  it.each(cases.map((oracle, i) => [i, oracle] as const))(
    'agrees with scipy about series %i',
    (_, oracle) => {
      const points = oracle.values.flatMap((y, x) => (y === null ? [] : [{ x, y }]));
      const width = oracle.slopeInterval99[1] - oracle.slopeInterval99[0];
      const expectNear = (actual: number, expected: number): void =>
        expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * width);
      for (const [certainty, [low, high]] of [
        [0.95, oracle.slopeInterval],
        [0.99, oracle.slopeInterval99],
      ] as const) {
        const found = leastSquaresSlope(points, certainty);
        expectNear(found.slope, oracle.slope);
        expectNear(found.interval[0], low);
        expectNear(found.interval[1], high);
      }
    },
  );

  it('is sure of points on a line, and knows nothing of two or of points above one another', () => {
    const line = [1, 2, 3].map((x) => ({ x, y: 3 - 2 * x }));
    expect(leastSquaresSlope(line, 0.95)).toEqual({ slope: -2, interval: [-2, -2] });
    expect(leastSquaresSlope(line.slice(1), 0.95).slope).toBeNaN();
    const above = [1, 2, 4].map((y) => ({ x: 1, y }));
    expect(leastSquaresSlope(above, 0.95)).toEqual({ slope: NaN, interval: [NaN, NaN] });
  });
});
