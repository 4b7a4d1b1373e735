import { findMonitor, listMonitors } from '../../activities/monitors/store.ts';
import type { Database } from '../../sql/database.ts';
import { readStatus, type ModelStatus } from './read-status.ts';

/**
 * How the watched models stand, or one of them, all of them at one instant.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`
 */
export async function readStatuses(
  database: Database,
  model: string | undefined,
): Promise<readonly ModelStatus[]> {
  const monitors = model === undefined ? await listMonitors(database) : [await findMonitor(database, model)];
  return database.snapshot(async (connection) => {
    const statuses = [];
    for (const { monitor } of monitors) statuses.push(await readStatus(connection, monitor));
    return statuses;
  });
}
