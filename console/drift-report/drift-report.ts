/** What a drift report shows. Plain data: JSON can hold it, and whoever has it can draw it again. */

import type { ColumnFacts } from '../../core/drift/column-facts.ts';
import type { Distribution } from '../../core/drift/distribution.ts';
import type { ColumnSubject } from '../../core/drift/examine-column.ts';
import type { TogetherMethod } from '../../core/multivariate/finding.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import type { ColumnKind } from '../../core/profile/grid.ts';
import type { Computation } from '../../core/statistics/comparison.ts';
import type { Computed, Level, Verdict } from '../../core/verdict.ts';
import type { ReportedQuality } from '../quality-table.ts';
import type { PastVerdict, Since } from '../since.ts';

/** One comparison of a current window with its reference: of a model, or of two files. */
export interface DriftReport {
  /** What is watched: a model with its segment, or a file. */
  readonly title: string;
  readonly reference: ReportedSide;
  readonly current: ReportedSide;
  /** On all columns together. */
  readonly verdict: Verdict;
  /** Absent where it has not drifted, or the past is not known. */
  readonly since?: Since;
  /** What else is to be known of the comparison, by its name: when it was made, by what. */
  readonly origin?: Readonly<Record<string, string>>;
  readonly columns: readonly ReportedColumn[];
  /** The share of drifted features, 0 to 1, of this and earlier windows; it has drifted above the limit. */
  readonly past?: { readonly limit: number; readonly points: readonly HistoryPoint[] };
  /** Absent where none are watched. */
  readonly segments?: readonly ReportedSegment[];
  /** What was found of all features at once; absent where that was not asked. */
  readonly together?: readonly TogetherFinding[];
  /** Absent where no checks are made. */
  readonly quality?: ReportedQuality;
  /** Absent for files, and where nothing was judged. */
  readonly importances?: ReportedImportances;
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
  readonly subject: ColumnSubject;
  /** Absent where it could not be read. */
  readonly kind?: ColumnKind;
  /** Is it enabled? Otherwise it is shown, but counts for nothing. */
  readonly counted: boolean;
  readonly verdict: Verdict;
  /** Absent where it has not drifted, or the past is not known. */
  readonly since?: Since;
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

export interface HistoryPoint extends PastVerdict {
  /** Absent where it could not be computed. */
  readonly value?: number;
}

/** The rows of one value of a feature, judged for themselves. */
export interface ReportedSegment {
  /** @example 'workingday=1' */
  readonly name: string;
  readonly rows: number;
  readonly verdict: Verdict;
  /** The columns that drifted in it. */
  readonly drifted: readonly ReportedColumn[];
}

/** What a method that looks at all features at once says. */
export interface TogetherFinding {
  readonly method: TogetherMethod;
  readonly verdict: Verdict;
}

export interface PerformanceMetric {
  readonly metric: MetricName;
  readonly reference: Computed;
  readonly current: Computed;
  /** In the direction of the metric; absent where one side has no number, or the metric no direction. */
  readonly betterBy?: number;
}

/** What matters to the model. */
export interface ReportedImportances {
  /** Whose importances these are, and where they come from. */
  readonly description: string;
  /** How much of them has moved between features. */
  readonly shifts: readonly string[];
  readonly features: readonly ReportedImportance[];
}

export interface ReportedImportance {
  readonly feature: string;
  /** A share of all; absent where it is not known. */
  readonly importance?: number;
  /** Some weeks before, and in the version before; each absent where it is not known. */
  readonly before: { readonly time?: number; readonly version?: number };
  /** Whether its drift goes together with the model's error; absent where no window has both. */
  readonly driftAndError?: string;
}
