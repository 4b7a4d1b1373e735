import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ClassificationSummary } from '../../../core/performance/classification-summary.ts';
import { decodeSummary, encodeSummary } from '../../../core/performance/encode.ts';
import { evaluateSummary } from '../../../core/performance/evaluate.ts';
import {
  regressionSumNames,
  summarizeRegression,
  type RegressionSummary,
} from '../../../core/performance/regression-summary.ts';
import { emptySummary, mergeSummaries, type OutcomeSummary } from '../../../core/performance/summary.ts';
import {
  classificationOf,
  classificationRow,
  hoursOf,
  nested,
  regressionOf,
  regressionRow,
} from './arbitraries.ts';

const invalid = expect.objectContaining({ code: 'INVALID_SUMMARY' });
const picks = fc.array(fc.nat(20), { minLength: 16, maxLength: 16 });

function stored(summary: OutcomeSummary): OutcomeSummary {
  return decodeSummary(encodeSummary(summary));
}

/** What is counted, as plain arrays. */
function countsOf(summary: OutcomeSummary): unknown {
  const plain = (counts: ArrayLike<number>): number[] => Array.from(counts);
  if (summary.task === 'regression') {
    const { rows, counts, absoluteErrors } = summary;
    if (absoluteErrors.resolution !== 'values') throw new Error('in cells');
    return { rows, counts, values: plain(absoluteErrors.values), of: absoluteErrors.counts.map(plain) };
  }
  const { rows, counts, classes, positiveClass, confusion, confidenceBins, positiveBins, scores } = summary;
  return {
    rows,
    counts,
    classes,
    positiveClass,
    confusion: Object.entries(confusion)
      .flatMap(([actual, ofActual]) => Object.entries(ofActual).map((entry) => [actual, ...entry].join()))
      .sort(),
    bins: [confidenceBins, positiveBins].map((bins) => [plain(bins.counts), plain(bins.hits)]),
    scores: [...scores].map(([label, ofLabel]) => {
      if (ofLabel.resolution !== 'values') throw new Error('in cells');
      return [label, plain(ofLabel.values), ofLabel.counts.map(plain)];
    }),
  };
}

function expectSameRegression(merged: OutcomeSummary, whole: RegressionSummary): void {
  if (merged.task !== 'regression') throw new Error('wrong task');
  expect(countsOf(merged)).toEqual(countsOf(whole));
  const apart = regressionSumNames.filter((name) => {
    // Errors cancel each other: what their sum is exact to is their size.
    const size = whole.sums[name === 'error' ? 'absoluteError' : name];
    return !(Math.abs(merged.sums[name] - whole.sums[name]) <= 1e-12 * size);
  });
  expect(apart).toEqual([]);
  const spread = Math.sqrt(whole.actuals.deviation);
  expect(Math.abs(meanOf(merged) - meanOf(whole))).toBeLessThanOrEqual(
    1e-12 * (spread + Math.abs(meanOf(whole))),
  );
  expect(Math.abs(merged.actuals.deviation - whole.actuals.deviation)).toBeLessThanOrEqual(
    1e-12 * whole.actuals.deviation,
  );
}

function meanOf({ actuals }: RegressionSummary): number {
  return actuals.origin + actuals.mean;
}

function expectSameClassification(merged: OutcomeSummary, whole: ClassificationSummary): void {
  if (merged.task !== 'classification') throw new Error('wrong task');
  expect(countsOf(merged)).toEqual(countsOf(whole));
  for (const name of ['logLoss', 'brier', 'confidence'] as const) {
    expect(Math.abs(merged.sums[name] - whole.sums[name])).toBeLessThanOrEqual(1e-12 * whole.sums[name]);
  }
  for (const bins of ['confidenceBins', 'positiveBins'] as const) {
    for (const [bin, sum] of whole[bins].sums.entries()) {
      expect(Math.abs(merged[bins].sums[bin]! - sum)).toBeLessThanOrEqual(1e-12 * sum);
    }
  }
}

