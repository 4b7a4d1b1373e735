/** What adds up about the outcomes of a classification. */

import { TidewatchError } from '../errors.ts';
import { addTerm, mergeSums, settleSums, startSum, type CompensatedSums } from './compensated-sums.ts';
import { countConfusion, mergeConfusions, type ConfusionCounts } from './confusion.ts';
import { readProbabilities, type Probabilities } from './probabilities.ts';
import { binScores, mergeBins, noBins, type ScoreBins } from './score-bins.ts';
import { countValues, mergeValueCounts, type ValueCounts } from './value-counts.ts';

/** Predicted and actual classes row by row, with the probabilities that the model gave, where it gave any. */
export interface ClassificationOutcomes {
  readonly predictedClasses: readonly string[];
  readonly actualClasses: readonly string[];
  readonly probabilities?: readonly (Probabilities | null)[];
  /** All classes, so that one that never occurs is shown too. */
  readonly classes: readonly string[];
  /** With two classes: the one that scores are about; by default the last of `classes`. */
  readonly positiveClass?: string;
}

export const classificationSumNames = [
  /** -ln of the probability of the actual class, clipped to [2.2e-16, 1 - 2.2e-16]. */
  'logLoss',
  /** Squared distance of the probabilities from 1 for the actual class and 0 for the others; with two classes of one of them. */
  'brier',
  /** Probability of the predicted class. */
  'confidence',
] as const;

export const classificationCountNames = [
  /** Rows that the metrics of probabilities are over: one from 0 to 1 for every class, and an actual that is one of them. */
  'scoredRows',
  /** Rows left out of these because a probability is missing or outside of 0 to 1. A row without any is not counted. */
  'invalidProbabilities',
  /** Rows left out of these because the actual is not one of the classes. */
  'unseenActuals',
  /** Scored rows whose predicted class is one of the classes. */
  'confidentRows',
] as const;

export interface ClassificationSummary extends CompensatedSums<(typeof classificationSumNames)[number]> {
  readonly task: 'classification';
  readonly rows: number;
  /** None for no outcomes. */
  readonly classes: readonly string[];
  /** Undefined unless there are two classes. */
  readonly positiveClass: string | undefined;
  readonly confusion: ConfusionCounts;
  readonly counts: Readonly<Record<(typeof classificationCountNames)[number], number>>;
  /** Probability of the predicted class; a hit is a right one. */
  readonly confidenceBins: ScoreBins;
  /** With two classes: probability of the positive one; a hit is an actual of it. */
  readonly positiveBins: ScoreBins;
  /** For each of `scoredClasses`: its probabilities in rows of the class, and in the other rows. */
  readonly scores: ReadonlyMap<string, ValueCounts>;
}

/**
 * What adds up about these outcomes? A class that occurs but is not in `classes` is counted like any other in the confusion
 * counts; its rows have no score. O(classes * n log n).
 *
 * @example summarizeClassification({ predictedClasses: ['a', 'b'], actualClasses: ['a', 'a'], classes: ['a', 'b'] })
 * // { rows: 2, confusion: { a: { a: 1, b: 1 } }, counts: { scoredRows: 0 } }
 * @throws TidewatchError `INVALID_STATISTIC_INPUT` when the arrays differ in length or `positiveClass` is not a class.
 */
export function summarizeClassification(outcomes: ClassificationOutcomes): ClassificationSummary {
  const { predictedClasses, actualClasses, probabilities, classes } = outcomes;
  requireWhole(outcomes);
  const positiveClass = classes.length === 2 ? (outcomes.positiveClass ?? classes[1]!) : undefined;
  const indexOf = new Map(classes.map((label, index) => [label, index]));
  const scored = scoredClasses(classes, positiveClass).map((label) => ({
    label,
    index: indexOf.get(label)!,
    own: new Array<number>(),
    others: new Array<number>(),
  }));
  const counts = emptyCounts();
  const running = { logLoss: startSum(), brier: startSum(), confidence: startSum() };
  const confidence = { scores: new Array<number>(), hits: new Array<boolean>() };
  const positive = { scores: new Array<number>(), hits: new Array<boolean>() };
  const chances = new Float64Array(classes.length);
  for (const [row, given] of (probabilities ?? []).entries()) {
    if (given === null) continue;
    const actual = indexOf.get(actualClasses[row]!);
    if (actual === undefined) {
      counts.unseenActuals += 1;
      continue;
    }
    if (!readProbabilities(given, classes, chances)) {
      counts.invalidProbabilities += 1;
      continue;
    }
    counts.scoredRows += 1;
    const ofActual = chances[actual]!;
    addTerm(running.logLoss, -Math.log(Math.min(Math.max(ofActual, Number.EPSILON), 1 - Number.EPSILON)));
    addTerm(
      running.brier,
      positiveClass === undefined ? squaredDistance(chances, actual) : (1 - ofActual) ** 2,
    );
    for (const { index, own, others } of scored) (index === actual ? own : others).push(chances[index]!);
    const predicted = indexOf.get(predictedClasses[row]!);
    if (predicted !== undefined) {
      counts.confidentRows += 1;
      addTerm(running.confidence, chances[predicted]!);
      confidence.scores.push(chances[predicted]!);
      confidence.hits.push(predicted === actual);
    }
    if (positiveClass !== undefined) {
      positive.scores.push(chances[scored[0]!.index]!);
      positive.hits.push(scored[0]!.index === actual);
    }
  }
  return {
    task: 'classification',
    rows: actualClasses.length,
    classes,
    positiveClass,
    confusion: countConfusion(predictedClasses, actualClasses),
    counts,
    ...settleSums(running),
    confidenceBins: binScores(confidence.scores, confidence.hits),
    positiveBins: binScores(positive.scores, positive.hits),
    scores: new Map(
      scored.map(({ label, own, others }) => [
        label,
        countValues('score', [Float64Array.from(own), Float64Array.from(others)]),
      ]),
    ),
  };
}

