/** The gauges of the storage, and what they are read from. */

import { installation, storageMaintenanceId } from '../../core/storage/settings.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Sample } from '../metrics/catalog.ts';
import { sampleOf } from '../metrics/catalog.ts';
import { readWatermark, watermarkSamples } from '../metrics/watermark-metrics.ts';
import { partitionedTables } from './partitions-store.ts';

/** All tables and indexes of the database. */
export async function readDatabaseBytes(connection: Queryable): Promise<number> {
  const [row] = await connection.query<{ bytes: number }>(
    'select pg_database_size(current_database()) as bytes',
  );
  return row!.bytes;
}

/** Until when each table has partitions without a gap, from the range of now on: the earliest of them; undefined where now has none. */
export async function readPreparedUntil(connection: Queryable): Promise<number | undefined> {
  const [row] = await connection.query<{ until: number | null }>(
    `with recursive covered as (
       select parent, now() as until from unnest($1::text[]) as parent
       union
       select parent, range.to_time
       from covered cross join lateral partition_ranges(parent::regclass) as range
       where range.from_time <= until and range.to_time > until
     )
     select min(until) as until from (select parent, max(until) as until from covered group by parent) as each
     where until > now() having count(*) = cardinality($1::text[])`,
    [partitionedTables],
  );
  return row?.until ?? undefined;
}

/** Everything that is shown of the storage of an installation. */
export async function storageSamples(connection: Queryable): Promise<Sample[]> {
  const until = await readPreparedUntil(connection);
  return [
    ...watermarkSamples(
      await readWatermark(connection, { model: installation, process: storageMaintenanceId }),
    ),
    ...sampleOf('tidewatch_database_bytes', await readDatabaseBytes(connection)),
    ...(until === undefined ? [] : sampleOf('tidewatch_partitions_until_timestamp_seconds', until / 1000)),
  ];
}
