/** Made outcomes for property tests. */

import * as fc from 'fast-check';

import {
  summarizeClassification,
  type ClassificationSummary,
} from '../../../core/performance/classification-summary.ts';
import { summarizeRegression, type RegressionSummary } from '../../../core/performance/regression-summary.ts';

export interface RegressionRow {
  readonly prediction: number;
  readonly actual: number;
  readonly isPeak: boolean;
  readonly low: number;
  readonly high: number;
}

/** Multiples of a 64th: what is computed of them by hand is exact. */
const value = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((whole) => whole / 64);

export const regressionRow: fc.Arbitrary<RegressionRow> = fc.record({
  prediction: fc.oneof({ weight: 9, arbitrary: value }, fc.constantFrom(Number.NaN, Infinity)),
  actual: fc.oneof({ weight: 7, arbitrary: value }, fc.constant(0), fc.constant(Number.NaN)),
  isPeak: fc.boolean(),
  low: fc.oneof({ weight: 4, arbitrary: value }, fc.constant(Number.NaN)),
  high: fc.oneof({ weight: 9, arbitrary: value }, fc.constant(Infinity)),
});

export function regressionOf(rows: readonly RegressionRow[]): RegressionSummary {
  return summarizeRegression({
    predictions: Float64Array.from(rows, (row) => row.prediction),
    actuals: Float64Array.from(rows, (row) => row.actual),
    isPeak: Uint8Array.from(rows, (row) => (row.isPeak ? 1 : 0)),
    intervalLow: Float64Array.from(rows, (row) => row.low),
    intervalHigh: Float64Array.from(rows, (row) => row.high),
  });
}

export interface ClassificationRow {
  readonly actual: string;
  readonly predicted: string;
  readonly probabilities: Readonly<Record<string, number>> | null;
}

const label = (classes: readonly string[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...classes) }, fc.constantFrom('unseen', '__proto__'));

/** Some probabilities are missing, some outside of 0 to 1. */
const chance = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 40 }).map((step) => step / 40) },
  fc.constantFrom(1.5, Number.NaN),
);

export function classificationRow(classes: readonly string[]): fc.Arbitrary<ClassificationRow> {
  return fc.record({
    actual: label(classes),
    predicted: label(classes),
    probabilities: fc.option(
      fc
        .tuple(...classes.map(() => chance))
        .map((chances) => Object.fromEntries(chances.map((p, i) => [classes[i]!, p]))),
      { freq: 8 },
    ),
  });
}

export function classificationOf(
  classes: readonly string[],
  rows: readonly ClassificationRow[],
): ClassificationSummary {
  return summarizeClassification({
    classes,
    actualClasses: rows.map((row) => row.actual),
    predictedClasses: rows.map((row) => row.predicted),
    probabilities: rows.map((row) => row.probabilities),
  });
}

/** Rows in hours, the hours in the order in which they are added: any split and any order of a whole. */
export function hoursOf<Row>(row: fc.Arbitrary<Row>): fc.Arbitrary<readonly (readonly Row[])[]> {
  return fc.array(fc.array(row, { maxLength: 12 }), { minLength: 1, maxLength: 8 });
}

/** Adds parts two by two, as a seed says which: any nesting. */
export function nested<T>(
  parts: readonly T[],
  picks: readonly number[],
  merge: (pair: readonly T[]) => T,
): T {
  const rest = [...parts];
  for (let step = 0; rest.length > 1; step += 1) {
    const [first] = rest.splice((picks[step] ?? 0) % rest.length, 1);
    const at = (picks[step + 1] ?? 0) % rest.length;
    rest[at] = merge([first!, rest[at]!]);
  }
  return rest[0]!;
}
