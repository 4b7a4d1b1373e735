/** The classification metrics that need probabilities: ROC AUC, log loss and confidence. */

import type { Computed } from '../verdict.ts';
import type { ClassificationOutcomes } from './classification.ts';
import { rocAuc } from './roc-auc.ts';

/** Softmax in 32-bit floats may end a little outside of 0 to 1; such values are clipped. */
const roundingSlack = 1e-6;

export interface ProbabilityMetrics {
  /** Rows that the metrics are over: a probability for every class, and an actual that is one of them. */
  readonly rows: number;
  readonly roc_auc: Computed;
  readonly log_loss: Computed;
  readonly confidence: Computed;
}

/**
 * How good are the probabilities? Rows without a probability from 0 to 1 for every class are left out; with two classes
 * one probability is enough. Nothing is computable without a complete row. O(classes * rows * log rows).
 *
 * - `roc_auc`: with two classes that of `positiveClass`, by default the last one. With more, one class against the rest
 *   for every class that is present and is not all there is, weighted by support: scikit-learn's
 *   `multi_class='ovr', average='weighted'`, which instead refuses data in which a class is absent. Not computable
 *   where all rows are of one class.
 * - `log_loss`: mean of -ln p(actual class), in nats, 0 or more. Probabilities are clipped to [2.2e-16, 1 - 2.2e-16] and
 *   not normalised, as scikit-learn does it.
 * - `confidence`: mean probability of the predicted class, 0 to 1.
 */
export function probabilityMetrics(outcomes: ClassificationOutcomes): ProbabilityMetrics {
  const { classes, probabilities, predictedClasses, actualClasses } = outcomes;
  const usable: number[] = [];
  for (const [row, given] of (probabilities ?? []).entries()) {
    if (given !== null && classes.includes(actualClasses[row]!) && isComplete(given, classes))
      usable.push(row);
  }
  if (usable.length === 0) {
    const none: Computed = { notComputable: 'no outcome has a probability for every class' };
    return { rows: 0, roc_auc: none, log_loss: none, confidence: none };
  }

  const probability = (row: number, label: string): number =>
    probabilityOf(probabilities![row]!, label, classes)!;
  let loss = 0;
  let confidence = 0;
  let confident = 0;
  for (const row of usable) {
    const ofActual = probability(row, actualClasses[row]!);
    loss -= Math.log(Math.min(Math.max(ofActual, Number.EPSILON), 1 - Number.EPSILON));
    const predicted = predictedClasses[row]!;
    if (!classes.includes(predicted)) continue;
    confidence += probability(row, predicted);
    confident += 1;
  }
  return {
    rows: usable.length,
    roc_auc: classesRocAuc(outcomes, usable, probability),
    log_loss: { value: loss / usable.length },
    confidence:
      confident === 0
        ? { notComputable: 'no predicted class has a probability' }
        : { value: confidence / confident },
  };
}

function classesRocAuc(
  outcomes: ClassificationOutcomes,
  rows: readonly number[],
  probability: (row: number, label: string) => number,
): Computed {
  const { classes, actualClasses, positiveClass = classes.at(-1)! } = outcomes;
  let sum = 0;
  let weight = 0;
  for (const label of classes.length === 2 ? [positiveClass] : classes) {
    const scores = (of: readonly number[]): Float64Array =>
      Float64Array.from(of, (row) => probability(row, label));
    const positives = scores(rows.filter((row) => actualClasses[row] === label));
    const negatives = scores(rows.filter((row) => actualClasses[row] !== label));
    if (positives.length === 0 || negatives.length === 0) continue;
    sum += rocAuc(positives, negatives) * positives.length;
    weight += positives.length;
  }
  if (weight === 0) return { notComputable: `all actuals are of class "${actualClasses[rows[0]!]}"` };
  return { value: sum / weight };
}

type Probabilities = Readonly<Record<string, number>>;

function isComplete(given: Probabilities, classes: readonly string[]): boolean {
  return classes.every((label) => probabilityOf(given, label, classes) !== undefined);
}

function probabilityOf(given: Probabilities, label: string, classes: readonly string[]): number | undefined {
  const own = valid(given[label]);
  if (own !== undefined || classes.length !== 2) return own;
  const other = valid(given[classes[0] === label ? classes[1]! : classes[0]!]);
  return other === undefined ? undefined : 1 - other;
}

function valid(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(value >= -roundingSlack && value <= 1 + roundingSlack)) return undefined;
  return Math.min(Math.max(value, 0), 1);
}
