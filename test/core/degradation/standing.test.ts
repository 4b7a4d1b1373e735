import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { standing, worsened } from '../../../core/degradation/standing.ts';
import type { MetricName } from '../../../core/performance/metrics.ts';

const metrics: readonly MetricName[] = ['rmse', 'accuracy', 'bias'];
const metric = fc.constantFrom(...metrics);
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const uncertain = fc
  .tuple(number, fc.double({ min: 0, max: 1e3, noNaN: true }), fc.double({ min: 0, max: 1e3, noNaN: true }))
  .map(([value, below, above]) => ({ value, interval: [value - below, value + above] as const }));

describe('standing', () => {
  it('calls nothing surely beyond that the point is not', () => {
    fc.assert(
      fc.property(metric, uncertain, uncertain, (metric, value, limit) => {
        const point = standing(metric, value, limit, 'point');
        const interval = standing(metric, value, limit, 'interval');
        expect(interval === 'within').toBe(point === 'within');
        expect(['beyond', 'within']).toContain(point);
      }),
    );
  });

  it('is the point where the value is certain', () => {
    fc.assert(
      fc.property(metric, number, number, (metric, value, limit) => {
        const certain = { value, interval: [value, value] as const };
        expect(standing(metric, certain, { value: limit }, 'interval')).toBe(
          standing(metric, { value }, { value: limit }, 'point'),
        );
      }),
    );
  });

  it('is no surer where the limit is less sure', () => {
    fc.assert(
      fc.property(metric, uncertain, uncertain, (metric, value, limit) => {
        const unsure = standing(metric, value, limit, 'interval');
        if (unsure === 'beyond') {
          expect(standing(metric, value, { value: limit.value }, 'interval')).toBe('beyond');
        }
      }),
    );
  });

  // Zou & Donner 2008: 5 - 3 with arms of 1.2 and 1.6 towards each other is 2 by an arm of 2.
  it.each([
    [{ value: 5.1, interval: [3.9, 9] }, 'beyond'],
    [{ value: 5, interval: [3.8, 9] }, 'unsure'],
    [{ value: 4.9, interval: [3.7, 9] }, 'unsure'],
  ] as const)(
    'holds %j against an uncertain limit by the interval of the difference: %s',
    (value, expected) => {
      expect(standing('rmse', value, { value: 3, interval: [0, 4.6] }, 'interval')).toBe(expected);
    },
  );
});

describe('worsened', () => {
  it.each([
    ['rmse', 50, '20%', 60],
    ['rmse', 50, 5, 55],
    ['accuracy', 0.8, '25%', 0.6],
    ['r2', -0.5, '20%', -0.6],
    ['bias', -4, '50%', 6],
    ['bias', -4, 1, 5],
    ['rmse', 50, '0%', 50],
    ['mape', 0, '20%', 0],
  ] as const)('%s of %d by %s is %d', (metric, baseline, by, expected) => {
    expect(worsened(metric, baseline, by)).toBeCloseTo(expected, 12);
  });
});
