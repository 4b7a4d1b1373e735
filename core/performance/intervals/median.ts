/** How sure is the median absolute error? */

import type { HourOf } from './ratio.ts';
import { nothingVaries, tooFewHours, wilson, type IntervalOrReason } from './scale.ts';
import { tellingHours, type SpreadOf } from './spread.ts';
import { summerOver } from './values.ts';
import type { RegressionSummary } from '../regression-summary.ts';
import { edgesOf, totalOf, type CountArray, type ValueCounts } from '../value-counts.ts';

/**
 * The interval of the share of rows below the median, read off the errors as quantiles: no density is needed.
 *
 * Source: Woodruff (1952), "Confidence intervals for medians and other position measures", JASA 47.
 */
export function medianInterval(
  hours: readonly HourOf<RegressionSummary>[],
  { rows, absoluteErrors }: RegressionSummary,
  median: number,
  spreadOf: SpreadOf,
): IntervalOrReason {
  const below = belowMedian(absoluteErrors.counts[0]!, rows);
  const sumOver = summerOver(absoluteErrors);
  const rowsBelow = (part: ValueCounts): number => sumOver(part, [below], [below]).first;
  const share = rowsBelow(absoluteErrors) / rows;
  const deviations = Float64Array.from(
    hours,
    ({ summary }) => (rowsBelow(summary.absoluteErrors) - share * summary.rows) / rows,
  );
  const weights = Float64Array.from(hours, ({ summary }) => summary.rows);
  const spread = spreadOf(deviations, weights);
  if (spread === undefined) return tooFewHours(tellingHours(weights));
  if (spread.halfWidth === 0) return nothingVaries;
  const { low, high } = wilson(1 / 2, 4 * spread.halfWidth ** 2);
  return {
    low: Math.min(median, quantileOf(absoluteErrors, low).low),
    high: Math.max(median, quantileOf(absoluteErrors, high).high),
  };
}

/** How much of the rows at each value lies below the median: all, half (at the median itself) or none. */
function belowMedian(counts: CountArray, rows: number): Float64Array {
  let seen = 0;
  return Float64Array.from(counts, (count) => {
    const before = seen;
    seen += count;
    return 2 * seen <= rows ? 1 : 2 * before >= rows ? 0 : 1 / 2;
  });
}

/** Between the middles of neighbouring values; of cells by their lower and by their upper edges. */
function quantileOf(all: ValueCounts, share: number): { readonly low: number; readonly high: number } {
  const counts = all.counts[0]!;
  const rows = totalOf(counts);
  let seen = 0;
  let before: { place: number; edges: readonly [number, number] } | undefined;
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue;
    const edges = edgesOf(all, i);
    const place = (seen + count / 2) / rows;
    seen += count;
    if (place >= share) {
      const from = before ?? { place, edges };
      const part = place === from.place ? 0 : (share - from.place) / (place - from.place);
      const between = (end: 0 | 1): number => from.edges[end] + (edges[end] - from.edges[end]) * part;
      return { low: between(0), high: between(1) };
    }
    before = { place, edges };
  }
  return { low: before!.edges[0], high: before!.edges[1] };
}
