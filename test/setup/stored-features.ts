/** The features of stored predictions, wherever they are. */

import { fillFeatures, type Drawn } from '../../activities/feature-rows/fill-features.ts';
import { withSources } from '../../activities/feature-rows/row-connection.ts';
import { findMonitor } from '../../activities/monitors/store.ts';
import type { Sources } from '../../activities/sources/sources.ts';
import type { Database } from '../../sql/database.ts';

/** By event time and entity. */
export async function storedFeatures(
  database: Database,
  sources: Sources,
  model: string,
): Promise<Readonly<Record<string, unknown>>[]> {
  const { monitor } = await findMonitor(database, model);
  const rows = await database.query<Drawn & Record<string, unknown>>(
    'select event_time, entity, source_key, features from predictions where model = $1 order by event_time, entity',
    [model],
  );
  const filled = await fillFeatures<Drawn>(withSources(database, sources), monitor, rows);
  return filled.map(({ features }) => features);
}
