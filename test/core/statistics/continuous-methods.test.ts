import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { andersonDarling, andersonDarlingOfValues } from '../../../core/statistics/anderson-darling.ts';
import type { Comparison, Computation } from '../../../core/statistics/comparison.ts';
import { cramerVonMises, cramerVonMisesOfValues } from '../../../core/statistics/cramer-von-mises.ts';
import { energyDistance, energyDistanceOfValues } from '../../../core/statistics/energy-distance.ts';
import { kolmogorovSmirnov, kolmogorovSmirnovOfValues } from '../../../core/statistics/kolmogorov-smirnov.ts';
import { methodOf, type MethodName } from '../../../core/statistics/registry.ts';
import { wasserstein, wassersteinOfValues } from '../../../core/statistics/wasserstein.ts';
import { someTameNumbers, sorted } from '../profile/arbitraries.ts';
import { compareInGridOf, compareValues, foundOf, gridNumbers, statisticOf } from './comparisons.ts';

type OfValues = (reference: Float64Array, current: Float64Array) => Computation;
type OfProfiles = (comparison: Comparison) => Computation;
type Row = readonly [MethodName, OfValues, OfProfiles];

const ofRanks: readonly Row[] = [
  ['kolmogorov-smirnov', kolmogorovSmirnovOfValues, kolmogorovSmirnov],
  ['anderson-darling', andersonDarlingOfValues, andersonDarling],
  ['cramer-von-mises', cramerVonMisesOfValues, cramerVonMises],
];
const ofDistances: readonly Row[] = [
  ['wasserstein', wassersteinOfValues, wasserstein],
  ['energy-distance', energyDistanceOfValues, energyDistance],
];

/** Few enough that many are tied; their cubes and their products with powers of 2 are exact. */
const wholeNumbers = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 3, maxLength: 60 });

/** The same values as they are, near 1e9, with heavy tails, or nearly all tied. */
const reshapes: readonly ((value: number) => number)[] = [
  (value) => value,
  (value) => 1e9 + value / 2 ** 20,
  (value) => value ** 5 / 1e20,
  (value) => Math.round(value / 1e5),
];

function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1e-9, Math.abs(a), Math.abs(b));
}

