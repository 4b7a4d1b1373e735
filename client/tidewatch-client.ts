/** What a serving application imports to log its predictions, and whoever learns the outcomes to record the actuals. */

import type { Database } from '../sql/database.ts';
import { openDatabase } from '../sql/database.ts';
import type { ActualRow } from './actual-rows.ts';
import type { FeedbackRow } from './feedback-rows.ts';
import type { PredictionRow } from './prediction-rows.ts';
import type { LogResult } from './store-rows.ts';
import { actualStream, feedbackStream, predictionStream, storeRows } from './store-rows.ts';

export type { ActualRow } from './actual-rows.ts';
export type { BatchedClient, BatchedCounts, BatchedOptions, Flushed } from './batched/batched-client.ts';
export { openBatchedClient } from './batched/batched-client.ts';
export type { FeedbackRow } from './feedback-rows.ts';
export { actualOfFeedback } from './feedback-rows.ts';
export type { PredictionRow } from './prediction-rows.ts';
export type { LogResult, Rejection } from './store-rows.ts';

export interface TidewatchClient {
  /**
   * Stores predictions. A bad row does not fail the others: it is stored in `rejected_rows` with its reason, and returned.
   * A row with the model, version, entity, event time and issue time of an earlier one replaces it, so a call may be
   * repeated. The model needs no monitor yet; where it has one, a text in a continuous feature is rejected, an absent
   * feature counts as missing and an unknown one is kept.
   *
   * @throws TidewatchError `INVALID_INPUT` for a model name that no monitor can have, or rows that are no array;
   * `POSTGRES_UNREACHABLE`. Rows are stored in batches of 20,000: repeat a call that has thrown.
   */
  logPredictions(model: string, rows: readonly PredictionRow[]): Promise<LogResult>;
  /**
   * Stores actuals, whether or not their predictions are there yet. Of several actuals of one entity and event time the one
   * with the newest `recordedAt` counts; of equally new ones the last that is given. Everything else as for predictions.
   */
  recordActuals(model: string, rows: readonly ActualRow[]): Promise<LogResult>;
  /** Stores what users say of predictions as the actuals that it stands for. Everything else as for actuals. */
  recordFeedback(model: string, rows: readonly FeedbackRow[]): Promise<LogResult>;
  /** Closes the connections that the client has opened; a database that was passed in stays open. */
  close(): Promise<void>;
}

export type ClientOptions =
  | { readonly databaseUrl: string; readonly poolSize?: number }
  | { readonly database: Database };

/**
 * A client for one database, whose calls wait until rows are stored: for jobs. A service that must not wait takes
 * `openBatchedClient`. Connects at the first call.
 *
 * @example
 * const client = openClient({ databaseUrl: 'postgres://tidewatch@127.0.0.1:5432/tidewatch' });
 * await client.logPredictions('bike-demand', [
 *   { version: '1', entity: '42', eventTime: '2011-05-20T08:00:00Z', features: { temp: 0.3, season: 'spring' }, prediction: 17 },
 * ]); // { stored: 1, rejected: [] }
 */
export function openClient(options: ClientOptions): TidewatchClient {
  const isOwn = 'databaseUrl' in options;
  const database = isOwn
    ? openDatabase({
        url: options.databaseUrl,
        poolSize: options.poolSize ?? 4,
        applicationName: 'tidewatch-client',
      })
    : options.database;
  const ensuredMonths = new Set<string>();
  return {
    logPredictions: (model, rows) => storeRows(database, ensuredMonths, predictionStream, model, rows),
    recordActuals: (model, rows) => storeRows(database, ensuredMonths, actualStream, model, rows),
    recordFeedback: (model, rows) => storeRows(database, ensuredMonths, feedbackStream, model, rows),
    close: async () => {
      if (isOwn) await database.close();
    },
  };
}
