/** The models of the demo by name: fitting, predicting, and fitting beside a server that must go on answering. */

import { Worker } from 'node:worker_threads';
import { fitBikeModel, predictBikes, type BikeModel } from './bike-model.ts';
import type { ScoringRow, TrainingRow } from './trees.ts';
import { fitFlightModel, flightClassOf, predictFlights, type FlightModel } from './flight-model.ts';

export type { TrainingRow } from './trees.ts';

/** Plain data: `JSON.stringify` and `JSON.parse` keep every digit of it. */
export type FittedModel = BikeModel | FlightModel;
export type DemoModelName = FittedModel['kind'];

/** What is logged of a prediction. */
export interface ModelPrediction {
  readonly prediction: number | string;
  readonly probabilities?: Readonly<Record<string, number>>;
}

const fits = {
  'bike-demand': fitBikeModel,
  'flight-delay': fitFlightModel,
} as const satisfies Record<DemoModelName, (rows: readonly TrainingRow[]) => FittedModel>;

/**
 * Fits a model on this thread: bikes take some 0.1 s for 59 days, flights 0.6 s for three months.
 *
 * @throws RangeError for an unknown model, and for rows that it cannot be fitted on
 */
export function fitModel(model: string, rows: readonly TrainingRow[]): FittedModel {
  if (!Object.hasOwn(fits, model)) {
    throw new RangeError(`there is no demo model "${model}"; there are ${Object.keys(fits).join(' and ')}`);
  }
  return fits[model as DemoModelName](rows);
}

/** The same on a thread of its own, which takes half a second to start. Rejects with the error of the fit. */
export function fitInThread(model: string, rows: readonly TrainingRow[]): Promise<FittedModel> {
  // Only the two fields: a row from a data set or a query may carry more, and all of it would be copied.
  const workerData = { model, rows: rows.map(({ features, actual }) => ({ features, actual })) };
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./fit-thread.mjs', import.meta.url), { workerData, execArgv: [] });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) =>
      reject(new Error(`the fit of ${model} ended without a model (exit code ${code})`)),
    );
  });
}

/** What does a model say about these features? In the same order. */
export function predictRows(
  fitted: FittedModel,
  features: readonly ScoringRow['features'][],
): ModelPrediction[] {
  const rows = features.map((each) => ({ features: each }));
  if (fitted.kind === 'bike-demand') return predictBikes(fitted, rows).map((prediction) => ({ prediction }));
  return predictFlights(fitted, rows).map((probabilities) => ({
    prediction: flightClassOf(fitted, probabilities),
    probabilities,
  }));
}
