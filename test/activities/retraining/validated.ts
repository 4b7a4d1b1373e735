/** A retraining of the synthetic model, as far as these tests need it: begun on day 10, its holdout days 3 to 9. */

import type { Activities } from '../../../activities/index.ts';
import { requireRetraining } from '../../../activities/retraining/retraining-run.ts';
import type { RetrainingRun } from '../../../activities/retraining/store.ts';
import { recordChallenger } from '../../../activities/retraining/store.ts';
import type { Monitor, MonitorInput } from '../../../core/monitor/schema.ts';
import type { Database } from '../../../sql/database.ts';
import { predictHoldout } from '../../setup/retrained.ts';
import { at, load, watch } from '../../setup/synthetic.ts';

export const model = 'retrained';
export const asOf = at(10, 3, 40);
export const key = { model, retrainingId: asOf } as const;

type Policy = Partial<NonNullable<MonitorInput['retraining']>>;
export interface RetrainedWorld {
  readonly database: Database;
  readonly activities: Activities;
}

function watchRetrained(database: Database, policy: Policy = {}): Promise<Monitor> {
  const trainer = { url: 'http://127.0.0.1:9' };
  return watch(database, { model, retraining: { trainer, trainingWindow: '2d', holdout: '7d', ...policy } });
}

const lineage = { rows: 48, featureImportances: { x: 3, c: 1 } };

/** Begun, with the challenger that its trainer delivered. */
async function trained({ database, activities }: RetrainedWorld, policy: Policy = {}): Promise<void> {
  await watchRetrained(database, policy);
  await load(database, model, { from: 1, to: 10, error: 5 });
  await activities.beginRetraining({ model, asOf, reason: 'RMSE is above 2' });
  await recordChallenger(database, await runOf(database), { version: '2', lineage });
}

/** The same, validated: the challenger predicts the holdout with an error of 1, the champion with 5. */
export async function validated(world: RetrainedWorld, policy: Policy = {}): Promise<void> {
  await trained(world, policy);
  await predictHoldout(world.database, model, { from: 3, to: 10, error: 1 });
  await world.activities.attachActuals({ model, asOf });
  await world.activities.validateChallenger(key);
}

export function runOf(database: Database): Promise<RetrainingRun> {
  return requireRetraining(database, model, asOf);
}

/** Version -> stage. */
export async function stagesOf(database: Database): Promise<Record<string, string>> {
  const rows = await database.query<{ version: string; stage: string }>(
    'select version, stage from model_versions order by version',
  );
  return Object.fromEntries(rows.map(({ version, stage }) => [version, stage]));
}

/** What people were told, in order. */
export function eventsOf(
  database: Database,
): Promise<{ event: string; severity: string; summary: string }[]> {
  return database.query('select event, severity, summary from alert_events order by recorded_at');
}
