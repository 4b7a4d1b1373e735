/** What does a model lean on, when it cannot be asked? Trees that imitate its predictions can. */

import {
  fitBoostedTrees,
  predictBoostedTrees,
  type BoostedTrees,
  type BoostingOptions,
} from '../multivariate/boosted-trees.ts';
import { binFeature, type BinnedFeature } from '../multivariate/feature-bins.ts';
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
/** Trees that explain less than half of the predictions do not speak for the model. */
const leastFidelity = 0.5;

/**
 * Which features do a model's predictions depend on?
 *
 * Permuting a feature needs the model, which Tidewatch does not have. So boosted trees are fitted to its logged
 * predictions (of half of the rows, then of the other half), and permuted in its place: the importance of a feature is
 * the rise of their squared error when its values are dealt out among the rows they were not fitted to. These are
 * importances of the surrogate: for a feature that the model uses beside another that says the same, the trees may lean
 * on either.
 *
 * Not computable below 200 rows, for constant predictions, or where the trees explain less than half of the
 * predictions' variance. Sources: Breiman (2001), "Random forests", section 10; Fisher, Rudin and Dominici (2019), "All
 * models are wrong, but many are useful", JMLR 20. Cost: 2,000 rows of 12 features take about 0.2 s a target.
 *
 * @param targets one a number that the model predicts, in the order of the sample's rows: the prediction of a
 * regression, the probability of each class of a classification (or 1 and 0 where only the class is known)
 * @example
 * const columns = ['temp', 'hum'].map((name) => ({ name, kind: 'continuous' }));
 * const rows = Array.from({ length: 400 }, (_, i) => ({ time: i, values: [(i * 7) % 101, (i * 13) % 97] }));
 * const predictions = Float64Array.from(rows, ({ values: [temp] }) => 3 * temp);
 * surrogateImportances(sampleOf(columns, rows), [predictions], { seed: 1 }).importances
 * // { temp: 0.999838, hum: 0.000162436 }
 */
export function surrogateImportances(
  sample: Sample,
  targets: readonly Float64Array[],
  { seed }: { readonly seed: number },
): SurrogateImportances | { readonly notComputable: string } {
  const rows = rowCountOf(sample);
  if (rows < fewestRows) return { notComputable: `there are ${rows} predictions, ${fewestRows} are needed` };
  const total = targets.reduce((sum, target) => sum + squaresAroundMean(target), 0);
  if (total === 0) return { notComputable: 'all predictions are the same' };
  const features = sample.columns.map(binFeature);
  // Drawn, not every other row: rows of hours have a period.
  const order = shuffleRows(
    Int32Array.from({ length: rows }, (_, i) => i),
    seed,
  );
  const halves = [order.subarray(0, rows >> 1), order.subarray(rows >> 1)];
  const fitted = targets.flatMap((target) =>
    halves.map((fit, i): Fitted => ({
      model: fitBoostedTrees(features, target, fit, boosting),
      target,
      rows: halves[1 - i]!,
    })),
  );
  const error = squaredError(features, fitted);
  const fidelity = 1 - error / total;
  if (fidelity < leastFidelity) {
    const percent = Math.round(100 * Math.max(0, fidelity));
    const needed = `${100 * leastFidelity}% are needed to speak for the model`;
    return { notComputable: `trees on these features explain ${percent}% of the predictions, ${needed}` };
  }
  const rises = features.map((feature, i) => {
    const dealt = { ...feature, codes: dealCodes(feature, halves, seed) };
    return [feature.name, squaredError(features.with(i, dealt), fitted) - error] as const;
  });
  const found = importancesFrom(Object.fromEntries(rises));
  return 'notComputable' in found ? found : { ...found, fidelity, rows };
}

/** Trees, and the rows that they were not fitted to. */
interface Fitted {
  readonly model: BoostedTrees;
  readonly target: Float64Array;
  readonly rows: Int32Array;
}

function squaredError(features: readonly BinnedFeature[], fitted: readonly Fitted[]): number {
  let sum = 0;
  for (const { model, target, rows } of fitted) {
    const predicted = predictBoostedTrees(model, features, rows);
    for (let i = 0; i < rows.length; i += 1) sum += (predicted[i]! - target[rows[i]!]!) ** 2;
  }
  return sum;
}

function squaresAroundMean(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
