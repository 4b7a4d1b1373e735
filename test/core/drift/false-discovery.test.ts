import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { adjustPValues } from '../../../core/drift/false-discovery.ts';

describe('adjustPValues', () => {
  it('gives what scipy.stats.false_discovery_control gives', () => {
    const adjusted = adjustPValues([0.01, 0.04, 0.03, 0.5]);
    expect(adjusted).toEqual([0.04, 0.16 / 3, 0.16 / 3, 0.5].map((p) => expect.closeTo(p, 12) as number));
  });

  it('leaves a single one as it is, and gives nothing for nothing', () => {
    expect(adjustPValues([0.03])).toEqual([0.03]);
    expect(adjustPValues([])).toEqual([]);
  });

  it('never goes below what it was, nor above 1, and keeps the order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (pValues) => {
        const adjusted = adjustPValues(pValues);
        for (const [i, p] of pValues.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]).toBeLessThanOrEqual(1);
          for (const [j, other] of pValues.entries()) {
            if (p < other) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!);
          }
        }
      }),
    );
  });
});
