import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { mergeSamples } from '../../../core/statistics/merged-samples.ts';

const sample = fc
  .array(fc.integer({ min: -20, max: 20 }), { maxLength: 60 })
  .map((values) => Float64Array.from(values).sort());

describe('two sorted samples as one', () => {
  it('are all values in order, and say from which sample each is', () => {
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        const { values, isFirst } = mergeSamples(first, second);
        expect(values).toEqual(Float64Array.of(...first, ...second).sort());
        expect(values.filter((_, i) => isFirst[i] === 1)).toEqual(first);
        expect(values.filter((_, i) => isFirst[i] === 0)).toEqual(second);
      }),
    );
  });

  it('are made once for each pair', () => {
    const [first, second, third] = [Float64Array.of(1), Float64Array.of(2), Float64Array.of(0)];
    const merged = mergeSamples(first, second);
    expect(mergeSamples(first, second)).toBe(merged);
    expect(mergeSamples(first, third).values).toEqual(Float64Array.of(0, 1));
  });
});
