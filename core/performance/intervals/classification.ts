/** How sure are the metrics of a classification? */

import { classificationMetrics } from '../classification-metrics.ts';
import type { ClassificationSummary } from '../classification-summary.ts';
import { calibrationInterval } from './calibration.ts';
import { averagedMetrics, cellInfluence, countsClassesAlike, type AveragedMetric } from './confusion.ts';
import { precisionRecallInfluence, rocInfluence, type ScoreInfluence } from './ranking.ts';
import { ratioInterval, type HourOf, type Ratio } from './ratio.ts';
import { intervalAround, tooFewHours, type IntervalOrReason } from './scale.ts';
import { fewestHours, tellingHours, type SpreadOf } from './spread.ts';
import { summerOver } from './values.ts';
import type { MetricOf } from '../metrics.ts';
import { totalOf, type ValueCounts } from '../value-counts.ts';

type Summary = ClassificationSummary;
type Hours = readonly HourOf<Summary>[];
type IntervalOf = (hours: Hours, total: Summary, value: number, spreadOf: SpreadOf) => IntervalOrReason;

/** An interval for each metric, or why there is none. */
export function classificationIntervals(
  hours: Hours,
  total: Summary,
  spreadOf: SpreadOf,
): Record<MetricOf<'classification'>, IntervalOrReason> {
  const names = Object.keys(classificationMetrics) as MetricOf<'classification'>[];
  const intervals = names.map((name): [string, IntervalOrReason] => {
    const value = classificationMetrics[name](total);
    return [name, 'notComputable' in value ? value : intervalOf[name](hours, total, value.value, spreadOf)];
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
  roc_auc: ranked(rocInfluence),
  pr_auc: ranked(precisionRecallInfluence),
  log_loss: ratio('loss', ({ sums }) => sums.logLoss, scoredRows),
  brier: ratio('loss', ({ sums }) => sums.brier, scoredRows),
  expected_calibration_error: calibrationInterval,
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
  return (hours, total, _, spreadOf) =>
    ratioInterval({ scale, numerator, denominator: rows, rows }, hours, total, spreadOf);
}

function hits({ confusion }: Summary): number {
  return Object.entries(confusion).reduce(
    (sum, [actual, ofActual]) => sum + (Object.hasOwn(ofActual, actual) ? ofActual[actual]! : 0),
    0,
  );
}

function averaged(metric: AveragedMetric): IntervalOf {
  return (hours, total, value, spreadOf) => {
    const rare = countsClassesAlike(metric) ? rarestClass(hours, total) : undefined;
    if (rare !== undefined && rare.hours < fewestHours) return tooFewOf(rare);
    const influence = cellInfluence(metric, value, total);
    const deviations = Float64Array.from(hours, ({ summary }) => {
      let deviation = 0;
      for (const [actual, ofActual] of Object.entries(summary.confusion)) {
        const influences = influence[actual]!;
        for (const [predicted, count] of Object.entries(ofActual))
          deviation += count * influences[predicted]!;
      }
      return deviation;
    });
    const weights = Float64Array.from(hours, ({ summary }) => summary.rows);
    return intervalAround(
      value,
      'share',
      spreadOf(deviations, weights),
      rare?.hours ?? tellingHours(weights),
    );
  };
}

interface RareClass {
  readonly label: string;
  readonly hours: number;
}

/** Of the actual classes, the one that occurs in the fewest hours: where it counts like the others, little is known. */
function rarestClass(hours: Hours, { confusion }: Summary): RareClass {
  return Object.keys(confusion)
    .toSorted()
    .map((label) => ({
      label,
      hours: hours.filter(({ summary }) => Object.hasOwn(summary.confusion, label)).length,
    }))
    .reduce((least, found) => (found.hours < least.hours ? found : least));
}

function tooFewOf({ label, hours }: RareClass): IntervalOrReason {
  return { notComputable: `class "${label}": ${tooFewHours(hours).notComputable}` };
}

/** One class against the rest, weighted by support, as the metric is. */
function ranked(influenceOf: (counts: ValueCounts) => ScoreInfluence | undefined): IntervalOf {
  return (hours, total, value, spreadOf) => {
    const rare = rarestClass(hours, total);
    if (total.positiveClass !== undefined && rare.hours < fewestHours) return tooFewOf(rare);
    const ranking = [...total.scores].flatMap(([label, counts]) => {
      const influence = influenceOf(counts);
      return influence === undefined
        ? []
        : [{ label, sumOver: summerOver(counts), influence, support: totalOf(counts.counts[0]!) }];
    });
    const weight = ranking.reduce((sum, { support }) => sum + support, 0);
    const deviations = Float64Array.from(hours, ({ summary }) => {
      let deviation = 0;
      for (const { label, sumOver, influence, support } of ranking) {
        const own = summary.scores.get(label);
        if (own === undefined) continue;
        deviation += (sumOver(own, influence.weights) * support) / weight;
        // With one class its area is the value.
        if (influence.area !== value)
          deviation += ((influence.area - value) * totalOf(own.counts[0]!)) / weight;
      }
      return deviation;
    });
    const weights = Float64Array.from(hours, ({ summary }) => summary.counts.scoredRows);
    return intervalAround(value, 'share', spreadOf(deviations, weights), rare.hours);
  };
}
