/** Estimated performance of a classification: how often each class will come follows from the calibrated probabilities. */

import { learnBins, type FeatureBins } from '../boosting/feature-bins.ts';
import type { Sample } from '../multivariate/sample.ts';
import { classificationMetrics } from '../performance/classification-metrics.ts';
import {
  scoredClasses,
  summarizeClassification,
  type ClassificationSummary,
} from '../performance/classification-summary.ts';
import { expectedSummary } from '../performance/expected-classification.ts';
import type { MetricName } from '../performance/metrics.ts';
import type { Probabilities } from '../performance/probabilities.ts';
import type { Computed } from '../verdict.ts';
import { calibrate, fitCalibration, type Calibration } from './calibration.ts';
import { binColumns, withAnswer } from './columns.ts';
import { usualErrors, type UsualErrors, type WindowMetrics } from './usual-errors.ts';

/** Rows in the order of time: what the model saw, and what it said. */
export interface ClassificationRows {
  readonly task: 'classification';
  readonly sample: Sample;
  readonly predictedClasses: readonly string[];
  readonly probabilities: readonly (Probabilities | null)[];
  readonly classes: readonly string[];
  /** With two classes: the one that scores are about; by default the last of `classes`. */
  readonly positiveClass?: string;
}

/** Rows of which every one has a probability for every class. */
export interface ScoredRows extends ClassificationRows {
  /** By class, one a row. */
  readonly scores: readonly Float64Array[];
}

interface ClassCalibration {
  readonly label: string;
  readonly bins: readonly FeatureBins[];
  readonly calibration: Calibration;
}

/** JSON-safe. */
export interface ClassificationEstimator {
  readonly task: 'classification';
  /** Rows that it was fitted to. */
  readonly rows: number;
  readonly classes: readonly string[];
  readonly positiveClass?: string;
  /** Of every class; of two only the positive one, as the other's probability is the rest. */
  readonly calibrations: readonly ClassCalibration[];
  readonly usualErrors: UsualErrors;
}

/** Fits it; the caller sees to enough rows, with an actual each that is one of the classes. */
export function fitClassificationEstimator(
  rows: ScoredRows,
  actualClasses: readonly string[],
): ClassificationEstimator | { readonly notComputable: string } {
  const { classes, sample, scores, predictedClasses, probabilities } = rows;
  const [only, ...others] = new Set(actualClasses);
  if (others.length === 0) return { notComputable: `all actuals are of class "${only}"` };
  const positiveClass = classes.length === 2 ? (rows.positiveClass ?? classes[1]!) : undefined;
  const fitted = scoredClasses(classes, positiveClass).map((label) => {
    const ofClass = scores[classes.indexOf(label)]!;
    const columns = withAnswer(sample, ofClass);
    const bins = columns.map((column) => learnBins(column));
    const came = Float64Array.from(actualClasses, (actual) => (actual === label ? 1 : 0));
    const { calibration, outOfFold } = fitCalibration(ofClass, came, binColumns(bins, columns));
    return { outOfFold, stored: { label, bins, calibration } };
  });
  const labels = { classes, positiveClass };
  const chances = chancesOf(
    labels,
    fitted.map(({ outOfFold }) => outOfFold),
  );
  const part = (columns: readonly Float64Array[], start: number, end: number): Float64Array[] =>
    columns.map((column) => column.subarray(start, end));
  return {
    task: 'classification',
    rows: actualClasses.length,
    classes,
    ...(positiveClass !== undefined && { positiveClass }),
    calibrations: fitted.map(({ stored }) => stored),
    usualErrors: usualErrors(sample.times, (start, end) => {
      const ofWindow = predictedClasses.slice(start, end);
      return {
        estimated: metricsOf(
          expectedSummary({
            ...labels,
            predictedClasses: ofWindow,
            scores: part(scores, start, end),
            chances: part(chances, start, end),
          }),
        ),
        realized: metricsOf(
          summarizeClassification({
            predictedClasses: ofWindow,
            actualClasses: actualClasses.slice(start, end),
            probabilities: probabilities.slice(start, end),
            classes,
            ...(positiveClass !== undefined && { positiveClass }),
          }),
        ),
      };
    }),
  };
}

/** What the outcomes of these rows, of which there is at least one, are expected to add up to. */
export function expectClassification(
  { classes, positiveClass, calibrations }: ClassificationEstimator,
  { sample, scores, predictedClasses }: ScoredRows,
): ClassificationSummary {
  const labels = { classes, positiveClass };
  const calibrated = calibrations.map(({ label, bins, calibration }) => {
    const ofClass = scores[classes.indexOf(label)]!;
    return calibrate(calibration, ofClass, binColumns(bins, withAnswer(sample, ofClass)));
  });
  return expectedSummary({ ...labels, predictedClasses, scores, chances: chancesOf(labels, calibrated) });
}

/** Every metric of a summary. */
export function metricsOf(summary: ClassificationSummary): WindowMetrics {
  return Object.fromEntries(
    Object.entries(classificationMetrics).map(([name, metric]): [string, Computed] => [
      name,
      metric(summary),
    ]),
  ) satisfies Partial<Record<MetricName, Computed>>;
}

/** Probabilities of all classes, which add up to 1, from those that were calibrated one by one. */
function chancesOf(
  {
    classes,
    positiveClass,
  }: Pick<ClassificationEstimator, 'classes'> & { positiveClass: string | undefined },
  calibrated: readonly Float64Array[],
): readonly Float64Array[] {
  if (positiveClass !== undefined) {
    const [positive] = calibrated as [Float64Array];
    const rest = positive.map((chance) => 1 - chance);
    return classes.map((label) => (label === positiveClass ? positive : rest));
  }
  const totals = calibrated[0]!.map((_, row) => calibrated.reduce((sum, ofClass) => sum + ofClass[row]!, 0));
  return calibrated.map((ofClass) =>
    ofClass.map((chance, row) => (totals[row]! > 0 ? chance / totals[row]! : 1 / classes.length)),
  );
}
