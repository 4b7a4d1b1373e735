import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { areaBetweenShares, largestShareDistance } from '../../../core/statistics/sorted-distances.ts';

/** From the definition: the share of values at most `value`. */
function shareUpTo(values: Float64Array, value: number): number {
  return values.filter((other) => other <= value).length / values.length;
}

function distancesByDefinition(first: Float64Array, second: Float64Array) {
  const points = [...new Set([...first, ...second])].sort((a, b) => a - b);
  const distances = points.map((point) => Math.abs(shareUpTo(first, point) - shareUpTo(second, point)));
  return {
    largest: Math.max(...distances),
    area: points.slice(1).reduce((sum, point, i) => sum + distances[i]! * (point - points[i]!), 0),
  };
}

const sorted = (value: fc.Arbitrary<number>) =>
  fc.array(value, { minLength: 1, maxLength: 400 }).map((values) => Float64Array.from(values).sort());
const anyValues = sorted(fc.double({ min: -1e3, max: 1e3, noNaN: true }).map((value) => value + 0));
const fewValues = sorted(fc.integer({ min: -3, max: 3 }));

describe('distances of sorted samples', () => {
  it.each([
    ['any values', anyValues],
    ['many ties', fewValues],
  ])('are those of the definition, with %s', (_, values) => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const expected = distancesByDefinition(first, second);
        expect(largestShareDistance(first, second)).toBeCloseTo(expected.largest, 12);
        expect(areaBetweenShares(first, second)).toBeCloseTo(expected.area, 9);
      }),
    );
  });

  it('are the same from either side', () => {
    fc.assert(
      fc.property(anyValues, anyValues, (first, second) => {
        expect(largestShareDistance(second, first)).toBe(largestShareDistance(first, second));
        expect(areaBetweenShares(second, first)).toBeCloseTo(areaBetweenShares(first, second), 9);
      }),
    );
  });

  it('are 0 for equal samples, whole strides of ties too', () => {
    const values = Float64Array.from({ length: 1_000 }, (_, i) => Math.floor(i / 300));
    expect(largestShareDistance(values, values.slice())).toBe(0);
    expect(areaBetweenShares(values, values.slice())).toBe(0);
  });

  it('find a largest distance in the middle of a stride', () => {
    // All of the second lies between the 30th and the 31st of 64 values.
    const first = Float64Array.from({ length: 64 }, (_, i) => i);
    expect(largestShareDistance(first, new Float64Array(100).fill(29.5))).toBe(34 / 64);
  });

  it('keep their digits far from 0', () => {
    const first = Float64Array.from({ length: 500 }, (_, i) => 1e9 + i / 1024);
    const second = first.map((value) => value + 1 / 4096);
    expect(areaBetweenShares(first, second)).toBeCloseTo(1 / 4096, 12);
  });

  it('count what lies below and above all of the other sample', () => {
    expect(areaBetweenShares(Float64Array.of(0, 1), Float64Array.of(10, 11))).toBe(10);
    expect(areaBetweenShares(Float64Array.of(10, 11), Float64Array.of(0, 1))).toBe(10);
    expect(largestShareDistance(Float64Array.of(10, 11), Float64Array.of(0, 1))).toBe(1);
  });

  it('are 0 where a sample is empty', () => {
    expect(largestShareDistance(new Float64Array(), Float64Array.of(1))).toBe(0);
    expect(areaBetweenShares(Float64Array.of(1), new Float64Array())).toBe(0);
  });
});