/** The summary of all these rows together; of none, that of no rows. */
export function mergeClassificationSummaries(
  summaries: readonly ClassificationSummary[],
): ClassificationSummary {
  const [first] = summaries.filter(({ classes }) => classes.length > 0);
  const classes = first?.classes ?? [];
  const positiveClass = first?.positiveClass;
  const counts = emptyCounts();
  let rows = 0;
  for (const summary of summaries) {
    if (summary.classes.length > 0) requireSameClasses(first!, summary);
    for (const name of classificationCountNames) counts[name] += summary.counts[name];
    rows += summary.rows;
  }
  return {
    task: 'classification',
    rows,
    classes,
    positiveClass,
    confusion: mergeConfusions(summaries.map(({ confusion }) => confusion)),
    counts,
    ...mergeSums(classificationSumNames, summaries),
    confidenceBins: mergeBins([noBins(), ...summaries.map(({ confidenceBins }) => confidenceBins)]),
    positiveBins: mergeBins([noBins(), ...summaries.map(({ positiveBins }) => positiveBins)]),
    scores: new Map(
      scoredClasses(classes, positiveClass).map((label) => [
        label,
        mergeValueCounts(summaries.flatMap(({ scores }) => scores.get(label) ?? [])),
      ]),
    ),
  };
}

/**
 * The classes that rows are ranked by: of two only the positive one, since the other's probability is the rest.
 *
 * @example scoredClasses(['no', 'yes'], 'yes') // ['yes']
 */
export function scoredClasses(
  classes: readonly string[],
  positiveClass: string | undefined,
): readonly string[] {
  return positiveClass === undefined ? classes : [positiveClass];
}

function emptyCounts(): Record<(typeof classificationCountNames)[number], number> {
  return { scoredRows: 0, invalidProbabilities: 0, unseenActuals: 0, confidentRows: 0 };
}

function squaredDistance(chances: Float64Array, actual: number): number {
  let sum = 0;
  for (const [index, chance] of chances.entries()) sum += (chance - (index === actual ? 1 : 0)) ** 2;
  return sum;
}

function requireSameClasses(a: ClassificationSummary, b: ClassificationSummary): void {
  const texts = [a, b].map(({ classes, positiveClass }) =>
    [...classes, ...(positiveClass === undefined ? [] : [`positive ${positiveClass}`])].join(', '),
  );
  if (texts[0] !== texts[1]) {
    throw new TidewatchError('INVALID_SUMMARY', {
      reason: `one is of the classes ${texts[0]}, another of ${texts[1]}`,
    });
  }
}

function requireWhole({
  predictedClasses,
  actualClasses,
  probabilities,
  classes,
  positiveClass,
}: ClassificationOutcomes): void {
  const rows = actualClasses.length;
  if (predictedClasses.length !== rows || (probabilities !== undefined && probabilities.length !== rows)) {
    throw invalid(
      `${predictedClasses.length} predictions, ${rows} actuals and ${probabilities?.length ?? 'no'} probabilities must be of one length`,
    );
  }
  if (positiveClass !== undefined && !classes.includes(positiveClass)) {
    throw invalid(`the positive class "${positiveClass}" is not one of ${classes.join(', ')}`);
  }
}

function invalid(reason: string): TidewatchError {
  return new TidewatchError('INVALID_STATISTIC_INPUT', { statistic: 'classification metrics', reason });
}
