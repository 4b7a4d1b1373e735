import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { pooledAtoms } from '../../../core/statistics/pooled-atoms.ts';
import { someTameNumbers, sorted } from '../profile/arbitraries.ts';
import { compareInGridOf, gridNumbers, withSamples } from './comparisons.ts';

function momentsOf(values: readonly { position: number; share: number }[]) {
  const mean = values.reduce((sum, { position, share }) => sum + share * position, 0);
  return {
    total: values.reduce((sum, { share }) => sum + share, 0),
    variance: values.reduce((sum, { position, share }) => sum + share * (position - mean) ** 2, 0),
  };
}

describe('pooledAtoms', () => {
  const sizes = { reference: 30, current: 12 };

  it('gives each side its effective size, and the whole the variance of the values', () => {
    fc.assert(
      fc.property(gridNumbers, someTameNumbers, someTameNumbers, (gridValues, reference, current) => {
        const comparison = compareInGridOf(gridValues, reference, current);
        const exact = momentsOf([
          ...reference.map((position) => ({ position, share: 30 / 42 / reference.length })),
          ...current.map((position) => ({ position, share: 12 / 42 / current.length })),
        ]);
        const atoms = pooledAtoms(comparison, sizes);
        const computed = momentsOf(atoms);
        expect(computed.total).toBeCloseTo(1, 9);
        expect(computed.variance).toBeLessThanOrEqual(exact.variance * (1 + 1e-9) + 1e-3);
        const positions = atoms.map(({ position }) => position);
        for (const [i, position] of positions.slice(1).entries())
          expect(position).toBeGreaterThan(positions[i]!);
      }),
    );
  });

  it('keeps the variance of profiles with wide cells, by spreading what lies in them', () => {
    const reference = Array.from({ length: 3000 }, (_, i) => Math.tan((Math.PI * (i - 1499.5)) / 3002));
    const comparison = compareInGridOf(reference, reference, reference.slice(0, 2900));
    const exact = momentsOf([
      ...reference.map((position) => ({ position, share: 30 / 42 / 3000 })),
      ...reference.slice(0, 2900).map((position) => ({ position, share: 12 / 42 / 2900 })),
    ]);
    expect(momentsOf(pooledAtoms(comparison, sizes)).variance / exact.variance).toBeCloseTo(1, 6);
  });

  it('takes a few hundred atoms from any number of values, single ones at both ends', () => {
    const values = Float64Array.from({ length: 100_000 }, (_, i) => Math.sqrt(i));
    const comparison = withSamples(compareInGridOf([0, 1], [0, 1], [0, 1]), values, values.slice(0, 50_000));
    const atoms = pooledAtoms(comparison, { reference: 100_000, current: 50_000 });
    expect(atoms.length).toBeLessThan(500);
    expect(atoms[0]!.share).toBeCloseTo(2 / 150_000, 12);
    expect(atoms.at(-1)!.share).toBeCloseTo(1 / 150_000, 12);
  });

  it('is one atom for a constant', () => {
    const comparison = compareInGridOf([5], [5, 5], [5]);
    expect(pooledAtoms(comparison, { reference: 2, current: 1 })).toEqual([
      { position: 0, share: expect.closeTo(1, 12) },
    ]);
    const sampled = withSamples(comparison, sorted([5, 5]), sorted([5]));
    expect(pooledAtoms(sampled, { reference: 2, current: 1 })).toHaveLength(1);
  });
});
