/** What a drift report shows. Plain data: JSON can hold it, and whoever has it can draw it again. */

import type { ColumnFacts } from '../../core/drift/column-facts.ts';
import type { Distribution } from '../../core/drift/distribution.ts';
import type { ColumnSubject } from '../../core/drift/examine-column.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import type { ColumnKind } from '../../core/profile/grid.ts';
import type { Computation } from '../../core/statistics/comparison.ts';
import type { Computed, Level, Verdict } from '../../core/verdict.ts';

/** One comparison of a current window with its reference: of a model, or of two files. */
export interface DriftReport {
  /** What is watched: a model with its segment, or a file. */
  readonly title: string;
  readonly reference: ReportedSide;
  readonly current: ReportedSide;
  /** The instant that the comparison speaks for; absent where it has none. */
  readonly asOf?: string;
  /** On all columns together. */
  readonly verdict: Verdict;
  readonly columns: readonly ReportedColumn[];
  /** Absent where no checks are made. */
  readonly quality?: readonly QualityCheck[];
  /** Absent where the predictions are not held against actuals. */
  readonly performance?: readonly PerformanceMetric[];
}

export interface ReportedSide {
  /** Which rows: a window, or the name of a file. */
  readonly description: string;
  readonly rows: number;
}

export interface ReportedColumn {
  readonly name: string;
  readonly subject: ColumnSubject | 'multivariate';
  /** Absent for all features at once. */
  readonly kind?: ColumnKind;
  /** Whether it counts for the verdict on all columns. */
  readonly counted: boolean;
  readonly verdict: Verdict;
  /** Importance to the model, 0 to 1; absent where it is not known. */
  readonly weight?: number;
  /** What decided; none where the column could not be judged at all. */
  readonly answers: readonly Answer[];
  /** The other methods. */
  readonly statistics: readonly Statistic[];
  readonly distribution?: Distribution;
  readonly facts?: ColumnFacts;
}

/** What a method found, under the name that people know it by. */
export type Statistic = {
  readonly method: string;
  /** What the effect is counted in, as it follows a number. */
  readonly unit?: string;
} & Computation;

/** The answer of the deciding method to one question. */
export interface Answer {
  /** Does the window differ from the reference, or suddenly from the weeks before it? */
  readonly question: 'reference' | 'recent';
  readonly level: Level;
  readonly statistic: Statistic;
  /** The effect from which on a difference matters. */
  readonly floor: number;
  /** Only a p-value below it is evidence; absent where the effect decides alone. */
  readonly alpha?: number;
  /** After the correction for all the questions that were asked together. */
  readonly adjustedPValue?: number;
  /** Where the effect lies when nothing is wrong. */
  readonly usual?: { readonly low: number; readonly high: number };
  /** Earlier windows in the order of time, the current one last. */
  readonly history?: readonly HistoryPoint[];
}

export interface HistoryPoint {
  /** ISO 8601. */
  readonly windowEnd: string;
  /** The effect; absent where it could not be computed. */
  readonly value?: number;
  readonly level: Level;
}

export interface PerformanceMetric {
  readonly metric: MetricName;
  readonly reference: Computed;
  readonly current: Computed;
  /** In the direction of the metric; absent where one side has no number, or the metric no direction. */
  readonly betterBy?: number;
}

export interface QualityCheck {
  readonly check: string;
  /** Absent for the whole window. */
  readonly column?: string;
  readonly level: Level;
  readonly reason: string;
  /** Such as rows that were looked at, and rows that failed. */
  readonly counts: Readonly<Record<string, number>>;
}
