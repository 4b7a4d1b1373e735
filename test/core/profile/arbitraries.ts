import * as fc from 'fast-check';

/** Ties, tails, offsets and zeros of both signs; every number can be counted. */
export const number = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 3, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.double({ min: -1e140, max: 1e140, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, Number.MIN_VALUE, 1e9, 1e9 + 0.001) },
);

/** As in number, without the extremes whose rounding hides every other value in a sum. */
const tameNumber = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -3, max: 3 }),
);

export const numbers = fc.array(number, { maxLength: 400 });
export const someTameNumbers = fc.array(tameNumber, { minLength: 1, maxLength: 400 });

/** What a jsonb row may hold where a number is expected. */
export const cellOfRow: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: number },
  { weight: 1, arbitrary: fc.constantFrom(null, undefined, NaN, Infinity, -1e200) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>('7', true, {}, [1]) },
);

export const level = fc.constantFrom<unknown>('a', 'b', 'c', 'd', 1, true, null, undefined, {}, NaN);

export function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values, (value) => value + 0).sort();
}
