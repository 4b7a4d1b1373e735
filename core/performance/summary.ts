/**
 * Everything about a set of outcomes that adds up: hours add up to days, days to any window, and every metric of a window
 * comes from its summary.
 */

import { TidewatchError } from '../errors.ts';
import { mergeClassificationSummaries, type ClassificationSummary } from './classification-summary.ts';
import type { Task } from './metrics.ts';
import { mergeRegressionSummaries, type RegressionSummary } from './regression-summary.ts';

export type OutcomeSummary = RegressionSummary | ClassificationSummary;

/**
 * The summary of no outcomes. It merges with every other one of its task.
 *
 * @example emptySummary('regression').rows // 0
 */
export function emptySummary(task: 'regression'): RegressionSummary;
export function emptySummary(task: 'classification'): ClassificationSummary;
export function emptySummary(task: Task): OutcomeSummary;
export function emptySummary(task: Task): OutcomeSummary {
  return task === 'regression' ? mergeRegressionSummaries([]) : mergeClassificationSummaries([]);
}

/**
 * What is the summary of all these outcomes together (a window from its hours)? Counts are exact in any order and nesting,
 * sums equal to the last bits. A summary may be given several times (a bootstrap does).
 *
 * @example
 * const [monday, tuesday] = [1, 3].map((error) =>
 *   summarizeRegression({ predictions: Float64Array.of(error), actuals: Float64Array.of(0) }));
 * mergeSummaries([monday, tuesday]) // { rows: 2, sums: { absoluteError: 4, squaredError: 10 } }
 * @throws TidewatchError `INVALID_SUMMARY` for none (which task?), for summaries of different tasks or of different classes.
 */
export function mergeSummaries<S extends OutcomeSummary>(summaries: readonly S[]): S;
export function mergeSummaries(summaries: readonly OutcomeSummary[]): OutcomeSummary {
  const regressions = summaries.filter((summary) => summary.task === 'regression');
  const classifications = summaries.filter((summary) => summary.task === 'classification');
  if (regressions.length > 0 && classifications.length > 0) {
    throw invalidSummary('regression and classification do not add up');
  }
  if (regressions.length > 0) return mergeRegressionSummaries(regressions);
  if (classifications.length > 0) return mergeClassificationSummaries(classifications);
  throw invalidSummary('there is none to merge');
}

/** What to throw for a summary that cannot be what it should be. */
export function invalidSummary(reason: string): TidewatchError {
  return new TidewatchError('INVALID_SUMMARY', { reason });
}
