import type { BoostingOptions } from '../../core/boosting/boosted-trees.ts';
import type { ColumnKind } from '../../core/profile/grid.ts';
import type { FlightClass } from '../data/flights.ts';
import { permutationImportance } from './importance.ts';
import { fitTrees, scoreWithTrees, type FeatureTrees, type ScoringRow, type TrainingRow } from './trees.ts';

/** A fitted model of late arrivals. Plain data. */
export interface FlightModel {
  readonly kind: 'flight-delay';
  readonly trees: FeatureTrees;
  /** A flight counts as late from this probability on: the share of late flights in training. */
  readonly threshold: number;
  /** share of the features in the model's log loss; adds up to 1 */
  readonly importances: Readonly<Record<string, number>>;
}

export type FlightProbabilities = Readonly<Record<FlightClass, number>>;

/** Without `month`: a model of the first quarter has seen no other. */
const features = {
  carrier: 'categorical',
  origin: 'categorical',
  dest: 'categorical',
  hour: 'continuous',
  weekday: 'categorical',
  distance: 'continuous',
  temp: 'continuous',
  dewp: 'continuous',
  humid: 'continuous',
  wind_speed: 'continuous',
  precip: 'continuous',
  pressure: 'continuous',
  visib: 'continuous',
} as const satisfies Record<string, ColumnKind>;

/** Few and shallow trees: with more, the log loss of later months rises. */
const boosting: BoostingOptions = {
  loss: 'logistic',
  rounds: 60,
  depth: 3,
  shrinkage: 0.1,
  minimumLeafRows: 20,
};

/**
 * How probably is a flight late, as these rows taught? Boosted trees; the same rows give the same model.
 *
 * @throws RangeError when an actual is neither late nor on-time, or the rows do not hold both
 */
export function fitFlightModel(rows: readonly TrainingRow[]): FlightModel {
  const wrong = rows.find((row) => row.actual !== 'late' && row.actual !== 'on-time');
  if (wrong !== undefined)
    throw new RangeError(`an actual is neither late nor on-time: ${String(wrong.actual)}`);
  const late = Float64Array.from(rows, (row) => (row.actual === 'late' ? 1 : 0));
  const lateCount = late.reduce((sum, each) => sum + each, 0);
  if (lateCount === 0 || lateCount === rows.length)
    throw new RangeError('the rows hold only one of late and on-time');
  const trees = fitTrees(features, rows, late, boosting);
  const logLoss = (some: readonly TrainingRow[]): number =>
    lateProbabilities(trees, some).reduce(
      (sum, probability, i) => sum - Math.log(late[i] === 1 ? probability : 1 - probability),
      0,
    );
  return {
    kind: 'flight-delay',
    trees,
    threshold: lateCount / rows.length,
    importances: permutationImportance(Object.keys(features), rows, logLoss),
  };
}

function lateProbabilities(trees: FeatureTrees, rows: readonly ScoringRow[]): Float64Array {
  return scoreWithTrees(trees, rows).map((logOdds) => 1 / (1 + Math.exp(-logOdds)));
}

/** How probably is each of these flights late? The two probabilities of a flight add up to 1. */
export function predictFlights(model: FlightModel, rows: readonly ScoringRow[]): FlightProbabilities[] {
  return Array.from(lateProbabilities(model.trees, rows), (late) => ({ late, 'on-time': 1 - late }));
}

/**
 * Which class is said aloud? `late` from the model's threshold on. The likelier class would be `on-time` for nearly all: a
 * quarter of the flights is late, and few of them have a probability above one half.
 */
export function flightClassOf(model: FlightModel, { late }: FlightProbabilities): FlightClass {
  return late >= model.threshold ? 'late' : 'on-time';
}
