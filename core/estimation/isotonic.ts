/** Isotonic regression: the best curve that never falls. */

/** A curve that never falls: straight between its points, level beyond them. JSON-safe. */
export interface IsotonicCurve {
  /** Ascending. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Which never falling curve has the least squared distance from these points? Pools adjacent violators; points of one `x`
 * count as their mean. O(n log n).
 *
 * A constant target gives a level curve; so do points that only fall. The caller sees to at least one point and to finite
 * numbers. Equal to scikit-learn's `IsotonicRegression(out_of_bounds="clip")` to 1e-9 (test/oracles/estimation.py).
 *
 * Sources: Ayer et al. (1955), "An empirical distribution function for sampling with incomplete information", Annals of
 * Mathematical Statistics 26; Zadrozny and Elkan (2002), "Transforming classifier scores into accurate multiclass
 * probability estimates", KDD.
 *
 * @example fitIsotonic(Float64Array.of(1, 2, 3, 4), Float64Array.of(0, 1, 0, 1)) // { x: [1, 2, 3, 4], y: [0, 0.5, 0.5, 1] }
 */
export function fitIsotonic(x: Float64Array, y: Float64Array): IsotonicCurve {
  const order = Int32Array.from(x, (_, row) => row).sort((a, b) => x[a]! - x[b]!);
  const blocks: Block[] = [];
  for (const row of order) {
    const at = x[row]!;
    const newest = blocks.at(-1);
    if (newest?.first === at) {
      newest.sum += y[row]!;
      newest.rows += 1;
    } else {
      pool(blocks);
      blocks.push({ first: at, last: at, sum: y[row]!, rows: 1 });
    }
  }
  pool(blocks);
  const points = blocks.flatMap(({ first, last, sum, rows }) =>
    (first === last ? [first] : [first, last]).map((at) => [at, sum / rows] as const),
  );
  return { x: points.map(([at]) => at), y: points.map(([, mean]) => mean) };
}

/** Neighbouring points with one value. */
interface Block {
  readonly first: number;
  last: number;
  sum: number;
  rows: number;
}

/** Joins the last blocks until none is at or below the one before it. */
function pool(blocks: Block[]): void {
  for (;;) {
    const [before, newest] = [blocks.at(-2), blocks.at(-1)];
    if (before === undefined || newest === undefined) return;
    if (before.sum * newest.rows < newest.sum * before.rows) return;
    before.last = newest.last;
    before.sum += newest.sum;
    before.rows += newest.rows;
    blocks.pop();
  }
}

/**
 * How high is a curve at a point?
 *
 * @example [0, 1.5, 9].map((at) => heightOf({ x: [1, 2], y: [0.2, 0.4] }, at)) // [0.2, 0.3, 0.4]
 */
export function heightOf({ x, y }: IsotonicCurve, at: number): number {
  let low = 0;
  let high = x.length - 1;
  if (at <= x[low]!) return y[low]!;
  if (at >= x[high]!) return y[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  const share = (at - x[low]!) / (x[high]! - x[low]!);
  return y[low]! + share * (y[high]! - y[low]!);
}
