/** Runs: hour after hour the same value. */

import { dayMs } from '../window.ts';
import type { ColumnSpan } from './column-span.ts';

/** Consecutive hours with one value; an hour with several values is a run of its own. */
export interface Run {
  /** Absent where the hour has several values. */
  readonly value?: number | string;
  /** Hours with rows. */
  readonly hours: number;
  /** When its first hour begins and its last one ends. */
  readonly start: number;
  readonly end: number;
}

/** An outage does not end a run that goes on after it, but a gap of more than a day says nothing of what was between. */
const longestGapMs = dayMs;

/** The runs of some hours in time order; hours in which every value is missing are as if they were not there. */
export function runsOf(hours: readonly ColumnSpan[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { window, values, only } of hours) {
    if (values === 0) continue;
    const last = runs.at(-1);
    const goesOn =
      last?.value !== undefined && last.value === only && window.start - last.end <= longestGapMs;
    if (goesOn) runs[runs.length - 1] = { ...last, hours: last.hours + 1, end: window.end };
    else runs.push({ ...(only !== undefined && { value: only }), hours: 1, ...window });
  }
  return runs;
}

/** How long runs usually are: their lengths fall by a constant factor from `from` hours on. */
export interface RunLaw {
  /** Runs that it was learned from, and their mean length. */
  readonly runs: number;
  readonly meanHours: number;
  readonly longest: number;
  readonly from: number;
  /** Of all runs, those of at least `from` hours. */
  readonly share: number;
  /** How probable a run of at least `from` hours is to go on for one more. */
  readonly stay: number;
}

/** The tail: the longest 5% of the runs, and at least 20. */
const tail = { share: 0.05, fewest: 20 } as const;

/**
 * How long do runs usually last? A geometric tail is fitted to the longest runs, so that a single long one is no law and a
 * value that often stands still (no wind at night) makes long runs usual.
 *
 * The chance to go on is (hours beyond `from` + 1/2) / (those + runs of the tail + 1): above 0 even where no value ever
 * repeats. No runs give undefined. Cost: one sort.
 */
export function fitRunLaw(runs: readonly Run[]): RunLaw | undefined {
  const lengths = runs.map(({ hours }) => hours).sort((a, b) => b - a);
  const [longest] = lengths;
  if (longest === undefined) return undefined;
  const inTail = Math.min(lengths.length, Math.max(tail.fewest, Math.round(tail.share * lengths.length)));
  const from = lengths[inTail - 1]!;
  const reaching = lengths.filter((length) => length >= from);
  const beyond = reaching.reduce((sum, length) => sum + length - from, 0);
  return {
    runs: lengths.length,
    meanHours: lengths.reduce((sum, length) => sum + length, 0) / lengths.length,
    longest,
    from,
    share: reaching.length / lengths.length,
    stay: (beyond + 1 / 2) / (beyond + reaching.length + 1),
  };
}

/**
 * How many runs of at least so many hours are to be expected in a stretch of hours?
 *
 * @example expectedRuns({ runs: 800, meanHours: 1.7, longest: 13, from: 5, share: 0.05, stay: 0.69 }, 24, 168) // 0.00428512
 */
export function expectedRuns(law: RunLaw, hours: number, stretch: number): number {
  const beyond = Math.max(0, hours - law.from);
  return (stretch / law.meanHours) * law.share * law.stay ** beyond;
}
