/** The summary of outcomes that is to be expected of rows without actuals: its counts are sums of probabilities. */

import { scoredClasses, type ClassificationSummary } from './classification-summary.ts';
import { addTerm, settleSums, startSum } from './compensated-sums.ts';
import { addScore, noBins } from './score-bins.ts';
import type { ValueCounts } from './value-counts.ts';

/** What the model said of some rows, and how probable each class is. Both have a value a row and class. */
export interface ExpectedOutcomes {
  readonly predictedClasses: readonly string[];
  readonly classes: readonly string[];
  readonly positiveClass: string | undefined;
  /** What the model said, by class. */
  readonly scores: readonly Float64Array[];
  /** By class; of a row they add up to 1. */
  readonly chances: readonly Float64Array[];
}

/**
 * What will the outcomes of these rows add up to, if each class comes as often as its probability says? Every metric of it
 * is then what is to be expected of that metric; one that is no sum (F1, ROC AUC) up to terms of the order of one row.
 *
 * Source: the confidence-based performance estimation of NannyML (github.com/NannyML/nannyml). O(classes * n log n).
 *
 * @example
 * const [yes, no] = [Float64Array.of(0.8, 0.4), Float64Array.of(0.2, 0.6)];
 * const said = { predictedClasses: ['yes', 'no'], classes: ['no', 'yes'], positiveClass: 'yes', scores: [no, yes] };
 * expectedSummary({ ...said, chances: [no, yes] }).confusion // { no: { yes: 0.2, no: 0.6 }, yes: { yes: 0.8, no: 0.4 } }
 */
export function expectedSummary(outcomes: ExpectedOutcomes): ClassificationSummary {
  const { predictedClasses, classes, positiveClass, scores, chances } = outcomes;
  const rows = predictedClasses.length;
  const indexOf = new Map(classes.map((label, index) => [label, index]));
  const confusion = new Map(classes.map((label) => [label, new Map<string, number>()]));
  const running = { logLoss: startSum(), brier: startSum(), confidence: startSum() };
  const confidenceBins = noBins();
  const positiveBins = noBins();
  const positive = positiveClass === undefined ? undefined : indexOf.get(positiveClass);
  let confidentRows = 0;
  for (let row = 0; row < rows; row += 1) {
    const label = predictedClasses[row]!;
    let squares = 0;
    for (let index = 0; index < classes.length; index += 1) squares += scores[index]![row]! ** 2;
    for (const [index, actual] of classes.entries()) {
      const chance = chances[index]![row]!;
      const score = scores[index]![row]!;
      const ofActual = confusion.get(actual)!;
      ofActual.set(label, (ofActual.get(label) ?? 0) + chance);
      addTerm(
        running.logLoss,
        -chance * Math.log(Math.min(Math.max(score, Number.EPSILON), 1 - Number.EPSILON)),
      );
      // Of two classes one probability counts, of more their distance to 1 for the actual class and 0 for the others.
      const distance = positive === undefined ? squares - score ** 2 + (1 - score) ** 2 : (1 - score) ** 2;
      addTerm(running.brier, chance * distance);
    }
    const predicted = indexOf.get(label);
    if (predicted !== undefined) {
      confidentRows += 1;
      addTerm(running.confidence, scores[predicted]![row]!);
      addScore(confidenceBins, scores[predicted]![row]!, chances[predicted]![row]!);
    }
    if (positive !== undefined) addScore(positiveBins, scores[positive]![row]!, chances[positive]![row]!);
  }
  return {
    task: 'classification',
    rows,
    classes,
    positiveClass,
    confusion: Object.fromEntries(
      [...confusion].map(([actual, ofActual]) => [actual, Object.fromEntries(ofActual)]),
    ),
    counts: { scoredRows: rows, invalidProbabilities: 0, unseenActuals: 0, confidentRows },
    ...settleSums(running),
    confidenceBins,
    positiveBins,
    scores: new Map(
      scoredClasses(classes, positiveClass).map((label) => [
        label,
        expectedCounts(scores[indexOf.get(label)!]!, chances[indexOf.get(label)!]!),
      ]),
    ),
  };
}

/** How often each score is to be expected in rows of the class, and in the others. */
function expectedCounts(scores: Float64Array, chances: Float64Array): ValueCounts {
  const order = Int32Array.from(scores, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
  const values: number[] = [];
  const own: number[] = [];
  const others: number[] = [];
  for (const row of order) {
    if (values.at(-1) !== scores[row]!) {
      values.push(scores[row]!);
      own.push(0);
      others.push(0);
    }
    own[own.length - 1]! += chances[row]!;
    others[others.length - 1]! += 1 - chances[row]!;
  }
  return {
    grid: 'score',
    resolution: 'values',
    values: Float64Array.from(values),
    counts: [Float64Array.from(own), Float64Array.from(others)],
  };
}
