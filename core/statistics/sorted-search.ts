/** Looks into sorted values by halving. */

/**
 * The first index from `from` on at which a condition holds, or the length; once it holds, it holds to the end.
 *
 * @example
 * firstWhere([1, 3, 3, 7], 0, (value) => value >= 3) // 1
 */
export function firstWhere(
  values: ArrayLike<number>,
  from: number,
  holds: (value: number) => boolean,
): number {
  let low = from;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(values[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
