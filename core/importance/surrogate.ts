/** What does a model's error depend on, when the model cannot be asked? Trees that stand in for it can. */

import {
  fitBoostedTrees,
  predictBoostedTrees,
  type BoostedTrees,
  type BoostingOptions,
} from '../boosting/boosted-trees.ts';
import { binFeature, type BinnedFeature } from '../boosting/feature-bins.ts';
import { rowCountOf, type Sample } from '../multivariate/sample.ts';
import { dealCodes, shuffleRows } from '../multivariate/shuffle.ts';
import { importancesFrom, type Importances } from './importances.ts';

/** JSON-safe. */
export interface SurrogateImportances {
  readonly importances: Importances;
  /** Share of the predictions' variance that the trees explain on rows that they were not fitted to (R squared). */
  readonly fidelity: number;
  readonly rows: number;
}

const boosting: BoostingOptions = {
  loss: 'squared',
  rounds: 100,
  depth: 4,
  shrinkage: 0.1,
  minimumLeafRows: 10,
};
const fewestRows = 200;
/** Each target costs trees of its own: of more, those whose predictions vary most count. */
export const mostTargets = 10;
/** Trees that explain less than half of the predictions do not speak for the model. */
const leastFidelity = 0.5;

/** A number that a model predicts, beside what it turned out to be; each in the order of the sample's rows. */
export interface Target {
  readonly predicted: Float64Array;
  readonly actual: Float64Array;
}

/**
 * How much larger would a model's error be, did it not know a feature? By permutation on outcomes.
 *
 * That needs the model's answers to rows that never were, and Tidewatch cannot call it. So boosted trees are fitted to its
 * logged predictions (of half of the rows, then of the other half) and stand in for it: where a feature's values are dealt
 * out among the rows that the trees were not fitted to, each prediction moves by as much as the trees' does. The importance
 * of a feature is the rise of the squared error of the predictions against the actuals, summed over the targets (of a
 * classification, that is the rise of the Brier score).
 *
 * So these are importances of a surrogate: for a feature that the model uses beside another that says the same, the trees
 * may lean on either. A feature that the model uses and should not has none.
 *
 * Not computable below 200 rows, for constant predictions, or where the trees explain less than half of the predictions'
 * variance. Sources: Breiman (2001), "Random forests", section 10; Fisher, Rudin and Dominici (2019), "All models are
 * wrong, but many are useful", JMLR 20. Cost: 2,000 rows of 12 features take about 0.2 s a target.
 *
 * @param allTargets the prediction of a regression, or the probability of each class of a classification (1 and 0 where only
 * the class is known, as for the actual)
 * @example
 * const columns = ['temp', 'hum'].map((name) => ({ name, kind: 'continuous' }));
 * const rows = Array.from({ length: 400 }, (_, i) => ({ time: i, values: [(i * 7) % 101, (i * 13) % 97] }));
 * const predicted = Float64Array.from(rows, ({ values: [temp] }) => 3 * temp);
 * const actual = predicted.map((value, i) => value + (i % 2));
 * surrogateImportances(sampleOf(columns, rows), [{ predicted, actual }], { seed: 1 }).importances.temp > 0.99 // true
 */
export function surrogateImportances(
  sample: Sample,
  allTargets: readonly Target[],
  { seed }: { readonly seed: number },
): SurrogateImportances | { readonly notComputable: string } {
  const rows = rowCountOf(sample);
  if (rows < fewestRows) return { notComputable: `there are ${rows} outcomes, ${fewestRows} are needed` };
  const targets = allTargets
    .map((target) => ({ ...target, squares: squaresAroundMean(target.predicted) }))
    .sort((a, b) => b.squares - a.squares)
    .slice(0, mostTargets);
  const total = targets.reduce((sum, { squares }) => sum + squares, 0);
  if (total === 0) return { notComputable: 'all predictions are the same' };
  const features = sample.columns.map((column) => binFeature(column));
  // Drawn, not every other row: rows of hours have a period.
  const order = shuffleRows(
    Int32Array.from({ length: rows }, (_, i) => i),
    seed,
  );
  const halves = [order.subarray(0, rows >> 1), order.subarray(rows >> 1)];
  const fitted = targets.flatMap((target) =>
    halves.map((fit, i): Fitted => {
      const model = fitBoostedTrees(features, target.predicted, fit, boosting);
      const others = halves[1 - i]!;
      return { target, rows: others, model, imitated: predictBoostedTrees(model, features, others) };
    }),
  );
  const fidelity = 1 - fitted.reduce((sum, one) => sum + imitationError(one), 0) / total;
  if (fidelity < leastFidelity) {
    const percent = Math.round(100 * Math.max(0, fidelity));
    const needed = `${100 * leastFidelity}% are needed to speak for the model`;
    return { notComputable: `trees on these features explain ${percent}% of the predictions, ${needed}` };
  }
  const rises = features.map((feature, i) => {
    const dealt = features.with(i, { ...feature, codes: dealCodes(feature, halves, seed) });
    return [feature.name, fitted.reduce((sum, one) => sum + errorRise(one, dealt), 0)] as const;
  });
  const found = importancesFrom(Object.fromEntries(rises));
  return 'notComputable' in found ? found : { ...found, fidelity, rows };
}

/** Trees, and what they say of the rows that they were not fitted to. */
interface Fitted {
  readonly model: BoostedTrees;
  readonly target: Target;
  readonly rows: Int32Array;
  readonly imitated: Float64Array;
}

function imitationError({ target, rows, imitated }: Fitted): number {
  return rows.reduce((sum, row, i) => sum + (imitated[i]! - target.predicted[row]!) ** 2, 0);
}

/** How much larger the squared error of the predictions is when they move as the trees do. */
function errorRise({ model, target, rows, imitated }: Fitted, dealt: readonly BinnedFeature[]): number {
  const moved = predictBoostedTrees(model, dealt, rows);
  return rows.reduce((sum, row, i) => {
    const error = target.predicted[row]! - target.actual[row]!;
    const change = moved[i]! - imitated[i]!;
    return sum + change * (change + 2 * error);
  }, 0);
}

function squaresAroundMean(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
