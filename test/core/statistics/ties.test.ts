import { describe, expect, it } from 'vitest';

import { runsOf, runsOfValues, weighs } from '../../../core/statistics/ties.ts';
import { sorted } from '../profile/arbitraries.ts';
import { compareValues, levelComparison, withSamples } from './comparisons.ts';

const distinct = Array.from({ length: 400 }, (_, i) => 1 + i);

describe('the runs of the pooled values', () => {
  it('are none where no value is tied often', () => {
    expect(runsOfValues(sorted(distinct), sorted(distinct.slice(0, 100)))).toBeUndefined();
  });

  it('cut the rest at the ties, into pieces of at most 1/32', () => {
    const zeros = Array.from({ length: 100 }, () => 0);
    const runs = runsOfValues(sorted([...zeros, ...distinct]), sorted([0]))!;
    expect(runs[0]).toEqual({ share: 101 / 501, isTie: true });
    expect(runs.slice(1).every(({ isTie, share }) => !isTie && share <= 1 / 32)).toBe(true);
    expect(runs.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('find the same ties in profiles', () => {
    const [reference, current] = [
      [...Array.from({ length: 300 }, () => 7), ...distinct],
      [...Array.from({ length: 30 }, () => 7), 5000],
    ];
    const comparison = compareValues(reference, current);
    const tiesOf = (runs: ReturnType<typeof runsOf>) => runs?.filter(({ isTie }) => isTie);
    expect(tiesOf(runsOf(comparison))).toEqual(
      tiesOf(runsOf(withSamples(comparison, sorted(reference), sorted(current)))),
    );
    expect(tiesOf(runsOf(comparison))).toEqual([{ share: 331 / 731, isTie: true }]);
  });

  it('are none for levels', () => {
    expect(runsOf(levelComparison(['a'], ['a']))).toBeUndefined();
  });

  it('need two equal values, and more than 1/64 of all', () => {
    expect([weighs(1, 10), weighs(2, 10), weighs(2, 128), weighs(3, 128)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});
