/**
 * How surprising is each p-value among all that were looked at together?
 *
 * Benjamini and Hochberg: sorted ascending, the i-th of m becomes the smallest of p_j * m / j over j >= i, at most 1.
 * Calling everything with an adjusted p <= alpha a finding keeps the expected share of false ones among the findings at
 * or below alpha, also when the tests are positively dependent; with nothing to find, a false alarm anywhere has at most
 * the probability alpha.
 *
 * In the order given, each at least as large as it was. Empty gives empty. Sorting: O(m log m).
 *
 * Source: Benjamini and Hochberg, 1995; `scipy.stats.false_discovery_control`.
 *
 * @example adjustPValues([0.01, 0.04, 0.03, 0.5]) // [0.04, 0.16 / 3, 0.16 / 3, 0.5]
 */
export function adjustPValues(pValues: readonly number[]): number[] {
  const count = pValues.length;
  const descending = pValues.map((pValue, index) => ({ pValue, index })).sort((a, b) => b.pValue - a.pValue);
  const adjusted = Array.from<number>({ length: count }).fill(1);
  let smallest = 1;
  for (const [position, { pValue, index }] of descending.entries()) {
    smallest = Math.min(smallest, pValue * (count / (count - position)));
    adjusted[index] = smallest;
  }
  return adjusted;
}
