/**
 * Every second, third ... of many, so that at most so many are left, the last one always.
 *
 * @example thinned([1, 2, 3, 4, 5], 3) // [1, 3, 5]
 */
export function thinned<T>(items: readonly T[], most: number): readonly T[] {
  const every = Math.ceil(items.length / most);
  return every <= 1 ? items : items.filter((_, index) => (items.length - 1 - index) % every === 0);
}
