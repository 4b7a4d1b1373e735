/** Whether what is measured in a soak stays as it is, or grows. */

import { linearRegression, median, min } from 'simple-statistics';

import { series, type Sample, type Series, type SeriesName } from './series.ts';

export interface Trend {
  readonly name: SeriesName;
  readonly unit: string;
  /** Of all samples. */
  readonly median: number;
  readonly highest: number;
  /** What the slope makes of the time after the first third, in the unit; what may come of it. */
  readonly growth: number;
  readonly allowed: number;
  readonly verdict: 'flat' | 'grows' | 'not measured';
}

/** Pieces of the time that is judged. */
const pieces = 20;
/** Fewer say nothing. */
const leastPieces = 5;

/**
 * Does it grow? The first third of the run is left out: a process that has just begun grows. Of each twentieth of the rest the lowest value
 * counts: what is collected, closed and worked off is not there at the best moment of some minutes, and what leaks is there always. Through these goes
 * a line by least squares; its slope times the time is the growth.
 */
export function trendOf(
  { name, unit, growth: { share, atLeast } }: Series & { name: SeriesName },
  samples: readonly Sample[],
): Trend {
  const values = samples.flatMap(({ values }) => values[name] ?? []);
  const start = (samples[0]?.seconds ?? 0) + spanOf(samples) / 3;
  const length = (spanOf(samples) * 2) / 3 / pieces;
  const lowest = Array.from({ length: pieces }, (_, i): [number, number][] => {
    const from = start + i * length;
    const inPiece = samples
      .filter(({ seconds }) => seconds >= from && seconds < from + length)
      .flatMap((sample) => sample.values[name] ?? []);
    return inPiece.length === 0 ? [] : [[from, min(inPiece)]];
  }).flat();
  if (lowest.length < leastPieces)
    return { name, unit, median: 0, highest: 0, growth: 0, allowed: 0, verdict: 'not measured' };
  const growth = linearRegression(lowest).m * length * pieces;
  const middle = median(values);
  const allowed = Math.max(share * middle, atLeast);
  const highest = values.reduce((one, other) => Math.max(one, other));
  return {
    name,
    unit,
    median: middle,
    highest,
    growth,
    allowed,
    verdict: growth > allowed ? 'grows' : 'flat',
  };
}

const spanOf = (samples: readonly Sample[]): number =>
  (samples.at(-1)?.seconds ?? 0) - (samples[0]?.seconds ?? 0);

export const trendsOf = (samples: readonly Sample[]): readonly Trend[] =>
  series.map((one) => trendOf(one, samples));
