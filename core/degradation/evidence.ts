/** What degradation is judged by: stored evaluations and the newest drift run. JSON-safe. */

import type { Evaluation } from '../performance/evaluate.ts';
import type { Computed, Verdict } from '../verdict.ts';

/** One stored evaluation with its coverage. */
export interface EvaluationEvidence extends Pick<Evaluation, 'sampleSize' | 'verdict' | 'metrics'> {
  /** Outcomes / serving predictions of the window, 0 to 1, where it is known. */
  readonly coverage?: number;
}

/** The evaluations of one trailing window. What is not there was not evaluated. */
export interface WindowEvidence {
  readonly pooled?: EvaluationEvidence;
  /** At most one for each day of the window, in any order. */
  readonly daily?: readonly EvaluationEvidence[];
}

export interface DriftEvidence {
  /** Share of the features that drifted, 0 to 1. */
  readonly share: Computed;
  /** Of the drift run: `insufficient-data` means that its share counts for nothing. */
  readonly verdict: Verdict;
  /** Rows of the current window. */
  readonly sampleSize: number;
}

export interface DegradationEvidence {
  /** By the `over` of the rules, for example `{ '7d': { pooled } }`. */
  readonly windows: Readonly<Record<string, WindowEvidence>>;
  readonly drift?: DriftEvidence;
}
