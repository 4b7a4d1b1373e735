/** What a performance report shows. Plain data: JSON can hold it, and whoever has it can draw it again. */

import type { ComparedMetric } from '../../core/comparison/compare-losses.ts';
import type { ComparisonVerdict } from '../../core/comparison/judge-difference.ts';
import type { SliceLoss } from '../../core/comparison/weak-slices/weak-slice-in-words.ts';
import type { MetricName, Task } from '../../core/performance/metrics.ts';
import type { Computed, Level, Verdict } from '../../core/verdict.ts';
import type { HistoryPoint } from '../drift-report/drift-report.ts';
import type { ReportedQuality } from '../quality-table.ts';
import type { Since } from '../since.ts';

/** How one model performed over a window, against its reference. Instants are ISO 8601, in UTC. */
export interface PerformanceReport {
  readonly model: string;
  readonly task: Task;
  /** The version that served last in the window; absent where none did. */
  readonly version?: string;
  /** Whatever else served in the window, with how many predictions. */
  readonly otherVersions?: readonly { readonly version: string; readonly predictions: number }[];
  readonly window: ReportedWindow;
  readonly reference: ReportedWindow;
  /** Of the newest degradation check that speaks for the window. */
  readonly verdict: Verdict;
  /** Absent where it is not degraded, or the past is not known. */
  readonly since?: Since;
  /** What else is to be known of the report, by its name: when it was made, by what. */
  readonly origin?: Readonly<Record<string, string>>;
  /** The metric that the trend and the segments are about. */
  readonly metric: MetricName;
  /** The main one first. */
  readonly metrics: readonly MetricRow[];
  readonly trend: Section<Trend>;
  readonly estimates: Section<Estimates>;
  readonly segments: Section<Segments>;
  readonly slices: Section<Slices>;
  readonly errorByDay: Section<ErrorByDay>;
  readonly errorByHour: Section<ErrorByHour>;
  /** Regression only, as the three after it are classification only. */
  readonly predictedAgainstActual?: Section<PredictedAgainstActual>;
  readonly calibration?: Section<Calibration>;
  readonly confusion?: Section<Confusion>;
  readonly thresholds?: Section<Thresholds>;
  readonly baselines: Section<Comparisons>;
  readonly versions: Section<Comparisons>;
  readonly drift: Section<WindowDrift>;
  readonly quality: Section<ReportedQuality>;
  readonly alerts: Section<{ readonly alerts: readonly ReportedAlert[] }>;
  readonly retrainings: Section<{ readonly retrainings: readonly ReportedRetraining[] }>;
  readonly coverage: Section<Coverage>;
}

/** What a section shows, or in one line why it shows nothing. */
export type Section<Content> = Content | { readonly absent: string };

export interface ReportedWindow extends WindowEnds {
  readonly outcomes: number;
  /** Serving predictions. */
  readonly predictions: number;
  /** Absent where its evaluation is not stored, and the numbers were computed for this report. */
  readonly evaluation?: {
    readonly state: 'provisional' | 'final';
    readonly revision: number;
    readonly verdict: Verdict;
    /** Outcomes that came after it was final. */
    readonly laterOutcomes?: number;
  };
}

/** A number with its 95% interval, where it has one. */
export type Measured = Computed & { readonly interval?: readonly [low: number, high: number] };

export interface MetricRow {
  readonly metric: MetricName;
  readonly current: Measured;
  readonly reference: Measured;
  readonly limits?: Limits;
}

export interface Limits {
  readonly warning?: number;
  readonly critical?: number;
}

/** A metric of trailing windows, one a day. */
export interface Trend {
  /** How long each window is, in words. */
  readonly length: string;
  readonly points: readonly TrendPoint[];
  /** The same metric of single days. */
  readonly days: readonly { readonly windowEnd: string; readonly value: number }[];
  readonly limits: Limits;
  /** The value of the reference. */
  readonly reference?: number;
  readonly marks: readonly TrendMark[];
  /** The first values of windows that were restated since. */
  readonly restated?: readonly { readonly windowEnd: string; readonly value: number }[];
}

export interface TrendPoint {
  readonly windowEnd: string;
  readonly version: string;
  /** Absent where it could not be computed. */
  readonly value?: number;
  readonly interval?: readonly [low: number, high: number];
  readonly state: 'provisional' | 'final';
}

export interface TrendMark {
  readonly at: string;
  readonly kind: 'promotion' | 'retraining';
  readonly label: string;
}

/** Performance that was estimated before the actuals came, with what came. */
export interface Estimates {
  readonly length: string;
  readonly metric: MetricName;
  readonly points: readonly {
    readonly windowEnd: string;
    readonly estimated?: number;
    readonly interval?: readonly [low: number, high: number];
    readonly realized?: number;
  }[];
}

