import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { binFeature, binWith, learnBins, maximumBins } from '../../../core/boosting/feature-bins.ts';

const numbers = (values: Float64Array) => binFeature({ name: 'x', kind: 'continuous', values });
const levels = (values: readonly (string | null)[]) => binFeature({ name: 'c', kind: 'categorical', values });

describe('binFeature', () => {
  it('gives few distinct numbers one code each, and missing ones code 0', () => {
    expect(numbers(Float64Array.of(5, NaN, 7)).codes).toEqual(Uint8Array.of(1, 0, 2));
    expect(numbers(Float64Array.of(5, NaN, 7)).bins).toBe(3);
  });

  it('keeps the order of numbers, in at most 64 codes of about as many rows', () => {
    fc.assert(
      fc.property(fc.float64Array({ noNaN: true, minLength: 1, maxLength: 500 }), (values) => {
        const { codes, bins } = numbers(values);
        expect(bins).toBeLessThanOrEqual(64);
        const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
        for (const [i, row] of order.entries()) {
          if (i > 0) expect(codes[row]).toBeGreaterThanOrEqual(codes[order[i - 1]!]!);
          expect(codes[row]).toBeGreaterThan(0);
        }
      }),
    );
    const counts = new Map<number, number>();
    for (const code of numbers(Float64Array.from({ length: 6300 }, (_, i) => i)).codes)
      counts.set(code, (counts.get(code) ?? 0) + 1);
    expect(new Set(counts.values())).toEqual(new Set([100]));
  });

  it('gives frequent levels one code each, and rare ones one together', () => {
    const values = [...Array<string>(10).fill('b'), ...Array<string>(12).fill('a'), 'rare', 'rarer', null];
    const { codes, bins } = levels(values);
    expect(bins).toBe(4);
    expect([codes[0], codes[10], codes[22], codes[23], codes[24]]).toEqual([3, 2, 1, 1, 0]);
  });

  it('sees one code in an identifier, and at most 64 in 10,000 levels', () => {
    const identifiers = Array.from({ length: 3000 }, (_, i) => `id-${i}`);
    expect(new Set(levels(identifiers).codes)).toEqual(new Set([1]));
    const many = levels(Array.from({ length: 150_000 }, (_, i) => `level-${i % 10_000}`));
    expect(many.bins).toBe(64);
    expect(new Set(many.codes).size).toBe(63);
  });

  it('takes as many codes as asked for, up to 256', () => {
    const values = Float64Array.from({ length: 5100 }, (_, i) => i);
    for (const bins of [16, 64, maximumBins]) {
      const { codes } = binFeature({ name: 'x', kind: 'continuous', values }, { bins });
      expect(new Set(codes).size).toBe(bins - 1);
      expect(Math.max(...codes)).toBe(bins - 1);
    }
  });

  it('codes other rows by the bins that it learned, which JSON keeps', () => {
    const learned = learnBins({ name: 'x', kind: 'continuous', values: Float64Array.of(1, 5, 7) });
    const others = {
      name: 'x',
      kind: 'continuous',
      values: Float64Array.of(-1e9, 4.9, 5, 1e9, NaN),
    } as const;
    expect(binWith(learned, others).codes).toEqual(Uint8Array.of(1, 1, 2, 3, 0));
    const levels = learnBins({ name: 'c', kind: 'categorical', values: Array<string>(10).fill('a') });
    expect(binWith(levels, { name: 'c', kind: 'categorical', values: ['a', 'new', null] }).codes).toEqual(
      Uint8Array.of(2, 1, 0),
    );
    for (const bins of [learned, levels]) expect(JSON.parse(JSON.stringify(bins))).toEqual(bins);
    // A column that has changed its kind says nothing any more.
    expect(binWith(learned, { name: 'x', kind: 'categorical', values: ['a'] }).codes).toEqual(
      Uint8Array.of(0),
    );
    expect(binWith(levels, others).codes).toEqual(new Uint8Array(5));
  });

  it('gives a column without values the code 0', () => {
    expect(new Set(numbers(new Float64Array(5).fill(NaN)).codes)).toEqual(new Set([0]));
    expect(new Set(levels([null, null]).codes)).toEqual(new Set([0]));
  });
});