describe.each([...ofRanks, ...ofDistances])('%s', (name, ofValues, ofProfiles) => {
  it('treats both sides alike; the effect of Wasserstein is in the unit of the reference', () => {
    fc.assert(
      fc.property(wholeNumbers, wholeNumbers, (a, b) => {
        const [there, back] = [
          foundOf(ofValues(sorted(a), sorted(b))),
          foundOf(ofValues(sorted(b), sorted(a))),
        ];
        expect(close(there.statistic, back.statistic)).toBe(true);
        if (there.pValue !== null) expect(there.pValue).toBeCloseTo(back.pValue!, 9);
        if (name !== 'wasserstein') expect(there.effect).toBeCloseTo(back.effect, 9);
      }),
    );
  });

  it('finds nothing between equal samples', () => {
    fc.assert(
      fc.property(wholeNumbers, (values) => {
        const equal = foundOf(ofValues(sorted(values), sorted(values)));
        expect(equal.effect).toBe(0);
        expect(equal.pValue ?? 1).toBe(1);
        const sameProfile = foundOf(ofProfiles(compareInGridOf([-30, 0, 30], values, values)));
        expect(sameProfile.effect).toBe(0);
        expect(sameProfile.pValue ?? 1).toBe(1);
      }),
    );
  });

  it('gives finite numbers, a p-value between 0 and 1, and an effect on its scale', () => {
    fc.assert(
      fc.property(someTameNumbers, someTameNumbers, (a, b) => {
        const computed = ofValues(sorted(a), sorted(b));
        if ('notComputable' in computed) return;
        expect(Number.isFinite(computed.statistic)).toBe(true);
        expect(computed.pValue ?? 0).toBeGreaterThanOrEqual(0);
        expect(computed.pValue ?? 0).toBeLessThanOrEqual(1);
        expect(computed.effect).toBeGreaterThanOrEqual(0);
        if (name !== 'wasserstein') expect(computed.effect).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('keeps, from profiles, within the error bound that it publishes: ties, tails, offsets', () => {
    fc.assert(
      fc.property(
        gridNumbers,
        someTameNumbers,
        someTameNumbers,
        fc.constantFrom(...reshapes),
        (gridValues, reference, current, reshape) => {
          const exact = ofValues(sorted(reference.map(reshape)), sorted(current.map(reshape)));
          const comparison = compareInGridOf(
            gridValues.map(reshape),
            reference.map(reshape),
            current.map(reshape),
          );
          const computed = ofProfiles(comparison);
          if ('notComputable' in exact) {
            expect(computed).toEqual(exact);
            return;
          }
          const { statistic, errorBound = 0 } = foundOf(computed);
          // Values are measured from the mean of the grid, and sums of them round; the energy distance is the root of one.
          const values = [...gridValues, ...reference, ...current].map(reshape);
          const rounding = 1e-13 * (Math.max(...values) - Math.min(...values));
          expect(Math.abs(statistic - exact.statistic)).toBeLessThanOrEqual(
            errorBound +
              (name === 'energy-distance' ? Math.sqrt(rounding) : rounding) +
              1e-12 * (1 + Math.abs(exact.statistic)),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds more the farther one sample is moved, and its p-value falls', () => {
    const reference = Float64Array.from({ length: 200 }, (_, i) => i + 0.5);
    const found = [0, 3, 7, 20, 60, 150].map((shift) =>
      foundOf(
        ofValues(
          reference,
          Float64Array.from({ length: 90 }, (_, i) => (i + 0.5) * (200 / 90) + shift),
        ),
      ),
    );
    const { pValueAt } = methodOf(name);
    const comparison = compareValues(reference, reference.slice(0, 90));
    const statistics = found.map(({ statistic }) => statistic);
    expect(statistics).toEqual(statistics.toSorted((a, b) => a - b));
    const effects = found.map(({ effect }) => effect);
    expect(effects).toEqual(effects.toSorted((a, b) => a - b));
    const pValues = found.map(({ pValue }) => pValue ?? 0);
    expect(pValues).toEqual(pValues.toSorted((a, b) => b - a));
    const effective = found.map((one) => pValueAt!(one, comparison, { reference: 80, current: 30.5 }));
    expect(effective).toEqual(effective.toSorted((a, b) => b - a));
    expect(effective.at(-1)).toBeLessThan(1e-6);
  });

  it('costs no precision far from 0', () => {
    const reference = Float64Array.from({ length: 300 }, (_, i) => ((i * 89) % 307) / 2 ** 10).sort();
    const current = Float64Array.from(
      { length: 100 },
      (_, i) => ((i * 37) % 101) / 2 ** 9 - 1 / 2 ** 6,
    ).sort();
    const there = (values: Float64Array) => values.map((value) => 1e9 + value);
    expect(
      close(
        statisticOf(ofValues(there(reference), there(current))),
        statisticOf(ofValues(reference, current)),
      ),
    ).toBe(true);
  });
});

describe.each(ofRanks)('%s', (_, ofValues) => {
  it('sees the order only: no strictly rising function of the values changes it', () => {
    fc.assert(
      fc.property(wholeNumbers, wholeNumbers, (a, b) => {
        const cubed = (values: readonly number[]) => sorted(values.map((value) => value ** 3));
        expect(ofValues(cubed(a), cubed(b))).toEqual(ofValues(sorted(a), sorted(b)));
      }),
    );
  });

  it('sees the same from the other end', () => {
    fc.assert(
      fc.property(wholeNumbers, wholeNumbers, (a, b) => {
        const mirrored = (values: readonly number[]) => sorted(values.map((value) => -value));
        expect(
          close(statisticOf(ofValues(mirrored(a), mirrored(b))), statisticOf(ofValues(sorted(a), sorted(b)))),
        ).toBe(true);
      }),
    );
  });
});

describe.each(ofDistances)('%s', (name, ofValues) => {
  const growth = name === 'energy-distance' ? Math.sqrt : (scale: number) => scale;

  it('does not change when both sides are moved, and grows with the unit, its effect with neither', () => {
    fc.assert(
      fc.property(wholeNumbers, wholeNumbers, (a, b) => {
        const found = foundOf(ofValues(sorted(a), sorted(b)));
        const moved = (values: readonly number[]) => sorted(values.map((value) => value + 1000));
        const scaled = (values: readonly number[]) => sorted(values.map((value) => value * 8));
        expect(close(statisticOf(ofValues(moved(a), moved(b))), found.statistic)).toBe(true);
        const inUnits = foundOf(ofValues(scaled(a), scaled(b)));
        expect(close(inUnits.statistic, growth(8) * found.statistic)).toBe(true);
        // A constant reference has no deviation to measure in.
        if (new Set(a).size > 1) expect(close(inUnits.effect, found.effect)).toBe(true);
      }),
    );
  });

  it('is a distance: a way over a third sample is never shorter', () => {
    fc.assert(
      fc.property(wholeNumbers, wholeNumbers, wholeNumbers, (a, b, c) => {
        const distance = (x: readonly number[], y: readonly number[]) =>
          statisticOf(ofValues(sorted(x), sorted(y)));
        expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c) + 1e-9);
      }),
    );
  });
});
