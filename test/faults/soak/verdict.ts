/** Whether what is measured in a soak stays as it is, or grows. */

import { linearRegression, median, min } from 'simple-statistics';

import { caughtUpOn } from '../workload.ts';
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

/** Into so many pieces at most the time that is judged is divided. */
const mostPieces = 20;
/** Fewer say nothing. */
const leastPieces = 5;

/** The time from one moment at which everything is computed to another: of days that have a run. What comes after the last one is left out. */
function piecesOf(samples: readonly Sample[], leastSeconds: number): readonly (readonly Sample[])[] {
  const pieces: Sample[][] = [];
  let piece: Sample[] = [];
  for (const [i, sample] of samples.entries()) {
    piece.push(sample);
    const isEndOfDay = samples[i + 1]?.day !== sample.day;
    if (isEndOfDay && caughtUpOn(sample.day) === sample.day && spanOf(piece) >= leastSeconds) {
      pieces.push(piece);
      piece = [];
    }
  }
  return pieces;
}

/**
 * Does it grow? The first third of the run is left out: a process that has just begun grows. Of each piece of the rest, a twentieth of it
 * or longer, the lowest value counts: what is collected, closed and worked off is not there at its best moment, and what leaks is
 * there always. Through these goes a line by least squares; its slope times the time is the growth.
 */
export function trendOf(
  { name, unit, growth: { share, atLeast } }: Series & { name: SeriesName },
  samples: readonly Sample[],
): Trend {
  const values = samples.flatMap(({ values }) => values[name] ?? []);
  const start = (samples[0]?.seconds ?? 0) + spanOf(samples) / 3;
  const judged = samples.filter(({ seconds }) => seconds >= start);
  const lowest = piecesOf(judged, spanOf(judged) / mostPieces).flatMap((piece): [number, number][] => {
    const found = piece.flatMap((sample) => sample.values[name] ?? []);
    return found.length === 0 ? [] : [[piece[0]!.seconds, min(found)]];
  });
  if (lowest.length < leastPieces)
    return { name, unit, median: 0, highest: 0, growth: 0, allowed: 0, verdict: 'not measured' };
  const growth = linearRegression(lowest).m * spanOf(judged);
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