export interface Segments {
  readonly metric: MetricName;
  /** Of all rows. */
  readonly whole: Measured;
  /** The worst first. */
  readonly segments: readonly ReportedSegment[];
}

export interface ReportedSegment {
  readonly name: string;
  readonly outcomes: number;
  readonly value: Measured;
}

export interface Slices {
  /** In which outcomes they were looked for. */
  readonly window: WindowEnds;
  readonly loss: SliceLoss;
  /** The most certain first. */
  readonly slices: readonly ReportedSlice[];
}

export interface WindowEnds {
  readonly start: string;
  readonly end: string;
}

/** A part of the rows that was found, not asked for. */
export interface ReportedSlice {
  readonly name: string;
  readonly outcomes: number;
  /** Mean loss inside, and in all other rows. */
  readonly value: number;
  readonly rest: number;
  readonly adjustedPValue?: number;
}

/** How far predictions are off: the mean absolute error, or the share of wrong classes. */
interface ErrorMeasure {
  readonly measure: 'mean absolute error' | 'share of wrong classes';
}

export interface ErrorPoint {
  /** Absent where there are no outcomes. */
  readonly value?: number;
  /** Mean of prediction - actual; regression only. */
  readonly bias?: number;
  readonly outcomes: number;
}

export interface ErrorByDay extends ErrorMeasure {
  readonly days: readonly (ErrorPoint & { readonly start: string })[];
}

export interface ErrorByHour extends ErrorMeasure {
  readonly timeZone: string;
  /** 24, from midnight on. */
  readonly hours: readonly ErrorPoint[];
}

export interface PredictedAgainstActual {
  readonly points: readonly (readonly [predicted: number, actual: number])[];
  /** Of so many; the points are a sample where they are fewer. */
  readonly outcomes: number;
}

export interface Calibration {
  /** The class that the probabilities are of. */
  readonly of: string;
  readonly bins: readonly {
    /** Mean of the probabilities. */
    readonly predicted: number;
    /** Share of the outcomes that are of the class. */
    readonly observed: number;
    readonly outcomes: number;
  }[];
}

export interface Confusion {
  readonly classes: readonly string[];
  /** A row an actual class, a column a predicted one. */
  readonly counts: readonly (readonly number[])[];
}

export interface Thresholds {
  readonly of: string;
  readonly points: readonly {
    readonly threshold: number;
    readonly precision?: number;
    readonly recall: number;
    readonly f1?: number;
  }[];
}

export interface Comparisons {
  /** The outcomes that were compared. */
  readonly window: WindowEnds;
  readonly comparisons: readonly ReportedComparison[];
}

/** Two predictions of the same rows, of two versions or of the model and something simpler; or two versions that shared the traffic. */
export interface ReportedComparison {
  readonly subject: string;
  /** In words. */
  readonly against: string;
  readonly metric: ComparedMetric;
  readonly verdict: ComparisonVerdict;
  /** All of it in words. */
  readonly reason: string;
  readonly rows: number;
  readonly value?: number;
  readonly againstValue?: number;
  /** value - againstValue. */
  readonly difference?: number;
  readonly interval?: readonly [low: number, high: number];
  readonly pValue?: number;
}

/** The drift runs that end in the window. */
export interface WindowDrift {
  readonly verdict: Verdict;
  readonly since?: Since;
  readonly limit: number;
  readonly runs: readonly HistoryPoint[];
  /** Those that drifted in any run of the window, most often first. */
  readonly columns: readonly {
    readonly name: string;
    /** In so many of the runs of the window. */
    readonly runs: number;
    readonly level: Level;
    readonly reason: string;
  }[];
  readonly runsInWindow: number;
}

export interface ReportedAlert {
  readonly at: string;
  readonly level: Level;
  /** What has happened, such as "bike-demand is degraded". */
  readonly title: string;
  readonly summary: string;
}

export interface ReportedRetraining {
  readonly at: string;
  readonly state: string;
  /** Why it began, and how it ended. */
  readonly reason: string;
  readonly champion?: string;
  readonly challenger?: string;
}

export interface Coverage {
  readonly days: readonly {
    readonly start: string;
    readonly predictions: number;
    readonly outcomes: number;
  }[];
  readonly restated: readonly Restatement[];
}

/** A day whose number changed as actuals came. */
export interface Restatement {
  readonly day: string;
  readonly metric: MetricName;
  readonly from?: number;
  readonly to?: number;
  readonly coverageFrom?: number;
  readonly coverageTo?: number;
}
