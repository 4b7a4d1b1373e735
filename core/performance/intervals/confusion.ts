/** What each row adds to the deviation of the metrics of predicted classes from the truth, by its actual and predicted class. */

import type { ClassificationSummary } from '../classification-summary.ts';
import { scoresByClass, type ClassScores, type ConfusionCounts } from '../confusion.ts';
import type { MetricOf } from '../metrics.ts';

type Score = 'precision' | 'recall' | 'f1';
type Averaging = 'support' | 'occurring' | 'present';

const averages = {
  precision: ['precision', 'support'],
  recall: ['recall', 'support'],
  f1: ['f1', 'support'],
  precision_macro: ['precision', 'occurring'],
  recall_macro: ['recall', 'occurring'],
  f1_macro: ['f1', 'occurring'],
  balanced_accuracy: ['recall', 'present'],
} as const satisfies Partial<Record<MetricOf<'classification'>, readonly [Score, Averaging]>>;

export type AveragedMetric = keyof typeof averages;
export const averagedMetrics = Object.keys(averages) as AveragedMetric[];

/** Of a row, by its actual and its predicted class; over the rows of the window it sums to 0. */
export type CellInfluence = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Whether every class counts the same, however rare. */
export function countsClassesAlike(metric: AveragedMetric): boolean {
  return averages[metric][1] !== 'support';
}

/** The derivative of a mean of class scores by the count of a cell of the confusion matrix. */
export function cellInfluence(
  metric: AveragedMetric,
  value: number,
  { rows, confusion, classes }: ClassificationSummary,
): CellInfluence {
  const [score, averaging] = averages[metric];
  const byClass = scoresByClass(confusion, classes);
  const counted = Object.values(byClass).filter(({ support, predicted }) =>
    averaging === 'occurring' ? support + predicted > 0 : support > 0,
  ).length;
  const ofClass = (label: string, actual: string, predicted: string): number => {
    const scores = byClass[label]!;
    const change = scoreChange[score](scores, actual === label, predicted === label);
    return averaging === 'support' ? (change * scores.support) / rows : change / counted;
  };
  const ofCell = (actual: string, predicted: string): number =>
    ofClass(actual, actual, predicted) +
    (predicted === actual ? 0 : ofClass(predicted, actual, predicted)) +
    (averaging === 'support' ? (byClass[actual]![score] - value) / rows : 0);
  return mapEntries(confusion, (actual, ofActual) =>
    mapEntries(ofActual, (predicted) => ofCell(actual, predicted)),
  );
}

// Object.fromEntries, not assignment: a class may be called "__proto__".
function mapEntries<From, To>(
  record: Readonly<Record<string, From>>,
  map: (key: string, value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(key, value)]));
}

/** The confusion counts of hours as numbers: names are looked up once for all metrics. */
export interface HourlyCells {
  /** Every cell that occurs. */
  readonly cells: readonly (readonly [actual: string, predicted: string])[];
  /** Of each hour, its cells by their place in `cells`, and the rows of each. */
  readonly hours: readonly { readonly places: readonly number[]; readonly rows: readonly number[] }[];
}

/** Names the cells of some hours. */
export function hourlyCells(confusions: readonly ConfusionCounts[]): HourlyCells {
  const cells: (readonly [string, string])[] = [];
  const placesByActual = new Map<string, Map<string, number>>();
  const hours = confusions.map((confusion) => {
    const [places, rows] = [new Array<number>(), new Array<number>()];
    for (const actual of Object.keys(confusion)) {
      const ofActual = confusion[actual]!;
      const placeOf = placesByActual.get(actual) ?? new Map<string, number>();
      placesByActual.set(actual, placeOf);
      for (const predicted of Object.keys(ofActual)) {
        const place = placeOf.get(predicted) ?? cells.push([actual, predicted]) - 1;
        placeOf.set(predicted, place);
        places.push(place);
        rows.push(ofActual[predicted]!);
      }
    }
    return { places, rows };
  });
  return { cells, hours };
}

/** What each hour adds to the deviation. */
export function deviationsOf({ cells, hours }: HourlyCells, influence: CellInfluence): Float64Array {
  const influences = cells.map(([actual, predicted]) => influence[actual]![predicted]!);
  const deviations = new Float64Array(hours.length);
  for (const [hour, { places, rows }] of hours.entries()) {
    for (let i = 0; i < places.length; i += 1) deviations[hour]! += rows[i]! * influences[places[i]!]!;
  }
  return deviations;
}

/** By how much one more row of the class, or predicted as it, changes its score. A score without rows stays 0. */
const scoreChange: Readonly<
  Record<Score, (scores: ClassScores, isActual: boolean, isPredicted: boolean) => number>
> = {
  precision: ({ precision, predicted }, isActual, isPredicted) =>
    isPredicted && predicted > 0 ? (Number(isActual) - precision) / predicted : 0,
  recall: ({ recall, support }, isActual, isPredicted) =>
    isActual && support > 0 ? (Number(isPredicted) - recall) / support : 0,
  f1: ({ f1, support, predicted }, isActual, isPredicted) =>
    (2 * Number(isActual && isPredicted) - f1 * (Number(isActual) + Number(isPredicted))) /
    (support + predicted),
};
