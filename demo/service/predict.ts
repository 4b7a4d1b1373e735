import type { TidewatchClient } from '../../client/tidewatch-client.ts';
import type { Database } from '../../sql/database.ts';
import { predictRows, type FittedModel } from '../model/fitting.ts';
import type { ModelStore } from './models.ts';
import { findVersions } from './models.ts';

export interface RowToPredict {
  readonly entity: string;
  readonly eventTime: number;
  readonly features: Readonly<Record<string, unknown>>;
}

interface Deps {
  readonly database: Database;
  readonly client: TidewatchClient;
  readonly models: ModelStore;
}

/**
 * Serves rows with the champion. Versions in the shadow predict them, too: the one before a promotion, so that the new one can be
 * held against it, and the first model, so that one sees what retraining has brought.
 */
export async function predictAndLog(
  { database, client, models }: Deps,
  model: string,
  rows: readonly RowToPredict[],
): Promise<{ version: string; stored: number }> {
  const versions = await findVersions(database, model);
  if (versions === undefined) throw new Error(`${model} has no champion: POST /models first`);
  const { champion, shadows } = versions;
  const read = async (version: string): Promise<FittedVersion> => ({
    version,
    fitted: await models.read(model, version),
  });
  const served = await logAs(client, model, await read(champion), 'serving', rows);
  for (const version of shadows) await logAs(client, model, await read(version), 'shadow', rows);
  return { version: champion, stored: served };
}

export interface FittedVersion {
  readonly version: string;
  readonly fitted: FittedModel;
}

/** Predicts rows with one version and logs them in a role. */
export async function logAs(
  client: TidewatchClient,
  model: string,
  { version, fitted }: FittedVersion,
  role: 'serving' | 'shadow',
  rows: readonly RowToPredict[],
): Promise<number> {
  const predictions = predictRows(
    fitted,
    rows.map((row) => row.features),
  );
  const { stored } = await client.logPredictions(
    model,
    rows.map((row, index) => ({ ...row, version, role, ...predictions[index]! })),
  );
  return stored;
}
