/** What degradation is judged by: stored evaluations, the newest drift run and its data quality. */

import type { Evaluation } from '../performance/evaluate.ts';
import type { MetricName } from '../performance/metrics.ts';
import type { QualityCheck } from '../quality/check.ts';
import type { Computed, Verdict } from '../verdict.ts';
import type { Window } from '../window.ts';
import { windowKey } from '../window.ts';
import type { ReferenceSpan } from './baseline.ts';

/** Low and high end of a 95% interval. */
export type Interval = readonly [low: number, high: number];

/** One stored evaluation of a version over all rows. */
export interface EvaluationEvidence extends Pick<Evaluation, 'sampleSize' | 'verdict' | 'metrics'> {
  readonly version: string;
  readonly window: Window;
  /** 1 is how it was first told. */
  readonly revision: number;
  readonly state: 'provisional' | 'final';
  /** Outcomes / serving predictions of the window, 0 to 1, where it is known. */
  readonly coverage?: number;
  readonly intervals?: Readonly<Partial<Record<MetricName, Interval>>>;
}

export interface DriftEvidence {
  readonly window: Window;
  /** Share of the features that drifted, 0 to 1. */
  readonly share: Computed;
  /** Of the drift run: `insufficient-data` means that its share counts for nothing. */
  readonly verdict: Verdict;
  /** Rows of the current window. */
  readonly sampleSize: number;
  /** The deciding verdict of each column. */
  readonly columns: Readonly<Record<string, Verdict>>;
  /** Of the same window: the worst of the checks that count, and all of them. */
  readonly quality?: { readonly verdict: Verdict; readonly checks: readonly QualityCheck[] };
}

/** What a retraining found out about a version before it was promoted. */
export interface ValidatedMetrics {
  /** The held-out rows. */
  readonly window: Window;
  readonly metrics: Readonly<
    Partial<Record<MetricName, { readonly value: number; readonly interval?: Interval | undefined }>>
  >;
}

/** By window: one for each version that served in it. */
export type EvaluationIndex = ReadonlyMap<string, readonly EvaluationEvidence[]>;

export interface DegradationEvidence {
  /** The UTC midnight that the check speaks for. */
  readonly day: number;
  /** An evaluation that ends before it is too old to speak for the day: the actuals horizon. */
  readonly oldest: number;
  /** Whose performance is judged; null where nothing has served. */
  readonly version: string | null;
  /** When the first row of that version was served. */
  readonly servedSince?: number;
  /** Of that version; absent where no retraining made it. */
  readonly validated?: ValidatedMetrics;
  readonly evaluations: EvaluationIndex;
  /** Of rules against the reference; absent where it has no rows. */
  readonly reference?: ReferenceSpan;
  readonly drift?: DriftEvidence;
}

/**
 * Evaluations so that those of a window are found at once.
 *
 * @example indexEvaluations([]).size // 0
 */
export function indexEvaluations(evaluations: readonly EvaluationEvidence[]): EvaluationIndex {
  const index = new Map<string, EvaluationEvidence[]>();
  for (const evaluation of evaluations) {
    const key = windowKey(evaluation.window);
    const same = index.get(key);
    if (same === undefined) index.set(key, [evaluation]);
    else same.push(evaluation);
  }
  return index;
}

/**
 * The evaluations of exactly this window, of every version.
 *
 * @example evaluationsOf(indexEvaluations([]), { start: 0, end: 1 }) // []
 */
export function evaluationsOf(index: EvaluationIndex, window: Window): readonly EvaluationEvidence[] {
  return index.get(windowKey(window)) ?? [];
}
