/** The metrics of probabilities, read off a summary. They agree with scikit-learn to 1e-9. */

import type { ClassificationSummary } from './classification-summary.ts';
import type { Measured } from './metrics.ts';
import { areaUnderPrecisionRecall, areaUnderRoc, type Area } from './ranking.ts';
import { binCount } from './score-bins.ts';
import type { ValueCounts } from './value-counts.ts';

type ProbabilityMetric = (summary: ClassificationSummary) => Measured;

/** The calibration error is over so many bins: of two classes' probabilities, more hold too few rows. */
const calibrationBins = 10;

export const probabilityMetrics = {
  roc_auc: (summary) =>
    ranked(summary, areaUnderRoc, () => `all actuals are of class "${onlyClass(summary)}"`),
  pr_auc: (summary) =>
    ranked(summary, areaUnderPrecisionRecall, () => `no actual is of class "${summary.positiveClass}"`),
  log_loss: (summary) => ofScored(summary, () => summary.sums.logLoss / summary.counts.scoredRows),
  brier: (summary) => ofScored(summary, () => summary.sums.brier / summary.counts.scoredRows),
  expected_calibration_error: (summary) => {
    const bins = summary.positiveClass === undefined ? summary.confidenceBins : summary.positiveBins;
    let rows = 0;
    let distance = 0;
    for (let first = 0; first < binCount; first += binCount / calibrationBins) {
      let gap = 0;
      for (let bin = first; bin < first + binCount / calibrationBins; bin += 1) {
        gap += bins.hits[bin]! - bins.sums[bin]!;
        rows += bins.counts[bin]!;
      }
      distance += Math.abs(gap);
    }
    return rows === 0 ? noScores : { value: distance / rows };
  },
  confidence: ({ sums, counts: { scoredRows, confidentRows } }) => {
    if (scoredRows === 0) return noScores;
    return confidentRows === 0
      ? { notComputable: 'no predicted class has a probability' }
      : { value: sums.confidence / confidentRows };
  },
} as const satisfies Record<string, ProbabilityMetric>;

const noScores: Measured = { notComputable: 'no outcome has a probability for every class' };

function ofScored({ counts }: ClassificationSummary, compute: () => number): Measured {
  return counts.scoredRows === 0 ? noScores : { value: compute() };
}

/** One class against the rest, weighted by support, over the classes for which that is computable. */
function ranked(
  { scores, counts }: ClassificationSummary,
  area: (counts: ValueCounts) => Area | undefined,
  reason: () => string,
): Measured {
  if (counts.scoredRows === 0) return noScores;
  let value = 0;
  let errorBound = 0;
  let weight = 0;
  for (const ofClass of scores.values()) {
    const found = area(ofClass);
    if (found === undefined) continue;
    const support = supportOf(ofClass);
    value += found.value * support;
    errorBound += (found.errorBound ?? 0) * support;
    weight += support;
  }
  if (weight === 0) return { notComputable: reason() };
  return { value: value / weight, ...(errorBound > 0 && { errorBound: errorBound / weight }) };
}

/** The class of all scored rows, when they are of one. */
function onlyClass({ classes, scores, counts }: ClassificationSummary): string | undefined {
  const own = [...scores].find(([, ofClass]) => supportOf(ofClass) === counts.scoredRows);
  return own === undefined ? classes.find((label) => !scores.has(label)) : own[0];
}

function supportOf({ counts }: ValueCounts): number {
  let support = 0;
  for (const count of counts[0]!) support += count;
  return support;
}
