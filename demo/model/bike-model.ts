import type { BoostingOptions } from '../../core/boosting/boosted-trees.ts';
import type { ColumnKind } from '../../core/profile/grid.ts';
import { permutationImportance } from './importance.ts';
import { fitTrees, scoreWithTrees, type FeatureTrees, type ScoringRow, type TrainingRow } from './trees.ts';

/** A fitted model of bikes rented per hour. Plain data. */
export interface BikeModel {
  readonly kind: 'bike-demand';
  readonly trees: FeatureTrees;
  /** share of the features in the model's accuracy; adds up to 1 */
  readonly importances: Readonly<Record<string, number>>;
}

/** The hour and the weekday as numbers: what is next to each other on the clock has a level in common. */
const features = {
  hr: 'continuous',
  weekday: 'continuous',
  workingday: 'categorical',
  holiday: 'categorical',
  weathersit: 'categorical',
  temp: 'continuous',
  atemp: 'continuous',
  hum: 'continuous',
  windspeed: 'continuous',
} as const satisfies Record<string, ColumnKind>;

/** The RMSE of later weeks hardly changes from 3 to 5 levels. */
const boosting: BoostingOptions = {
  loss: 'squared',
  rounds: 200,
  depth: 5,
  shrinkage: 0.1,
  minimumLeafRows: 5,
};

/**
 * How many bikes does an hour need, as these rows taught? Boosted trees; the same rows give the same model.
 *
 * @throws RangeError when there is no row, or an actual is not a number
 */
export function fitBikeModel(rows: readonly TrainingRow[]): BikeModel {
  if (rows.length === 0) throw new RangeError('no rows to fit a model of bikes on');
  const actuals = Float64Array.from(rows, (row) => Number(row.actual));
  const wrong = actuals.findIndex((actual) => !Number.isFinite(actual));
  if (wrong >= 0)
    throw new RangeError(`the actual of row ${wrong} is not a number: ${String(rows[wrong]?.actual)}`);
  const trees = fitTrees(features, rows, actuals, boosting);
  const squaredError = (some: readonly TrainingRow[]): number =>
    predictWith(trees, some).reduce((sum, bikes, i) => sum + (bikes - actuals[i]!) ** 2, 0);
  return {
    kind: 'bike-demand',
    trees,
    importances: permutationImportance(Object.keys(features), rows, squaredError),
  };
}

/** How many bikes will be rented in each of these hours? Never below 0; not rounded. */
export function predictBikes(model: BikeModel, rows: readonly ScoringRow[]): number[] {
  return predictWith(model.trees, rows);
}

function predictWith(trees: FeatureTrees, rows: readonly ScoringRow[]): number[] {
  return Array.from(scoreWithTrees(trees, rows), (bikes) => Math.max(0, bikes));
}
