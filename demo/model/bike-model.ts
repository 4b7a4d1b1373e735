import {
  encode,
  learnDesign,
  score,
  type Design,
  type ScoringRow,
  type Term,
  type TrainingRow,
} from './design.ts';
import { permutationImportance } from './importance.ts';
import { ridge } from './ridge.ts';

/** A fitted model of bikes rented per hour. Plain data. */
export interface BikeModel {
  readonly kind: 'bike-demand';
  readonly design: Design;
  readonly weights: readonly number[];
  /** share of the features in the model's accuracy; adds up to 1 */
  readonly importances: Readonly<Record<string, number>>;
}

const features = [
  'hr',
  'weekday',
  'workingday',
  'holiday',
  'weathersit',
  'temp',
  'atemp',
  'hum',
  'windspeed',
] as const;

/** Each hour of working and of free days has a level, a slope on temperature and one on humidity of its own. */
const hourOfDay = ['workingday', 'hr'];
const terms: readonly Term[] = [
  { by: hourOfDay },
  { by: hourOfDay, slope: 'temp' },
  { by: hourOfDay, slope: 'hum' },
  { by: ['weekday'] },
  { by: ['holiday'] },
  { by: ['weathersit'] },
  { by: [], slope: 'temp' },
  { by: [], slope: 'atemp' },
  { by: [], slope: 'hum' },
  { by: [], slope: 'windspeed' },
];
/** With fewer than 0.3 rare hours overfit, with more than 3 rush hours are flattened; RMSE hardly changes between. */
const penalty = 1;

/**
 * How many bikes does an hour need, as these rows taught? A ridge regression; the same rows give the same model.
 *
 * @throws RangeError when there is no row, or an actual is not a number
 */
export function fitBikeModel(rows: readonly TrainingRow[]): BikeModel {
  if (rows.length === 0) throw new RangeError('no rows to fit a model of bikes on');
  const actuals = rows.map((row) => Number(row.actual));
  const wrong = actuals.findIndex((actual) => !Number.isFinite(actual));
  if (wrong >= 0)
    throw new RangeError(`the actual of row ${wrong} is not a number: ${String(rows[wrong]?.actual)}`);
  const design = learnDesign(terms, rows);
  const encoded = rows.map((row) => encode(design, row.features));
  const weights = ridge(encoded, actuals, { width: design.width, penalty });
  const squaredError = (some: readonly TrainingRow[]): number =>
    predictWith(design, weights, some).reduce((sum, bikes, i) => sum + (bikes - (actuals[i] ?? 0)) ** 2, 0);
  return {
    kind: 'bike-demand',
    design,
    weights,
    importances: permutationImportance(features, rows, squaredError),
  };
}

/** How many bikes will be rented in each of these hours? Never below 0; not rounded. */
export function predictBikes(model: BikeModel, rows: readonly ScoringRow[]): number[] {
  return predictWith(model.design, model.weights, rows);
}

function predictWith(design: Design, weights: readonly number[], rows: readonly ScoringRow[]): number[] {
  return rows.map((row) => Math.max(0, score(encode(design, row.features), weights)));
}
