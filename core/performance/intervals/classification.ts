/** How sure are the metrics of a classification? */

import { classificationMetrics } from '../classification-metrics.ts';
import type { ClassificationSummary } from '../classification-summary.ts';
import { calibrationInterval } from './calibration.ts';
import {
  averagedMetrics,
  cellInfluence,
  countsClassesAlike,
  deviationsOf,
  hourlyCells,
  type AveragedMetric,
  type HourlyCells,
} from './confusion.ts';
import { rankedDeviations } from './ranking.ts';
import { ratioInterval, type HourOf, type Ratio } from './ratio.ts';
import { intervalAround, tooFewHours, type IntervalOrReason } from './scale.ts';
import { fewestHours, tellingHours, type SpreadOf } from './spread.ts';
import type { MetricOf } from '../metrics.ts';

type Summary = ClassificationSummary;

/** What the metrics of a window have in common. */
interface ClassifiedWindow {
  readonly hours: readonly HourOf<Summary>[];
  readonly total: Summary;
  readonly cells: HourlyCells;
  /** Of the actual classes, the one that occurs in the fewest hours: where it counts like the others, little is known. */
  readonly rare: RareClass;
  readonly ranked: () => Readonly<Record<'roc_auc' | 'pr_auc', Float64Array>>;
  readonly spreadOf: SpreadOf;
}

interface RareClass {
  readonly label: string;
  readonly hours: number;
}

type IntervalOf = (window: ClassifiedWindow, value: number) => IntervalOrReason;

/** An interval for each metric, or why there is none. */
export function classificationIntervals(
  hours: readonly HourOf<Summary>[],
  total: Summary,
  spreadOf: SpreadOf,
): Record<MetricOf<'classification'>, IntervalOrReason> {
  let deviations: ReturnType<typeof rankedDeviations> | undefined;
  const cells = hourlyCells(hours.map(({ summary }) => summary.confusion));
  const window: ClassifiedWindow = {
    hours,
    total,
    cells,
    rare: rarestClass(hours, total),
    ranked: () => (deviations ??= rankedDeviations(hours, total)),
    spreadOf,
  };
  const names = Object.keys(classificationMetrics) as MetricOf<'classification'>[];
  const intervals = names.map((name): [string, IntervalOrReason] => {
    const value = classificationMetrics[name](total);
    return [name, 'notComputable' in value ? value : intervalOf[name](window, value.value)];
  });
  return Object.fromEntries(intervals) as Record<MetricOf<'classification'>, IntervalOrReason>;
}

const scoredRows = ({ counts }: Summary): number => counts.scoredRows;

const intervalOf: Readonly<Record<MetricOf<'classification'>, IntervalOf>> = {
  accuracy: ratio('share', hits, ({ rows }) => rows),
  ...(Object.fromEntries(averagedMetrics.map((metric) => [metric, averaged(metric)])) as Record<
    AveragedMetric,
    IntervalOf
  >),
  roc_auc: ranked('roc_auc'),
  pr_auc: ranked('pr_auc'),
  log_loss: ratio('loss', ({ sums }) => sums.logLoss, scoredRows),
  brier: ratio('loss', ({ sums }) => sums.brier, scoredRows),
  expected_calibration_error: ({ hours, total, spreadOf }, value) =>
    calibrationInterval(hours, total, value, spreadOf),
  confidence: ratio(
    'share',
    ({ sums }) => sums.confidence,
    ({ counts }) => counts.confidentRows,
  ),
};

function ratio(
  scale: Ratio<Summary>['scale'],
  numerator: Ratio<Summary>['numerator'],
  rows: Ratio<Summary>['rows'],
): IntervalOf {
  return ({ hours, total, spreadOf }) =>
    ratioInterval({ scale, numerator, denominator: rows, rows }, hours, total, spreadOf);
}

function hits({ confusion }: Summary): number {
  let sum = 0;
  for (const label of Object.keys(confusion)) {
    if (Object.hasOwn(confusion[label]!, label)) sum += confusion[label]![label]!;
  }
  return sum;
}

function averaged(metric: AveragedMetric): IntervalOf {
  return ({ hours, total, cells, rare, spreadOf }, value) => {
    const areAlike = countsClassesAlike(metric);
    if (areAlike && rare.hours < fewestHours) return tooFewOf(rare);
    const deviations = deviationsOf(cells, cellInfluence(metric, value, total));
    const weights = Float64Array.from(hours, ({ summary }) => summary.rows);
    return intervalAround(
      value,
      'share',
      spreadOf(deviations, weights),
      areAlike ? rare.hours : tellingHours(weights),
    );
  };
}

function rarestClass(hours: readonly HourOf<Summary>[], { confusion }: Summary): RareClass {
  return Object.keys(confusion)
    .toSorted()
    .map((label) => ({
      label,
      hours: hours.filter(({ summary }) => Object.hasOwn(summary.confusion, label)).length,
    }))
    .reduce((least, found) => (found.hours < least.hours ? found : least), { label: '', hours: Infinity });
}

function tooFewOf({ label, hours }: RareClass): IntervalOrReason {
  return { notComputable: `class "${label}": ${tooFewHours(hours).notComputable}` };
}

function ranked(metric: 'roc_auc' | 'pr_auc'): IntervalOf {
  return ({ hours, total, rare, ranked: deviations, spreadOf }, value) => {
    if (total.positiveClass !== undefined && rare.hours < fewestHours) return tooFewOf(rare);
    const weights = Float64Array.from(hours, ({ summary }) => summary.counts.scoredRows);
    return intervalAround(value, 'share', spreadOf(deviations()[metric], weights), rare.hours);
  };
}
