/** Rows in another order, and values dealt out to other rows. The same seed gives the same. */

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

import type { BinnedFeature } from '../boosting/feature-bins.ts';

/**
 * The same rows in an order that has nothing to do with them (Fisher and Yates).
 *
 * @example shuffleRows(Int32Array.of(0, 1, 2, 3, 4), 7) // [3, 1, 4, 2, 0]
 */
export function shuffleRows(rows: Int32Array, seed: number): Int32Array {
  const random = xoroshiro128plus(seed);
  const shuffled = rows.slice();
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = uniformInt(random, 0, last);
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}

/**
 * The codes of a feature, dealt out among the rows of each group: what it says of a row is lost, how often it says it
 * is not.
 *
 * @example dealCodes({ codes: Uint8Array.of(1, 1, 2, 2) }, [Int32Array.of(0, 1, 2, 3)], 7).sort() // [1, 1, 2, 2]
 */
export function dealCodes({ codes }: BinnedFeature, groups: readonly Int32Array[], seed: number): Uint8Array {
  const dealt = codes.slice();
  for (const rows of groups) {
    const from = shuffleRows(rows, seed);
    for (const [i, row] of rows.entries()) dealt[row] = codes[from[i]!]!;
  }
  return dealt;
}
