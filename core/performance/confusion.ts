/** Which classes are taken for which, and what that makes of precision, recall and F1. */

/** Rows by actual class, then by predicted class. Only cells that occur are present. */
export type ConfusionCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Precision, recall and F1 are ratios from 0 to 1. */
export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows whose actual class this is. */
  readonly support: number;
  /** Rows that were predicted as this class. */
  readonly predicted: number;
}

/** How many rows of each actual class were predicted as each class? In O(rows); the arrays are of one length. */
export function countConfusion(
  predictedClasses: readonly string[],
  actualClasses: readonly string[],
): ConfusionCounts {
  const counts = new Map<string, Map<string, number>>();
  for (const [row, actual] of actualClasses.entries()) {
    const predicted = predictedClasses[row]!;
    const ofActual = counts.get(actual) ?? new Map<string, number>();
    ofActual.set(predicted, (ofActual.get(predicted) ?? 0) + 1);
    counts.set(actual, ofActual);
  }
  return confusionOf(counts);
}

/** The counts of all these rows together. */
export function mergeConfusions(parts: readonly ConfusionCounts[]): ConfusionCounts {
  const total = new Map<string, Map<string, number>>();
  for (const part of parts) {
    for (const [actual, ofActual] of Object.entries(part)) {
      const totals = total.get(actual) ?? new Map<string, number>();
      for (const [predicted, count] of Object.entries(ofActual)) {
        totals.set(predicted, (totals.get(predicted) ?? 0) + count);
      }
      total.set(actual, totals);
    }
  }
  return confusionOf(total);
}

function confusionOf(counts: ReadonlyMap<string, ReadonlyMap<string, number>>): ConfusionCounts {
  // Object.fromEntries, not assignment: a class may be called "__proto__".
  return Object.fromEntries([...counts].map(([actual, ofActual]) => [actual, Object.fromEntries(ofActual)]));
}

/**
 * How well is each class predicted? One entry for each of `classes` and for every other class that occurs.
 *
 * Precision is the share of the rows predicted as the class that are of it, recall the share of its rows that are
 * predicted as it, F1 their harmonic mean. Where a divisor is 0 (a class that is never predicted has no precision, one
 * that is never present no recall) the score is 0: scikit-learn's `zero_division`, whose default gives 0 and a warning.
 *
 * @example scoresByClass({ yes: { yes: 3, no: 1 }, no: { yes: 1 } }, ['no', 'yes']).yes
 * // { precision: 0.75, recall: 0.75, f1: 0.75, support: 4, predicted: 4 }
 */
export function scoresByClass(
  confusion: ConfusionCounts,
  classes: readonly string[],
): Readonly<Record<string, ClassScores>> {
  const correct = new Map<string, number>();
  const predictions = new Map<string, number>();
  const supports = new Map<string, number>();
  const seen = new Set(classes);
  const add = (counts: Map<string, number>, label: string, count: number): void => {
    seen.add(label);
    counts.set(label, (counts.get(label) ?? 0) + count);
  };
  for (const [actual, ofActual] of Object.entries(confusion)) {
    for (const [predicted, count] of Object.entries(ofActual)) {
      add(supports, actual, count);
      add(predictions, predicted, count);
      if (predicted === actual) add(correct, actual, count);
    }
  }
  return Object.fromEntries(
    [...seen].map((label) => {
      const hits = correct.get(label) ?? 0;
      const predicted = predictions.get(label) ?? 0;
      const support = supports.get(label) ?? 0;
      return [
        label,
        {
          precision: ratio(hits, predicted),
          recall: ratio(hits, support),
          f1: ratio(2 * hits, predicted + support),
          support,
          predicted,
        },
      ];
    }),
  );
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
