import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { sortValues } from '../../../core/statistics/sort.ts';

/** Numbers that look random, more than the engine's own sort is used for. */
function many(value: (u: number, i: number) => number, count = 20_000): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => value(((i * 7919) % 20_011) / 20_011, i));
}

function sortedPlainly(values: Float64Array): number[] {
  return [...values].map((value) => value + 0).sort((a, b) => a - b);
}

describe('sortValues', () => {
  it.each([
    ['doubles of both signs', many((u) => u - 0.5)],
    ['negative ones', many((u) => -1 - u)],
    ['whole numbers', many((u) => Math.floor(u * 1000) - 500)],
    ['two values', many((u) => (u < 0.3 ? 1 : 0))],
    ['zeros of both signs', many((u) => (u < 0.3 ? -0 : u < 0.6 ? 0 : u - 0.8))],
    ['many magnitudes', many((u, i) => (i % 2 === 0 ? 1 : -1) * 10 ** (600 * u - 300))],
    ['subnormal numbers and infinities', many((u, i) => [Infinity, -Infinity, u * 1e-310][i % 3]!)],
    ['an offset and noise', many((u) => 1e9 + u)],
    ['values in order', many((_, i) => i)],
    ['values in reverse order', many((_, i) => -i)],
    ['one value', many(() => 7)],
  ])('puts %s in ascending order, in place', (_, values) => {
    const expected = sortedPlainly(values);
    const sorted = sortValues(values);
    expect(sorted).toBe(values);
    expect([...sorted]).toEqual(expected);
  });

  it('sorts like Array.prototype.sort whatever the bits', () => {
    // Repeated until there are enough for the radix sort.
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 200 }), (some) => {
        const values = Float64Array.from({ length: 5_000 }, (_, i) => some[(i * 7) % some.length]!);
        const expected = sortedPlainly(values);
        expect([...sortValues(values)]).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('sorts few values too, and none', () => {
    expect([...sortValues(Float64Array.of(3, -0, -1, 2))]).toEqual([-1, 0, 2, 3]);
    expect([...sortValues(new Float64Array(0))]).toEqual([]);
  });

  it('takes arrays on shared memory, parts of one, and a longer scratch', () => {
    const shared = new Float64Array(new SharedArrayBuffer(8 * 30_000), 8 * 7, 20_000);
    shared.set(many((u) => u - 0.5));
    const expected = sortedPlainly(shared);
    expect([...sortValues(shared, new Float64Array(25_000))]).toEqual(expected);
  });
});
