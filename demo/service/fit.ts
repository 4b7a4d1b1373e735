/** Fits models: the first one on the months before the demo begins, later ones on the outcomes that Tidewatch has logged. */

import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import type { TidewatchClient } from '../../client/tidewatch-client.ts';
import { formatDay } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { TrainingRow } from '../model/fitting.ts';
import { fitInThread } from '../model/fitting.ts';
import { findScenario } from '../scenarios.ts';
import { nameVersion, type ModelStore } from './models.ts';
import type { RowToPredict } from './predict.ts';
import { logAs } from './predict.ts';

/** Fits and registers the first champion of a scenario, unless it is there already. */
export async function fitFirstModel(
  { database, models }: { readonly database: Database; readonly models: ModelStore },
  model: string,
): Promise<{ version: string; rows: number }> {
  const { fitFrom, serveFrom, loadRows } = findScenario(model);
  const rows = loadRows().filter((row) => row.eventTime >= fitFrom && row.eventTime < serveFrom);
  const version = formatDay(serveFrom);
  const fitted = await fitInThread(model, rows);
  await models.write(model, version, fitted);
  const lineage = {
    featureImportances: fitted.importances,
    training: { start: toTimestamp(fitFrom), end: toTimestamp(serveFrom) },
    rows: rows.length,
  };
  await database.execute(
    `insert into model_versions (model, version, stage, lineage, registered_at, promoted_at)
     values ($1, $2, 'champion', $3, $4, $4)
     on conflict do nothing`,
    [model, version, JSON.stringify(lineage), toTimestamp(serveFrom)],
  );
  return { version, rows: rows.length };
}

/** What the trainer answers of a version. */
export type Fitted = Omit<Extract<TrainingAnswer, { state: 'succeeded' }>, 'state'>;

/** Fits a challenger on the outcomes of the training window, and logs its predictions of the holdout in the shadow. */
export async function fitOnOutcomes(
  deps: { readonly database: Database; readonly client: TidewatchClient; readonly models: ModelStore },
  { retrainingId, model, purpose, training, holdout, exclude }: TrainingRequest,
): Promise<Fitted> {
  const rows = await deps.database.query<TrainingRow & Record<string, unknown>>(
    `select features, coalesce(to_jsonb(actual), to_jsonb(actual_class)) as actual
     from predictions_with_actuals
     where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving'
       and not exists (
         select from jsonb_to_recordset($4::jsonb) as left_out ("start" timestamptz, "end" timestamptz)
         where event_time >= left_out."start" and event_time < left_out."end")
     order by event_time, entity`,
    [model, training.start, training.end, JSON.stringify(exclude)],
  );
  // What is fitted for a simulation must be called like it, and never serves.
  const version =
    purpose === 'simulation' ? retrainingId : await nameVersion(deps.database, { model, retrainingId });
  const fitted = await fitInThread(model, rows);
  if (purpose === 'retraining') await deps.models.write(model, version, fitted);
  const held = await deps.database.query<{
    entity: string;
    event_time: number;
    features: RowToPredict['features'];
  }>(
    `select entity, event_time, features
     from predictions
     where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving'
     order by event_time, entity`,
    [model, holdout.start, holdout.end],
  );
  await logAs(
    deps.client,
    model,
    { version, fitted },
    'shadow',
    held.map(({ entity, event_time: eventTime, features }) => ({ entity, eventTime, features })),
  );
  return { version, featureImportances: fitted.importances, lineage: { training, rows: rows.length } };
}
