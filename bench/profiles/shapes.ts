/** Made columns of several shapes, the same in every run. */

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A function that gives the next value of a column. */
export type Shape = (uniform: () => number) => number;

const normal: Shape = (uniform) =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

export const shapes = {
  normal,
  'hours 0 to 23': (uniform) => Math.floor(24 * uniform()),
  'lognormal, sigma 2': (uniform) => Math.exp(2 * normal(uniform)),
  constant: () => 7,
  '60% zeros': (uniform) => (uniform() < 0.6 ? 0 : Math.exp(normal(uniform))),
  'two distant heaps': (uniform) => normal(uniform) + (uniform() < 0.5 ? 0 : 1e6),
  'a tenth NaN': (uniform) => (uniform() < 0.1 ? NaN : normal(uniform)),
} as const satisfies Record<string, Shape>;

/** So many values of a shape. */
export function columnOf(shape: Shape, count: number, seed: number): Float64Array {
  const generator = xoroshiro128plus(seed);
  return Float64Array.from({ length: count }, () => shape(() => uniformFloat64(generator)));
}
