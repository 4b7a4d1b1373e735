/** How much a model errs on single rows. */

import { readProbabilities, type Probabilities } from '../../performance/probabilities.ts';
import type { Task } from '../../performance/metrics.ts';
import { isUsableNumber } from '../../profile/grid.ts';
import type { SliceLoss } from './weak-slice-in-words.ts';

/** What was predicted of a row, and what happened; null where the task has no such thing. */
export interface PredictedRow {
  readonly prediction: number | null;
  readonly predicted_class: string | null;
  readonly probabilities: Probabilities | null;
  readonly actual: number | null;
  readonly actual_class: string | null;
}

export interface RowLosses {
  readonly loss: SliceLoss;
  /** One a row; NaN where there is none. */
  readonly losses: Float64Array;
}

/**
 * The loss of each row: |error| of numbers. Of classes -ln of the probability of the actual one, where every row has one from 0
 * to 1 for each class, else 1 for a wrong class and 0 for the right one.
 *
 * Rows without a usable prediction or actual have none. Probabilities are clipped to 2.2e-16, as for the log loss of a window.
 *
 * @example
 * const row = { prediction: 3, predicted_class: null, probabilities: null, actual: 5, actual_class: null };
 * lossesOf('regression', [row, { ...row, actual: NaN }]).losses // [2, NaN]
 */
export function lossesOf(
  task: Task,
  rows: readonly PredictedRow[],
  classes: readonly string[] = [],
): RowLosses {
  if (task === 'regression') {
    const losses = Float64Array.from(rows, ({ prediction, actual }) => {
      const isUsable = isUsableNumber(prediction ?? NaN) && isUsableNumber(actual ?? NaN);
      return isUsable ? Math.abs(prediction! - actual!) : NaN;
    });
    return { loss: 'mae', losses };
  }
  const chances = new Float64Array(classes.length);
  const logLosses = rows.map(({ probabilities, actual_class: actual }) => {
    const position = classes.indexOf(actual ?? '');
    if (position < 0 || probabilities === null || !readProbabilities(probabilities, classes, chances))
      return NaN;
    return -Math.log(Math.max(chances[position]!, Number.EPSILON));
  });
  if (!logLosses.some(Number.isNaN)) return { loss: 'log_loss', losses: Float64Array.from(logLosses) };
  const losses = Float64Array.from(rows, ({ predicted_class: predicted, actual_class: actual }) =>
    predicted === null || actual === null ? NaN : Number(predicted !== actual),
  );
  return { loss: 'error_rate', losses };
}
