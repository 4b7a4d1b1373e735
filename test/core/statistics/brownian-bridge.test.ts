import { describe, expect, it } from 'vitest';

import { squaredBridge } from '../../../core/statistics/brownian-bridge.ts';
import {
  andersonDarlingLimit,
  cramerVonMisesLimit,
  quadraticFormSurvival,
} from '../../../core/statistics/quadratic-form.ts';

describe('squaredBridge', () => {
  it('has the determinant of its covariances', () => {
    const points = [
      { at: 0.2, weight: 3, lessVariance: 0.04 },
      { at: 0.7, weight: 2, lessVariance: 0 },
    ];
    const { mean, variance, logDeterminant } = squaredBridge(points);
    // Covariances 0.12, 0.06 and 0.21.
    const trace = 3 * 0.12 + 2 * 0.21;
    const product = 6 * (0.12 * 0.21 - 0.06 ** 2);
    expect(mean).toBeCloseTo(trace, 12);
    expect(variance).toBeCloseTo(2 * ((3 * 0.12) ** 2 + (2 * 0.21) ** 2 + 2 * 6 * 0.06 ** 2), 12);
    // det(I - u W C) = 1 - trace u + product u^2.
    for (const [re, im] of [
      [0.5, 0],
      [1, 2],
      [4, 9],
      [-3, 0],
    ] as const) {
      const [logSize, angle] = logDeterminant(re, im);
      expect(Math.exp(logSize) * Math.cos(angle)).toBeCloseTo(
        1 - trace * re + product * (re * re - im * im),
        9,
      );
      expect(Math.exp(logSize) * Math.sin(angle)).toBeCloseTo(-trace * im + product * 2 * re * im, 9);
    }
  });

  it('turns with u without a jump, once more than half a circle for every weight that u passes', () => {
    const points = Array.from({ length: 30 }, (_, i) => ({
      at: (i + 1) / 31,
      weight: 1 / 31,
      lessVariance: 0,
    }));
    const { logDeterminant } = squaredBridge(points);
    let before = 0;
    for (let re = 0; re < 3000; re += 1) {
      const [, angle] = logDeterminant(re, 3);
      expect(Math.abs(angle - before)).toBeLessThan(0.6);
      before = angle;
    }
    expect(before).toBeLessThan(-15 * Math.PI);
  });

  it('tends to the limits of Cramer-von Mises and Anderson-Darling as the points get close', () => {
    const count = 200;
    const shares = Array.from({ length: count - 1 }, (_, i) => (i + 1) / count);
    const evenly = squaredBridge(shares.map((at) => ({ at, weight: 1 / count, lessVariance: 0 })));
    const overVariance = squaredBridge(
      shares.map((at) => ({ at, weight: 1 / count / (at * (1 - at)), lessVariance: 0 })),
    );
    for (const value of [0.1, 0.3, 0.74, 2]) {
      expect(
        quadraticFormSurvival(value, evenly) / quadraticFormSurvival(value, cramerVonMisesLimit),
      ).toBeCloseTo(1, 3);
    }
    for (const value of [0.5, 1.9, 3.9, 10]) {
      expect(
        quadraticFormSurvival(value, overVariance) / quadraticFormSurvival(value, andersonDarlingLimit),
      ).toBeCloseTo(1, 1);
    }
  });
});
