import { describe, expect, it } from 'vitest';

import { summarizeClassification } from '../../../core/performance/classification-summary.ts';
import { decodeSummary, encodeSummary } from '../../../core/performance/encode.ts';
import { summarizeRegression } from '../../../core/performance/regression-summary.ts';
import { emptySummary, mergeSummaries } from '../../../core/performance/summary.ts';

describe('encodeSummary and decodeSummary', () => {
  it('give back a summary of few values to the bit', () => {
    const regression = summarizeRegression({
      predictions: Float64Array.of(1, 2.5, 1 / 3, Number.NaN),
      actuals: Float64Array.of(1, 0, 1e9, 4),
      intervalLow: Float64Array.of(0, 0, 0, 0),
      intervalHigh: Float64Array.of(1, 3, 2, 2),
    });
    const classification = summarizeClassification({
      classes: ['no', 'yes'],
      predictedClasses: ['no', 'yes', '__proto__'],
      actualClasses: ['yes', 'yes', 'no'],
      probabilities: [{ yes: 0.1 }, { yes: 0.7 }, { yes: 2 }],
    });
    for (const summary of [
      regression,
      classification,
      emptySummary('regression'),
      emptySummary('classification'),
    ]) {
      expect(mergeSummaries([decodeSummary(encodeSummary(summary))])).toEqual(mergeSummaries([summary]));
    }
  });
});
