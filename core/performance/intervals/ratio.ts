/** The interval of a ratio of two sums over the rows of a window. */

import { intervalAround, type IntervalOrReason, type Scale } from './scale.ts';
import { tellingHours, type SpreadOf } from './spread.ts';

/** The summary of one hour. */
export interface HourOf<Summary> {
  /** In milliseconds since 1970-01-01T00:00:00Z. */
  readonly start: number;
  readonly summary: Summary;
}

export interface Ratio<Summary> {
  readonly scale: Scale;
  readonly numerator: (part: Summary) => number;
  readonly denominator: (part: Summary) => number;
  /** Rows that it is over. */
  readonly rows: (part: Summary) => number;
  /** The part of the numerator that is no loss, as the scale has it. */
  readonly floor?: (part: Summary) => number;
  readonly toMetric?: (ratio: number) => number;
}

/** To first order an hour moves the ratio by what its numerator differs from the ratio of its denominator. */
export function ratioInterval<Summary>(
  { scale, numerator, denominator, rows, floor, toMetric = (ratio) => ratio }: Ratio<Summary>,
  hours: readonly HourOf<Summary>[],
  total: Summary,
  spreadOf: SpreadOf,
): IntervalOrReason {
  const whole = denominator(total);
  const ratio = numerator(total) / whole;
  const deviations = Float64Array.from(
    hours,
    ({ summary }) => (numerator(summary) - ratio * denominator(summary)) / whole,
  );
  const weights = Float64Array.from(hours, ({ summary }) => rows(summary));
  const lowest = floor === undefined ? 0 : floor(total) / whole;
  const found = intervalAround(ratio - lowest, scale, spreadOf(deviations, weights), tellingHours(weights));
  if ('notComputable' in found) return found;
  const ends = [toMetric(lowest + found.low), toMetric(lowest + found.high)];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}
