/** Has every row a partition to go to, and does somebody look after the storage? */

import { partitionedTables } from '../../activities/storage/partitions-store.ts';
import { readPreparedUntil } from '../../activities/storage/storage-metrics.ts';
import { minuteText } from '../../core/process/dead-man.ts';
import { installation, storageMaintenanceId } from '../../core/storage/settings.ts';
import { dayMs, formatDay, formatInstant } from '../../core/window.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';

interface Partitions {
  /** month, week or day. */
  readonly width: string;
  readonly count: number;
  /** Rows about an instant before it have a partition; null: those about now have none. */
  readonly until: number | null;
  /** Partitioned tables with rows that have no partition of their own. */
  readonly strays: readonly { readonly table: string; readonly from: number; readonly to: number }[];
}

export async function readPartitions({ database }: Sources): Promise<Partitions> {
  const [made] = await database.query<{ width: string; count: number }>(
    `select partition_width() as width, count(*) as count from partition_ranges('predictions')`,
  );
  const until = await readPreparedUntil(database);
  // Bounded: a default partition that grew for years is told of as well by its first rows.
  const strays = await database.query<{ table: string; from: number; to: number }>(
    partitionedTables
      .map(
        (table) => `select '${table}' as table, min(event_time) as from, max(event_time) as to
          from (select event_time from ${table}_default limit 100000) rows having count(*) > 0`,
      )
      .join(' union all '),
  );
  return { ...made!, until: until ?? null, strays };
}

export function judgePartitions({ width, count, until, strays }: Partitions): Finding {
  const made = count === 0 ? 'none yet' : `${count} by ${width}`;
  const ahead = until === null ? 'further ones are made as rows come' : `made until ${formatDay(until)}`;
  if (strays.length === 0) return { level: 'ok', words: `${made}; ${ahead}` };
  return {
    level: 'warning',
    words: 'rows are in a default partition, where reading them becomes slow and retention costly',
    details: strays.map(
      ({ table, from, to }) => `${table}_default: ${formatInstant(from)} to ${formatInstant(to)}`,
    ),
    fix: 'tidewatch run storage-maintenance moves them; before an application inserts by SQL, let it call: select ensure_partitions(<first event_time>, <last event_time>)',
  };
}

interface Maintenance {
  /** By the clock of Postgres. */
  readonly now: number;
  readonly watches: boolean;
  readonly succeededAt: number | null;
}

export async function readMaintenance({ database }: Sources): Promise<Maintenance> {
  const [row] = await database.query<Maintenance & Record<string, unknown>>(
    `select clock_timestamp() as now, exists (select from monitors) as watches,
       (select succeeded_at from process_watermarks where model = $1 and process = $2) as "succeededAt"`,
    [installation, storageMaintenanceId],
  );
  return row!;
}

/** It runs every night: a second night without it is worth a look. */
const latestMs = 2 * dayMs;

export function judgeMaintenance({ now, watches, succeededAt }: Maintenance): Finding {
  if (succeededAt !== null && now - succeededAt <= latestMs)
    return { level: 'ok', words: `last succeeded ${minuteText(succeededAt)}` };
  if (!watches) return { level: 'ok', words: 'has nothing to do yet' };
  const since = succeededAt === null ? 'has not run yet' : `last succeeded ${minuteText(succeededAt)}`;
  return {
    level: succeededAt === null ? 'ok' : 'warning',
    words: succeededAt === null ? `${since}; it does at 02:30 UTC` : since,
    ...(succeededAt !== null && {
      fix: 'tidewatch run storage-maintenance; see in the Temporal UI how the runs of its schedule end',
    }),
  };
}
