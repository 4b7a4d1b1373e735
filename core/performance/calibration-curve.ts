/** How often probabilities come true. */

import type { ClassificationSummary } from './classification-summary.ts';
import { binCount } from './score-bins.ts';

/** Wide enough to hold rows of most models. */
const binsOfPoint = 2;

export interface CalibrationPoint {
  /** Mean probability of the rows, 0 to 1. */
  readonly probability: number;
  /** How often it came true, 0 to 1: as large as the probability where the model is calibrated. */
  readonly share: number;
  readonly rows: number;
}

/**
 * Do probabilities mean what they say? One point for each tenth (0, 0.1], (0.1, 0.2] ... that has rows, the first with 0. With
 * two classes of the positive one's probability, which comes true when the actual is of it; with more of the predicted
 * class's, which comes true when it is right. No points without probabilities. Exact.
 *
 * Source: scikit-learn's `calibration_curve(n_bins=10)`.
 *
 * @example
 * const probabilities = [0.62, 0.68, 0.2].map((yes) => ({ yes }));
 * const [actualClasses, predictedClasses] = [['yes', 'no', 'no'], ['yes', 'yes', 'no']];
 * calibrationCurve(summarizeClassification({ actualClasses, predictedClasses, probabilities, classes: ['no', 'yes'] }))
 * // [{ probability: 0.2, share: 0, rows: 1 }, { probability: 0.65, share: 0.5, rows: 2 }]
 */
export function calibrationCurve(summary: ClassificationSummary): readonly CalibrationPoint[] {
  return tenthsOf(summary)
    .filter(({ rows }) => rows > 0)
    .map(({ rows, hits, sum }) => ({ probability: sum / rows, share: hits / rows, rows }));
}

/**
 * The rows of each tenth, also of an empty one: how many, how many hits, and the sum of their probabilities.
 *
 * @example
 * const probabilities = [0.625, 0.25].map((yes) => ({ yes }));
 * const [actualClasses, predictedClasses] = [['yes', 'no'], ['yes', 'no']];
 * const summary = summarizeClassification({ actualClasses, predictedClasses, probabilities, classes: ['no', 'yes'] });
 * tenthsOf(summary)[6] // { rows: 1, hits: 1, sum: 0.625 }
 */
export function tenthsOf({
  positiveClass,
  confidenceBins,
  positiveBins,
}: ClassificationSummary): readonly { readonly rows: number; readonly hits: number; readonly sum: number }[] {
  const bins = positiveClass === undefined ? confidenceBins : positiveBins;
  const tenths = [];
  for (let bin = 0; bin < binCount; bin += binsOfPoint) {
    let rows = 0;
    let hits = 0;
    let sum = 0;
    for (let own = bin; own < bin + binsOfPoint; own += 1) {
      rows += bins.counts[own]!;
      hits += bins.hits[own]!;
      sum += bins.sums[own]!;
    }
    tenths.push({ rows, hits, sum });
  }
  return tenths;
}
