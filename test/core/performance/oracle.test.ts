import { describe, expect, it } from 'vitest';

import { summarizeClassification } from '../../../core/performance/classification-summary.ts';
import type { Evaluation } from '../../../core/performance/evaluate.ts';
import { evaluateSummary } from '../../../core/performance/evaluate.ts';
import { isMetricName } from '../../../core/performance/metrics.ts';
import { summarizeRegression } from '../../../core/performance/regression-summary.ts';
import { valueOf } from '../../../core/verdict.ts';
import oracle from '../../oracles/performance.json' with { type: 'json' };

function expectAgreement(evaluation: Evaluation, expected: Readonly<Record<string, number>>): void {
  const relativeErrors = Object.entries(expected).map(([metric, value]) => {
    const computed = valueOf(isMetricName(metric) ? evaluation.metrics[metric] : undefined);
    return [metric, computed === null ? Infinity : Math.abs(computed / value - 1)] as const;
  });
  expect(relativeErrors.filter(([, error]) => !(error <= 1e-9))).toEqual([]);
}

describe('regression metrics agree with scikit-learn to 1e-9', () => {
  it.each(oracle.regressions)('$name', ({ predictions, actuals, peak, zeroActuals, expected }) => {
    const evaluation = evaluateSummary(
      summarizeRegression({
        predictions: Float64Array.from(predictions),
        actuals: Float64Array.from(actuals),
        isPeak: Uint8Array.from(peak),
      }),
    );
    expectAgreement(evaluation, expected);
    expect(evaluation.details).toMatchObject({ zeroActuals, notFinite: 0 });
  });
});

describe('classification metrics agree with scikit-learn to 1e-9', () => {
  it.each(oracle.classifications)('$name', (example) => {
    const { classes, positiveClass, predicted, actual, probabilities, expected, byClass, confusion } =
      example;
    const evaluation = evaluateSummary(
      summarizeClassification({
        classes,
        ...(positiveClass === null ? {} : { positiveClass }),
        predictedClasses: predicted,
        actualClasses: actual,
        probabilities: probabilities.map((row) =>
          Object.fromEntries(row.map((p, index) => [classes[index]!, p])),
        ),
      }),
    );
    expectAgreement(evaluation, expected);
    const { details } = evaluation;
    if (details.task !== 'classification') throw new Error('wrong task');
    expect(details.confusion).toEqual(confusion);
    expect(Object.keys(details.byClass)).toEqual(Object.keys(byClass));
    for (const [label, scores] of Object.entries(byClass)) {
      for (const [name, value] of Object.entries(scores)) {
        expect(details.byClass[label]).toHaveProperty(name, expect.closeTo(value, 12));
      }
    }
  });
});
