import { studentQuantile } from './distributions.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * How fast does y change with x, and how sure is that? The slope of the least-squares line with Student's interval, in units
 * of y for one of x.
 *
 * It takes the points as independent: where neighbours are alike, the interval is too narrow. Points that lie on a line have
 * an interval without width; NaN below 3 points, and where x does not vary.
 *
 * Source: scipy.stats.linregress. Cost: three passes.
 *
 * @param certainty of the interval, above 0 and below 1
 * @example
 * const days = [50, 52, 54, 56, 58, 60, 62.5].map((y, x) => ({ x, y }));
 * leastSquaresSlope(days, 0.95) // { slope: 2.054, interval: [1.974, 2.133] }
 */
export function leastSquaresSlope(
  points: readonly Point[],
  certainty: number,
): { readonly slope: number; readonly interval: readonly [low: number, high: number] } {
  const n = points.length;
  if (n < 3) return { slope: NaN, interval: [NaN, NaN] };
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / n;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / n;
  let across = 0;
  let spread = 0;
  for (const { x, y } of points) {
    across += (x - meanX) * (y - meanY);
    spread += (x - meanX) ** 2;
  }
  const slope = across / spread;
  const rest = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  const reach = studentQuantile((1 + certainty) / 2, n - 2) * Math.sqrt(rest / (n - 2) / spread);
  return { slope, interval: [slope - reach, slope + reach] };
}
