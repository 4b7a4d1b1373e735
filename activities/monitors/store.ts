/** The applied monitors: one row a watched model. */

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import type { Queryable } from '../../sql/database.ts';

export interface StoredMonitor {
  readonly monitor: Monitor;
  readonly configurationHash: string;
}

/** A stored monitor as it is, for comparison: an older version may have written it. */
export interface StoredConfiguration {
  readonly model: string;
  readonly configuration: unknown;
  readonly configurationHash: string;
}

interface MonitorRow extends Record<string, unknown> {
  readonly model: string;
  readonly configuration: unknown;
  readonly configuration_hash: string;
}

/** Stores a monitor; one whose hash is stored already keeps its row untouched. */
export async function upsertMonitor(connection: Queryable, monitor: Monitor, hash: string): Promise<void> {
  await connection.execute(
    `insert into monitors (model, configuration, configuration_hash)
     values ($1, $2, $3)
     on conflict (model) do update
     set configuration = excluded.configuration, configuration_hash = excluded.configuration_hash, applied_at = now()
     where monitors.configuration_hash <> excluded.configuration_hash`,
    [monitor.model, JSON.stringify(monitor), hash],
  );
}

/** Every stored monitor, by model. */
export async function listMonitors(connection: Queryable): Promise<StoredMonitor[]> {
  return (await selectMonitors(connection)).map(decode);
}

/**
 * The stored monitors that this code can read, by model: one that another version has stored keeps nobody from looking at the others.
 *
 * @param tell gets the reason of each that it cannot read
 */
export async function listReadableMonitors(
  connection: Queryable,
  tell: (problem: string) => void,
): Promise<StoredMonitor[]> {
  return (await selectMonitors(connection)).flatMap((row) => {
    try {
      return [decode(row)];
    } catch (error) {
      tell(reasonOf(error));
      return [];
    }
  });
}

/** Every stored configuration, by model, without checking that this code can read it. */
export async function listConfigurations(connection: Queryable): Promise<StoredConfiguration[]> {
  const rows = await selectMonitors(connection);
  return rows.map(({ model, configuration, configuration_hash: configurationHash }) => ({
    model,
    configuration,
    configurationHash,
  }));
}

/**
 * The applied monitor of a model.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, which lists the models that are known; `INVALID_MONITOR` when another version of
 * this code stored one that cannot be read
 */
export async function findMonitor(connection: Queryable, model: string): Promise<StoredMonitor> {
  const [row] = await connection.query<MonitorRow>(
    'select model, configuration, configuration_hash from monitors where model = $1',
    [model],
  );
  if (row !== undefined) return decode(row);
  const models = await connection.query<{ model: string }>('select model from monitors order by model');
  const known = models.map(({ model }) => model).join(', ') || 'none yet';
  throw new TidewatchError('UNKNOWN_MODEL', { model, known });
}

/** Stops watching a model; its predictions and everything derived from them stay. */
export async function deleteMonitor(connection: Queryable, model: string): Promise<void> {
  await connection.execute('delete from monitors where model = $1', [model]);
}

async function selectMonitors(connection: Queryable): Promise<MonitorRow[]> {
  return connection.query<MonitorRow>(
    'select model, configuration, configuration_hash from monitors order by model',
  );
}

function decode(row: MonitorRow): StoredMonitor {
  const decoded = monitorSchema.safeParse(row.configuration);
  if (!decoded.success) {
    const problems = decoded.error.issues.map(
      ({ path, message }) => `stored monitor "${row.model}" ${path.map(String).join('.')}: ${message}`,
    );
    throw new TidewatchError('INVALID_MONITOR', { count: problems.length, problems: problems.join('\n') });
  }
  return { monitor: decoded.data, configurationHash: row.configuration_hash };
}
