import * as fc from 'fast-check';

const count = fc.oneof(fc.nat({ max: 40 }), fc.constant(0), fc.nat({ max: 1_000_000 }));

/** Two lists of counts, bin by bin. */
export const pairsOfCounts = fc
  .array(fc.tuple(count, count), { minLength: 1, maxLength: 30 })
  .map((bins) => ({ a: bins.map(([left]) => left), b: bins.map(([, right]) => right) }))
  .filter(({ a, b }) => a.some((left) => left > 0) && b.some((right) => right > 0));
