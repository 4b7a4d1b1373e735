import type { FlightClass } from '../data/flights.ts';
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

/** A fitted model of late arrivals. Plain data. */
export interface FlightModel {
  readonly kind: 'flight-delay';
  readonly design: Design;
  readonly weights: readonly number[];
  /** A flight counts as late from this probability on: the share of late flights in training. */
  readonly threshold: number;
  /** share of the features in the model's log loss; adds up to 1 */
  readonly importances: Readonly<Record<string, number>>;
}

export type FlightProbabilities = Readonly<Record<FlightClass, number>>;

const levels = ['carrier', 'origin', 'dest', 'hour', 'weekday'];
const slopes = ['distance', 'temp', 'dewp', 'humid', 'wind_speed', 'precip', 'pressure', 'visib'];
/** Without `month`: a model of the first quarter has seen no other. */
const terms: readonly Term[] = [
  ...levels.map((name) => ({ by: [name] })),
  ...slopes.map((slope) => ({ by: [], slope })),
];
/** Airports with a handful of flights stay near the average. From 1 to 50 the AUC of later months hardly changes. */
const penalty = 10;
/** Newton's method takes 4 to 5 steps here. */
const maximumSteps = 25;
const smallestStep = 1e-6;

/**
 * How probably is a flight late, as these rows taught? A logistic regression with a ridge penalty, by Newton's method; the
 * same rows give the same model.
 *
 * @throws RangeError when an actual is neither late nor on-time, or the rows do not hold both
 */
export function fitFlightModel(rows: readonly TrainingRow[]): FlightModel {
  const wrong = rows.find((row) => row.actual !== 'late' && row.actual !== 'on-time');
  if (wrong !== undefined)
    throw new RangeError(`an actual is neither late nor on-time: ${String(wrong.actual)}`);
  const late = rows.map((row): number => (row.actual === 'late' ? 1 : 0));
  const lateCount = late.reduce((sum, each) => sum + each, 0);
  if (lateCount === 0 || lateCount === rows.length)
    throw new RangeError('the rows hold only one of late and on-time');
  const design = learnDesign(terms, rows);
  const weights = newton(design, rows, late);
  const logLoss = (some: readonly TrainingRow[]): number =>
    -some.reduce((sum, row, i) => {
      const probability = lateProbability(design, weights, row.features);
      return sum + Math.log(late[i] === 1 ? probability : 1 - probability);
    }, 0);
  return {
    kind: 'flight-delay',
    design,
    weights,
    threshold: lateCount / rows.length,
    importances: permutationImportance([...levels, ...slopes], rows, logLoss),
  };
}

/** Each step is a ridge regression of the log odds, corrected by the error, weighted by how undecided the row is. */
function newton(design: Design, rows: readonly ScoringRow[], late: readonly number[]): readonly number[] {
  const encoded = rows.map((row) => encode(design, row.features));
  let weights: number[] = Array.from({ length: design.width }, () => 0);
  for (let step = 0; step < maximumSteps; step++) {
    const odds = encoded.map((row) => score(row, weights));
    const probabilities = odds.map(logistic);
    const importance = probabilities.map((p) => Math.max(p * (1 - p), 1e-9));
    const targets = odds.map(
      (each, i) => each + ((late[i] ?? 0) - (probabilities[i] ?? 0)) / (importance[i] ?? 1),
    );
    const next = ridge(encoded, targets, { width: design.width, penalty, importance });
    const moved = next.reduce((most, weight, i) => Math.max(most, Math.abs(weight - (weights[i] ?? 0))), 0);
    weights = next;
    if (moved < smallestStep) break;
  }
  return weights;
}

function logistic(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

function lateProbability(
  design: Design,
  weights: readonly number[],
  features: ScoringRow['features'],
): number {
  return logistic(score(encode(design, features), weights));
}

/** How probably is each of these flights late? The two probabilities of a flight add up to 1. */
export function predictFlights(model: FlightModel, rows: readonly ScoringRow[]): FlightProbabilities[] {
  return rows.map((row) => {
    const late = lateProbability(model.design, model.weights, row.features);
    return { late, 'on-time': 1 - late };
  });
}

/**
 * Which class is said aloud? `late` from the model's threshold on. The likelier class would be `on-time` for nearly all: a
 * quarter of the flights is late, and few of them have a probability above one half.
 */
export function flightClassOf(model: FlightModel, { late }: FlightProbabilities): FlightClass {
  return late >= model.threshold ? 'late' : 'on-time';
}
