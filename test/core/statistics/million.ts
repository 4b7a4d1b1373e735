import type { Sides } from '../../../core/statistics/comparison.ts';

/** Distinct numbers in (0, 1) that look random. */
function uniform(count: number, factor: number, modulus: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (((i * factor) % modulus) + 1) / (modulus + 1));
}

const formulas: Readonly<Record<string, Sides<(u: number) => number>>> = {
  uniform: { reference: (u) => u, current: (u) => u * 1.01 },
  'whole numbers from 0 to 999': {
    reference: (u) => Math.floor(u * 1000),
    current: (u) => Math.floor(u * u * 1000),
  },
  '1e9 and noise': { reference: (u) => 1e9 + u, current: (u) => 1e9 + 0.001 + u },
  Cauchy: {
    reference: (u) => Math.tan(Math.PI * (u - 0.5)),
    current: (u) => Math.tan(Math.PI * (u - 0.5)) + 0.01,
  },
  disjoint: { reference: (u) => u, current: (u) => u + 2 },
  'equal constants': { reference: () => 0.1, current: () => 0.1 },
};

/** A million rows of reference and 900,000 current ones, as test/oracles/columns.py makes them; not sorted. */
export function million(name: string): Sides<Float64Array> {
  const { reference, current } = formulas[name]!;
  return {
    reference: uniform(1_000_000, 7919, 1_000_003).map(reference),
    current: uniform(900_000, 104_729, 999_983).map(current),
  };
}
