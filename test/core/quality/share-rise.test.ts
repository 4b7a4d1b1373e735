import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { shareRise } from '../../../core/quality/share-rise.ts';

const days = (count: number, hits: readonly number[]) =>
  Array.from({ length: count }, (_, day) => ({ rows: 24, hits: hits[day] ?? 0 }));

describe('shareRise', () => {
  it('is the share of current rows to the power of the hits, where the reference has none', () => {
    const rise = shareRise([{ rows: 744, hits: 0 }], { rows: 24, hits: 2 });
    expect(rise.pValue).toBeCloseTo((24 / 768) ** 2 / 1, 4);
    expect(rise).toMatchObject({ referenceShare: 0, currentShare: 2 / 24, designEffect: 1 });
  });

  it('agrees with the binomial law of the conditional test for rare hits', () => {
    // P(X >= 8), X binomial with n = 10 and share 1/2: 56/1024; a share of hits of 1e-6 leaves the counts as they are.
    const rise = shareRise([{ rows: 5e6, hits: 2 }], { rows: 5e6, hits: 8 });
    expect(rise.pValue).toBeCloseTo(56 / 1024, 6);
  });

  it('sees a rise of a large share, whose variance is small', () => {
    const rise = shareRise([{ rows: 744, hits: 446 }], { rows: 168, hits: 126 });
    expect(rise.pValue).toBeGreaterThan(1e-5);
    expect(rise.pValue).toBeLessThan(1e-3);
  });

  it('takes no alarm at one more spell where hits come in spells', () => {
    const spells = days(30, [24, 0, 0, 0, 0, 0, 24, 0, 0, 0, 24]);
    const oneDay = { rows: 168, hits: 24 };
    expect(shareRise(spells, oneDay).designEffect).toBeGreaterThan(15);
    expect(shareRise(spells, oneDay).pValue).toBeGreaterThan(0.1);
    expect(
      shareRise(
        days(
          30,
          Array.from({ length: 30 }, () => 1),
        ),
        oneDay,
      ).pValue,
    ).toBeLessThan(1e-4);
  });

  it('gives p = 1 without rows on a side, and without hits now', () => {
    expect(shareRise([], { rows: 24, hits: 24 }).pValue).toBe(1);
    expect(shareRise([{ rows: 24, hits: 0 }], { rows: 0, hits: 0 }).pValue).toBe(1);
    expect(shareRise([{ rows: 24, hits: 3 }], { rows: 24, hits: 0 }).pValue).toBe(1);
    expect(shareRise([{ rows: 24, hits: 24 }], { rows: 24, hits: 24 }).pValue).toBe(1);
  });

  it('never falls into NaN, and is smaller the more is hit, where the reference is hit in at most half of its rows', () => {
    const count = fc.integer({ min: 0, max: 5_000 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 1, max: 500 }), fc.nat(500), (rows, hits, current, now) => {
        const blocks = [{ rows: rows + 2 * hits, hits }];
        const p = (hits: number): number => shareRise(blocks, { rows: current, hits }).pValue;
        const fewer = Math.min(now, current - 1);
        expect(p(fewer)).toBeGreaterThanOrEqual(p(fewer + 1) - 1e-12);
        expect(p(fewer)).toBeGreaterThanOrEqual(0);
        expect(p(fewer)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