describe('the summaries of hours', () => {
  it('of a regression add up to that of all rows, in any split, order and nesting', () => {
    fc.assert(
      fc.property(hoursOf(regressionRow), picks, (hours, order) => {
        const whole = regressionOf(hours.flat());
        const parts = hours.map(regressionOf);
        expectSameRegression(mergeSummaries(parts), whole);
        expectSameRegression(nested(parts, order, mergeSummaries), whole);
        expectSameRegression(nested(parts.map(stored), order, mergeSummaries), whole);
      }),
    );
  });

  it.each([[['no', 'yes']], [['a', 'b', 'c']]])('of the classes %j add up to that of all rows', (classes) => {
    fc.assert(
      fc.property(hoursOf(classificationRow(classes)), picks, (hours, order) => {
        const whole = classificationOf(classes, hours.flat());
        const parts = hours.map((rows) => classificationOf(classes, rows));
        expectSameClassification(mergeSummaries(parts), whole);
        expectSameClassification(nested(parts, order, mergeSummaries), whole);
        expectSameClassification(nested(parts.map(stored), order, mergeSummaries), whole);
      }),
    );
  });

  it('give the metrics of the whole', () => {
    fc.assert(
      fc.property(hoursOf(classificationRow(['no', 'yes'])), (hours) => {
        const options = { minimumOutcomes: 0 };
        const whole = evaluateSummary(classificationOf(['no', 'yes'], hours.flat()), options);
        const parts = hours.map((rows) => stored(classificationOf(['no', 'yes'], rows)));
        const merged = evaluateSummary(mergeSummaries(parts), options);
        for (const [name, expected] of Object.entries(whole.metrics)) {
          expect(merged.metrics).toHaveProperty(
            name,
            'value' in expected ? { value: expect.closeTo(expected.value, 12) } : expected,
          );
        }
      }),
    );
  });

  it('keep the sums of many large and small errors to the last bits, whatever comes first', () => {
    const errors = Array.from({ length: 3_000 }, (_, i) => (i % 2 === 0 ? 1 : -1) * 10 ** (i % 17) + i / 7);
    const summaryOf = (some: readonly number[]): RegressionSummary =>
      summarizeRegression({ predictions: Float64Array.from(some), actuals: new Float64Array(some.length) });
    const whole = summaryOf(errors).sums;
    const hours = Array.from({ length: 100 }, (_, hour) =>
      summaryOf(errors.filter((_, i) => i % 100 === hour)),
    );
    const backwards = mergeSummaries(hours.toReversed()).sums;
    expect(Math.abs(backwards.error - whole.error)).toBeLessThanOrEqual(1e-15 * whole.absoluteError);
    expect(Math.abs(backwards.squaredError / whole.squaredError - 1)).toBeLessThanOrEqual(4e-16);
  });
});

describe('mergeSummaries', () => {
  it('leaves a summary as it is when nothing is added', () => {
    const regression = regressionOf([{ prediction: 1, actual: 1e9, isPeak: true, low: 0, high: 3 }]);
    const classes = classificationOf(
      ['no', 'yes'],
      [{ actual: 'no', predicted: 'yes', probabilities: { yes: 0.7 } }],
    );
    for (const summary of [regression, classes]) {
      expect(mergeSummaries([summary, emptySummary(summary.task)])).toEqual(mergeSummaries([summary]));
      expect(mergeSummaries([emptySummary(summary.task), summary])).toEqual(mergeSummaries([summary]));
    }
  });

  it('counts a summary that is given twice twice', () => {
    const hour = regressionOf([{ prediction: 3, actual: 1, isPeak: false, low: 0, high: 3 }]);
    expect(mergeSummaries([hour, hour])).toMatchObject({ rows: 2, sums: { absoluteError: 4 } });
  });

  it('refuses none, two tasks, and other classes', () => {
    const of = (classes: readonly string[]) => classificationOf(classes, []);
    expect(() => mergeSummaries([])).toThrow(invalid);
    expect(() => mergeSummaries([emptySummary('regression'), emptySummary('classification')])).toThrow(
      invalid,
    );
    expect(() => mergeSummaries([of(['no', 'yes']), of(['yes', 'no'])])).toThrow(invalid);
    expect(() => mergeSummaries([of(['a', 'b', 'c']), of(['a', 'b'])])).toThrow(
      'one is of the classes a, b, c, another of a, b, positive b',
    );
  });
});
