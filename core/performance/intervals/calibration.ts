/** How sure is the expected calibration error? */

import { normalCdf } from '../../statistics/distributions.ts';
import { tenthsOf } from '../calibration-curve.ts';
import type { ClassificationSummary } from '../classification-summary.ts';
import type { HourOf } from './ratio.ts';
import { nothingVaries, tooFewHours, type IntervalOrReason } from './scale.ts';
import { tellingHours, type SpreadOf } from './spread.ts';

/** In fewer hours a bin's dependence from hour to hour does not show: it is taken from the other bins. */
const hoursOfOwn = 20;
const normalQuantile = 1.959963984540054;

/**
 * Noise alone makes an error: of a calibrated model each bin shows a gap of about its spread. So the interval holds the
 * errors at which the one that was found is likely, when the gaps keep their proportions: each bin's gap is normal about the
 * true one, and its size is a folded normal. It reaches 0 where a calibrated model may have made the error.
 */
export function calibrationInterval(
  hours: readonly HourOf<ClassificationSummary>[],
  total: ClassificationSummary,
  value: number,
  spreadOf: SpreadOf,
): IntervalOrReason {
  const gaps = gapsOf(total);
  const rows = gaps.reduce((sum, bin) => sum + bin.rows, 0);
  const parts = hours.map(({ summary }) => gapsOf(summary));
  const signs = gaps.map(({ gap }) => Math.sign(gap));
  const weights = Float64Array.from(parts, (own) => own.reduce((sum, bin) => sum + bin.rows, 0));
  const deviations = Float64Array.from(parts, (own, hour) => {
    const distance = own.reduce((sum, { gap }, bin) => sum + signs[bin]! * gap, 0);
    return (distance - value * weights[hour]!) / rows;
  });
  const spread = spreadOf(deviations, weights);
  if (spread === undefined) return tooFewHours(tellingHours(weights));
  if (spread.halfWidth === 0 || value === 0) return nothingVaries;
  const independent = Math.sqrt(deviations.reduce((sum, deviation) => sum + deviation ** 2, 0));
  const dependence = spread.halfWidth / normalQuantile / independent;
  const everyHour = new Float64Array(hours.length).fill(1);
  const bins = gaps.map(({ gap, rows: binRows }, bin): Bin => {
    const own = parts.map((ofHour) => ofHour[bin]!);
    if (own.filter((ofHour) => ofHour.rows > 0).length >= hoursOfOwn) {
      const around = Float64Array.from(own, (ofHour) => (ofHour.gap - (gap / binRows) * ofHour.rows) / rows);
      return { gap: Math.abs(gap) / rows, spread: spreadOf(around, everyHour)!.halfWidth / normalQuantile };
    }
    const squares = own.reduce((sum, ofHour) => sum + (ofHour.gap / rows) ** 2, 0);
    return { gap: Math.abs(gap) / rows, spread: dependence * Math.sqrt(squares) };
  });
  return {
    low: Math.min(value, likelyError(bins, value, normalQuantile)),
    high: Math.max(value, likelyError(bins, value, -normalQuantile)),
  };
}

/** Of each bin: hits less the sum of the probabilities, and its rows. */
function gapsOf(summary: ClassificationSummary): readonly { readonly gap: number; readonly rows: number }[] {
  return tenthsOf(summary).map(({ rows, hits, sum }) => ({ gap: hits - sum, rows }));
}

interface Bin {
  /** Size of the gap and its standard deviation, as shares of all rows. */
  readonly gap: number;
  readonly spread: number;
}

/** The true error of which the one that was found lies so many standard deviations above the expected one; by bisection. */
function likelyError(bins: readonly Bin[], found: number, deviations: number): number {
  const sizes = bins.reduce((sum, { gap }) => sum + gap, 0);
  const expected = (error: number): number => {
    let mean = 0;
    let variance = 0;
    for (const { gap, spread } of bins) {
      const trueGap = (error * gap) / sizes;
      const size = foldedNormalMean(trueGap, spread);
      mean += size;
      variance += trueGap ** 2 + spread ** 2 - size ** 2;
    }
    return mean + deviations * Math.sqrt(Math.max(0, variance));
  };
  let low = 0;
  let high = 1;
  if (expected(low) >= found) return low;
  if (expected(high) <= found) return high;
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (expected(middle) < found) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The mean of |x| where x is normal. Source: Leone, Nelson and Nottingham (1961), Technometrics 3. */
function foldedNormalMean(mean: number, deviation: number): number {
  if (deviation === 0) return Math.abs(mean);
  const standard = mean / deviation;
  return (
    deviation * Math.sqrt(2 / Math.PI) * Math.exp((-standard * standard) / 2) +
    mean * (2 * normalCdf(standard) - 1)
  );
}
