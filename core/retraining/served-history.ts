/** The performance of what served when, in a simulated history. */

import type { EvaluationEvidence } from '../degradation/evidence.ts';
import type { Monitor } from '../monitor/schema.ts';
import { evaluateSummary } from '../performance/evaluate.ts';
import type { SummaryBlock } from '../performance/intervals/metric-intervals.ts';
import { mergeSummaries, type OutcomeSummary } from '../performance/summary.ts';
import { windowKey, type Window } from '../window.ts';
import type { PairedBlock } from './improvement.ts';
import { intervalsOf } from './validated-metrics.ts';

/** A version and what it would have predicted. */
export interface SimulatedVersion {
  readonly version: string;
  /** Its outcomes in a window by hour, in the order of time; known from the start of its holdout on. */
  readonly outcomesIn: (window: Window) => readonly SummaryBlock[];
}

/**
 * Gives the hours of a window out of many.
 *
 * @param hours in the order of time
 * @example hoursIn([{ start: 0, summary: emptySummary('regression') }])({ start: hourMs, end: dayMs }) // []
 */
export function hoursIn(hours: readonly SummaryBlock[]): SimulatedVersion['outcomesIn'] {
  return ({ start, end }) => hours.slice(firstAt(hours, start), firstAt(hours, end));
}

/** The first hour that is not before an instant. */
function firstAt(hours: readonly SummaryBlock[], instant: number): number {
  let [low, high] = [0, hours.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hours[middle]!.start < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** From when on a version served. */
export interface Served {
  readonly from: number;
  readonly version: SimulatedVersion;
}

/** What served in an hour, and its outcomes. */
export interface ServedHours {
  readonly version: string;
  readonly hours: readonly SummaryBlock[];
}

/**
 * The hours of a window, by the version that served in them; versions without rows there are left out.
 *
 * @param served in the order of time
 * @example servedHours([], { start: 0, end: dayMs }) // []
 */
export function servedHours(served: readonly Served[], window: Window): readonly ServedHours[] {
  return served.flatMap(({ version: { version, outcomesIn }, from }, i) => {
    const start = Math.max(from, window.start);
    const end = Math.min(served[i + 1]?.from ?? Infinity, window.end);
    const hours = start < end ? outcomesIn({ start, end }) : [];
    return hours.length === 0 ? [] : [{ version, hours }];
  });
}

/** What served, and a window. */
export type Evaluator = (served: readonly Served[], window: Window) => EvaluationEvidence[];

/**
 * Evaluations of windows as a degradation check would find them, with every actual that is known today; what was evaluated
 * once is kept.
 *
 * @example
 * const evaluate = createEvaluator({ performance: { minimumOutcomes: 30, intervalLevels: [0.05, 0.95] } });
 * evaluate([], { start: 0, end: dayMs }) // []
 */
export function createEvaluator({
  performance: { minimumOutcomes, intervalLevels },
}: Pick<Monitor, 'performance'>): Evaluator {
  const known = new Map<string, EvaluationEvidence>();
  return (served, window) =>
    servedHours(served, window).map(({ version, hours }) => {
      const key = `${version}/${hours[0]!.start}/${hours.length}/${windowKey(window)}`;
      const existing = known.get(key);
      if (existing !== undefined) return existing;
      const total = mergeSummaries(hours.map(({ summary }) => summary));
      const { metrics, verdict, sampleSize } = evaluateSummary(total, { minimumOutcomes, intervalLevels });
      const evaluation: EvaluationEvidence = {
        version,
        window,
        revision: 1,
        state: 'final',
        sampleSize,
        verdict,
        metrics,
        intervals: intervalsOf({ hours, total, intervalLevels }),
        coverage: 1,
      };
      known.set(key, evaluation);
      return evaluation;
    });
}

/**
 * Two versions on the same hours of a window, an hour or a day in one block; hours that one of them has not predicted are
 * left out.
 *
 * @example pairedBlocks({ version: '2', outcomesIn: () => [] }, { version: '1', outcomesIn: () => [] }, { start: 0, end: dayMs }, dayMs) // []
 */
export function pairedBlocks(
  challenger: SimulatedVersion,
  champion: SimulatedVersion,
  window: Window,
  blockMs: number,
): readonly PairedBlock[] {
  const theirs = new Map(champion.outcomesIn(window).map((hour) => [hour.start, hour.summary]));
  const blocks = new Map<number, { challenger: OutcomeSummary[]; champion: OutcomeSummary[] }>();
  for (const { start, summary } of challenger.outcomesIn(window)) {
    const other = theirs.get(start);
    if (other === undefined) continue;
    const at = Math.floor(start / blockMs);
    const block = blocks.get(at) ?? { challenger: [], champion: [] };
    block.challenger.push(summary);
    block.champion.push(other);
    blocks.set(at, block);
  }
  return [...blocks.values()].map((block) => ({
    challenger: mergeSummaries(block.challenger),
    champion: mergeSummaries(block.champion),
  }));
}
