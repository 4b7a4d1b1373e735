/** The applied monitors: one row a watched model. */

import { TidewatchError } from '../../core/errors.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import type { Queryable } from '../../sql/database.ts';

export interface StoredMonitor {
  readonly monitor: Monitor;
  readonly configurationHash: string;
}

/** What is stored of a model where its monitor cannot be read. */
export interface UnreadableMonitor {
  readonly model: string;
  /** What keeps it from being read, and what to do. */
  readonly problem: string;
}

export interface StoredMonitors {
  readonly monitors: readonly StoredMonitor[];
  /** By another version, or damaged: they keep nobody from looking at the others. */
  readonly unreadable: readonly UnreadableMonitor[];
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

/** Stores a monitor; one that is stored already keeps its row untouched. */
export async function upsertMonitor(connection: Queryable, monitor: Monitor, hash: string): Promise<void> {
  await connection.execute(
    `insert into monitors (model, configuration, configuration_hash)
     values ($1, $2, $3)
     on conflict (model) do update
     set configuration = excluded.configuration, configuration_hash = excluded.configuration_hash, applied_at = excluded.applied_at
     where (monitors.configuration_hash, monitors.configuration)
       is distinct from (excluded.configuration_hash, excluded.configuration)`,
    [monitor.model, JSON.stringify(monitor), hash],
  );
}

/** Every stored monitor, by model, apart from those that this code cannot read. */
export async function listMonitors(connection: Queryable): Promise<StoredMonitors> {
  const monitors: StoredMonitor[] = [];
  const unreadable: UnreadableMonitor[] = [];
  for (const row of await selectMonitors(connection)) {
    const decoded = decode(row);
    if ('problem' in decoded) unreadable.push({ model: decoded.model, problem: decoded.problem });
    else monitors.push(decoded);
  }
  return { monitors, unreadable };
}

/**
 * The monitor of one model, or those of all.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, `UNREADABLE_MONITOR` of the one that is named
 */
export async function findMonitors(
  connection: Queryable,
  model: string | undefined,
): Promise<StoredMonitors> {
  return model === undefined
    ? listMonitors(connection)
    : { monitors: [await findMonitor(connection, model)], unreadable: [] };
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
 * @throws TidewatchError `UNKNOWN_MODEL`, which lists the models that are known; `UNREADABLE_MONITOR`
 */
export async function findMonitor(connection: Queryable, model: string): Promise<StoredMonitor> {
  const [row] = await connection.query<MonitorRow>(
    'select model, configuration, configuration_hash from monitors where model = $1',
    [model],
  );
  if (row !== undefined) {
    const decoded = decode(row);
    if ('problem' in decoded) throw decoded.error;
    return decoded;
  }
  const models = await connection.query<{ model: string }>('select model from monitors order by model');
  const known = models.map(({ model }) => model).join(', ') || 'none yet';
  throw new TidewatchError('UNKNOWN_MODEL', { model, known });
}

/** Stops watching a model; its predictions and everything derived from them stay. Gives how many monitors these were. */
export function deleteMonitor(connection: Queryable, model: string): Promise<number> {
  return connection.execute('delete from monitors where model = $1', [model]);
}

async function selectMonitors(connection: Queryable): Promise<MonitorRow[]> {
  return connection.query<MonitorRow>(
    'select model, configuration, configuration_hash from monitors order by model',
  );
}

function decode(row: MonitorRow): StoredMonitor | (UnreadableMonitor & { readonly error: TidewatchError }) {
  const { model } = row;
  const decoded = monitorSchema.safeParse(row.configuration);
  if (decoded.success) return { monitor: decoded.data, configurationHash: row.configuration_hash };
  const problems = decoded.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.') || 'the whole'}: ${message}`,
  );
  const error = new TidewatchError('UNREADABLE_MONITOR', { model, problems: problems.join('; ') });
  return { model, problem: error.message, error };
}
