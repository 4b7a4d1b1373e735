import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { trainingWindows } from '../../../core/retraining/windows.ts';
import { dayMs, formatWindow, overlaps, parseInstant } from '../../../core/window.ts';

const policy = { trainingWindow: { kind: 'trailing', length: '45d' }, holdout: '7d' } as const;

describe('trainingWindows', () => {
  it('holds out the last full UTC days and trains on the days just before', () => {
    const { training, holdout } = trainingWindows(parseInstant('2011-05-20T03:40:00Z'), policy);
    expect(formatWindow(training)).toEqual({ start: '2011-03-29T00:00:00Z', end: '2011-05-13T00:00:00Z' });
    expect(formatWindow(holdout)).toEqual({ start: '2011-05-13T00:00:00Z', end: '2011-05-20T00:00:00Z' });
  });

  it('has no instant in both windows, none after asOf, and no gap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2e12 }), fc.integer({ min: 1, max: 90 }), (asOf, days) => {
        const { training, holdout } = trainingWindows(asOf, {
          trainingWindow: { kind: 'trailing', length: `${days}d` },
          holdout: '7d',
        });
        expect(overlaps(training, holdout)).toBe(false);
        expect(training.end).toBe(holdout.start);
        expect(training.end - training.start).toBe(days * dayMs);
        expect(holdout.end).toBeLessThanOrEqual(asOf);
        expect(asOf - holdout.end).toBeLessThan(dayMs);
      }),
    );
  });
});
