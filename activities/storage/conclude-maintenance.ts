import { installation, storageMaintenanceId } from '../../core/storage/settings.ts';
import { parseInstant } from '../../core/window.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { advanceWatermark } from '../processes/watermarks.ts';
import { readDatabaseBytes } from './storage-metrics.ts';

/** Notes that the storage has been looked after, for `doctor` and the gauges. */
export function createConcludeMaintenance({
  database,
}: Pick<ActivityDependencies, 'database'>): (input: {
  readonly asOf: string;
}) => Promise<{ readonly databaseBytes: number }> {
  return async function concludeMaintenance({ asOf }) {
    const at = parseInstant(asOf);
    await advanceWatermark(database, {
      model: installation,
      process: storageMaintenanceId,
      asOf: at,
      windowEnd: at,
    });
    return { databaseBytes: await readDatabaseBytes(database) };
  };
}
