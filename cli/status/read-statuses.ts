import { findMonitors } from '../../activities/monitors/store.ts';
import { askTemporal, readPauses } from '../../schedules/live-state.ts';
import type { Database } from '../../sql/database.ts';
import { readStandings } from '../../sql/read-headlines.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import { readStatus, type ModelStatus } from './read-status.ts';

/** Who looks at what is stored does not wait long for what only Temporal knows. */
const waitMs = 1_000;

/**
 * How the watched models stand, or one of them, all of them at one instant; what Temporal does not say is unknown.
 *
 * @param tell gets the reason why a model is left out: its monitor cannot be read
 * @throws TidewatchError `UNKNOWN_MODEL`
 */
export async function readStatuses(
  database: Database,
  model: string | undefined,
  tell: (problem: string) => void = () => undefined,
): Promise<readonly ModelStatus[]> {
  const { monitors, unreadable } = await findMonitors(database, model);
  for (const { problem } of unreadable) tell(problem);
  const names = monitors.map(({ monitor }) => monitor.model);
  const { temporal } = readConfiguration(process.env);
  const pauses =
    names.length === 0
      ? { unknown: '' }
      : await askTemporal({ ...temporal, waitMs }, (client) => readPauses(client, names));
  return database.snapshot(async (connection) => {
    const standings = await readStandings(connection, names);
    const statuses = [];
    for (const { monitor } of monitors) {
      const standing = standings.get(monitor.model)!;
      const schedules = 'unknown' in pauses ? pauses : pauses.get(monitor.model)!;
      statuses.push(await readStatus(connection, monitor, { standing, schedules }));
    }
    return statuses;
  });
}
