import { describe, expect, it } from 'vitest';

import { summarizeClassification } from '../../../core/performance/classification-summary.ts';
import { evaluateSummary } from '../../../core/performance/evaluate.ts';
import { summarizeRegression } from '../../../core/performance/regression-summary.ts';

function regression(rows: number) {
  const actuals = Float64Array.from({ length: rows }, (_, row) => row);
  return summarizeRegression({ predictions: actuals.map((actual) => actual + 2), actuals });
}

function classification(rows: number) {
  const classes = Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 'no' : 'yes'));
  return summarizeClassification({
    predictedClasses: classes,
    actualClasses: classes,
    classes: ['no', 'yes'],
  });
}

const insufficient = (outcomes: string) => ({
  level: 'insufficient-data',
  reason: `${outcomes}, at least 10 are needed`,
});

describe('evaluateSummary', () => {
  it('gives every metric of a regression and what was left out of them', () => {
    const evaluation = evaluateSummary(regression(10));
    expect(evaluation.sampleSize).toBe(10);
    expect(evaluation.verdict).toEqual({ level: 'ok', reason: '10 outcomes' });
    expect(evaluation.metrics.rmse).toEqual({ value: 2 });
    expect(evaluation.metrics.peak_hour_mape).toEqual({ notComputable: 'no outcome lies in a peak hour' });
    expect(evaluation.details).toEqual({
      task: 'regression',
      notFinite: 0,
      zeroActuals: 1,
      peakRows: 0,
      peakZeroActuals: 0,
      intervalRows: 0,
      coveredRows: 0,
    });
  });

  it('gives every metric of a classification with its classes and confusion', () => {
    const evaluation = evaluateSummary(classification(12));
    expect(evaluation.metrics.accuracy).toEqual({ value: 1 });
    expect(evaluation.details).toMatchObject({
      task: 'classification',
      confusion: { no: { no: 6 }, yes: { yes: 6 } },
      byClass: { yes: { support: 6 } },
      rowsWithProbabilities: 0,
    });
  });

  it('has insufficient data and no metrics below ten outcomes', () => {
    const nine = evaluateSummary(regression(9));
    expect(nine).toMatchObject({ sampleSize: 9, verdict: insufficient('9 outcomes'), metrics: {} });
    expect(nine.metrics).toEqual({});
    const one = evaluateSummary(classification(1));
    expect(one.verdict).toEqual(insufficient('1 outcome'));
    expect(one.metrics).toEqual({});
    expect(evaluateSummary(classification(0)).verdict).toEqual(insufficient('0 outcomes'));
  });

  it('takes another minimum', () => {
    expect(evaluateSummary(regression(10), { minimumOutcomes: 11 }).verdict.level).toBe('insufficient-data');
    expect(evaluateSummary(classification(3), { minimumOutcomes: 3 }).verdict.level).toBe('ok');
  });

  it('does not count rows that are not finite towards the minimum', () => {
    const actuals = Float64Array.of(1, 2, 3, 4, Number.NaN, 6, 7, 8, 9, 10);
    expect(evaluateSummary(summarizeRegression({ predictions: actuals, actuals }))).toMatchObject({
      sampleSize: 9,
      verdict: { level: 'insufficient-data' },
      details: { notFinite: 1 },
    });
  });

  it('survives JSON', () => {
    for (const evaluation of [evaluateSummary(regression(10)), evaluateSummary(classification(12))]) {
      expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
    }
  });
});
