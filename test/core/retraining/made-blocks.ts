import { summarizeRegression, type RegressionSummary } from '../../../core/performance/regression-summary.ts';

/** The outcomes of predictions that were so far off. */
export function errorsOf(errors: readonly number[]): RegressionSummary {
  return summarizeRegression({
    predictions: Float64Array.from(errors),
    actuals: new Float64Array(errors.length),
  });
}
