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
  const whole = tenthsOf(total);
  const rows = whole.reduce((sum, tenth) => sum + tenth.rows, 0);
  const bins = whole.map((tenth) => ({
    tenth,
    gaps: new Float64Array(hours.length),
    rows: new Float64Array(hours.length),
  }));
  const weights = new Float64Array(hours.length);
  const deviations = new Float64Array(hours.length);
  for (const [hour, { summary }] of hours.entries()) {
    const own = tenthsOf(summary);
    for (const [i, { tenth, ...bin }] of bins.entries()) {
      bin.gaps[hour] = gapOf(own[i]!);
      bin.rows[hour] = own[i]!.rows;
      weights[hour]! += own[i]!.rows;
      deviations[hour]! += Math.sign(gapOf(tenth)) * bin.gaps[hour];
    }
    deviations[hour] = (deviations[hour]! - value * weights[hour]!) / rows;
  }
  const spread = spreadOf(deviations, weights);
  if (spread === undefined) return tooFewHours(tellingHours(weights));
  if (spread.halfWidth === 0 || value === 0) return nothingVaries;
  const independent = Math.sqrt(deviations.reduce((sum, deviation) => sum + deviation ** 2, 0));
  const dependence = spread.halfWidth / normalQuantile / independent;
  const everyHour = new Float64Array(hours.length).fill(1);
  const spreads = bins.map(({ tenth, ...bin }): Bin => {
    const gap = gapOf(tenth);
    const share = gap / tenth.rows;
    if (tellingHours(bin.rows) >= hoursOfOwn) {
      const around = bin.gaps.map((own, hour) => (own - share * bin.rows[hour]!) / rows);
      return { gap: Math.abs(gap) / rows, spread: spreadOf(around, everyHour)!.halfWidth / normalQuantile };
    }
    const squares = bin.gaps.reduce((sum, own) => sum + (own / rows) ** 2, 0);
    return { gap: Math.abs(gap) / rows, spread: dependence * Math.sqrt(squares) };
  });
  return {
    low: Math.min(value, likelyError(spreads, value, normalQuantile)),
    high: Math.max(value, likelyError(spreads, value, -normalQuantile)),
  };
}

/** Hits less the sum of the probabilities. */
function gapOf({ hits, sum }: ReturnType<typeof tenthsOf>[number]): number {
  return hits - sum;
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
