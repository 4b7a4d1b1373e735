/** What only classifications have, read off the summary of a window. */

import type {
  Calibration,
  Confusion,
  Section,
  Thresholds,
} from '../../console/performance-report/performance-report.ts';
import { calibrationCurve } from '../../core/performance/calibration-curve.ts';
import type { ClassificationSummary } from '../../core/performance/classification-summary.ts';
import { thresholdCurve } from '../../core/performance/threshold-curve.ts';

const noProbabilities = { absent: 'No outcome has a probability for every class.' } as const;

/** Of the positive class; of more than two classes, whichever was predicted. */
export function calibrationOf(summary: ClassificationSummary): Section<Calibration> {
  const bins = calibrationCurve(summary).map(({ probability, share, rows }) => ({
    predicted: probability,
    observed: share,
    outcomes: rows,
  }));
  return bins.length === 0 ? noProbabilities : { of: summary.positiveClass ?? 'the predicted class', bins };
}

/** The classes of the monitor, then those that occur beside them. */
export function confusionOf({ classes, confusion }: ClassificationSummary): Section<Confusion> {
  const seen = Object.entries(confusion).flatMap(([actual, predicted]) => [
    actual,
    ...Object.keys(predicted),
  ]);
  if (seen.length === 0) return { absent: 'No outcome is known.' };
  const all = [...new Set([...classes, ...seen])];
  const countOf = (actual: string, predicted: string): number => {
    const row = Object.hasOwn(confusion, actual) ? confusion[actual]! : {};
    return Object.hasOwn(row, predicted) ? row[predicted]! : 0;
  };
  return { classes: all, counts: all.map((actual) => all.map((predicted) => countOf(actual, predicted))) };
}

/** Multiples of a 64th: counts in cells are exact there. */
const thresholds = Array.from({ length: 65 }, (_, i) => i / 64);

export function thresholdsOf({ positiveClass, scores, counts }: ClassificationSummary): Section<Thresholds> {
  const ofPositive = positiveClass === undefined ? undefined : scores.get(positiveClass);
  if (positiveClass === undefined && counts.scoredRows > 0) {
    return { absent: 'A threshold is between two classes; this model has more.' };
  }
  if (ofPositive === undefined || counts.scoredRows === 0) return noProbabilities;
  const points = thresholdCurve(ofPositive, thresholds);
  return points.length === 0
    ? { absent: `No actual is of class "${positiveClass}".` }
    : { of: positiveClass!, points };
}
