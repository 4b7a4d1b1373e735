import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  kullbackLeibler,
  kullbackLeiblerOfCounts,
  kullbackLeiblerPValueAt,
} from '../../../core/statistics/kullback-leibler.ts';
import { psiOfCounts } from '../../../core/statistics/population-stability-index.ts';
import { compareValues, foundOf, levelComparison, statisticOf } from './comparisons.ts';
import { countComparison, pairsOfCounts } from './counts.ts';

describe('kullbackLeiblerOfCounts', () => {
  it('sums q ln(q / p) of shares smoothed by half a count, in nats', () => {
    const [p, q] = [50.5 / 101, 90.5 / 101];
    const expected = q * Math.log(q / p) + (1 - q) * Math.log((1 - q) / p);
    const { statistic, effect, pValue, bins } = foundOf(kullbackLeiblerOfCounts([50, 50], [90, 10]));
    expect(statistic).toBeCloseTo(expected, 12);
    expect(statistic).toBeCloseTo(0.36, 2);
    expect([effect, pValue, bins]).toEqual([statistic, null, 2]);
  });

  it('is surprised by a bin that the reference lacks more than by one that the current window lacks', () => {
    const [gained, lost] = [
      statisticOf(kullbackLeiblerOfCounts([1000, 0], [900, 100])),
      statisticOf(kullbackLeiblerOfCounts([900, 100], [1000, 0])),
    ];
    expect(gained).toBeGreaterThan(0.4);
    expect(lost).toBeLessThan(0.11);
  });

  it('is in both directions together the population stability index', () => {
    fc.assert(
      fc.property(pairsOfCounts, ({ a, b }) => {
        const index = statisticOf(psiOfCounts(a, b));
        const both = statisticOf(kullbackLeiblerOfCounts(a, b)) + statisticOf(kullbackLeiblerOfCounts(b, a));
        expect(Math.abs(both - index)).toBeLessThanOrEqual(1e-9 * (1e-3 + index));
      }),
    );
  });

  it('gives 0 for a constant column, whatever the sizes', () => {
    expect(kullbackLeiblerOfCounts([0, 10_000], [0, 24])).toMatchObject({ statistic: 0, bins: 1 });
  });

  it('is not computable without counts', () => {
    expect(kullbackLeiblerOfCounts([0], [1])).toEqual({ notComputable: 'the reference has no value' });
    expect(kullbackLeiblerOfCounts([1], [0])).toEqual({ notComputable: 'the current window has no value' });
  });
});

describe('kullbackLeibler of profiles', () => {
  it('leaves unseen values out', () => {
    expect(kullbackLeibler(levelComparison(['a', 'b'], ['a', 'b', 'c', null]))).toMatchObject({
      statistic: 0,
    });
    expect(kullbackLeibler(levelComparison(['a', 'b'], ['c']))).toEqual({
      notComputable: 'every value of the current window is unseen',
    });
  });

  it('compares the 10 bins of a continuous column', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i);
    expect(kullbackLeibler(compareValues(hundred, hundred.slice(50)))).toEqual(
      kullbackLeiblerOfCounts(
        Array.from({ length: 10 }, () => 10),
        [0, 0, 0, 0, 0, 10, 10, 10, 10, 10],
      ),
    );
  });
});

describe('kullbackLeiblerPValueAt', () => {
  it('rises as the rows carry less information', () => {
    const comparison = countComparison({ reference: [5000, 3000, 2000], current: [60, 60, 48] });
    const found = foundOf(kullbackLeibler(comparison));
    const pValues = [168, 84, 42, 21, 4.5].map((current) =>
      kullbackLeiblerPValueAt(found, comparison, { reference: 10_000, current }),
    );
    expect(pValues[0]).toBeLessThan(0.01);
    expect(pValues).toEqual(pValues.toSorted((a, b) => a - b));
  });
});
