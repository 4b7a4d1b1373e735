/** How much room tables take, and how quickly they grow. */

import type { Queryable } from '../../sql/database.ts';
import { partitionedTables } from './partitions-store.ts';

export interface TableBytes {
  readonly table: string;
  /** With indexes, and all partitions. */
  readonly bytes: number;
}

/** Every table with its partitions and indexes, the largest first. */
export function readTableBytes(connection: Queryable): Promise<TableBytes[]> {
  return connection.query<TableBytes & Record<string, unknown>>(
    `select coalesce(parent.relname, one.relname)::text as table, sum(pg_total_relation_size(one.oid)) as bytes
     from pg_class one
     left join pg_inherits on inhrelid = one.oid
     left join pg_class parent on parent.oid = inhparent
     where one.relnamespace = current_schema()::regnamespace and one.relkind = 'r'
     group by 1 order by 2 desc, 1`,
  );
}

/** By how much the rows of predictions, actuals and outcomes grow: of the newest partitions that are full, by their days; null without any. */
export async function readBytesADay(connection: Queryable): Promise<number | null> {
  const [row] = await connection.query<{ bytes: number | null }>(
    `select sum(bytes) as bytes from (
       select sum(pg_total_relation_size(quote_ident(name)::regclass)) / sum(extract(epoch from to_time - from_time) / 86400) as bytes
       from unnest($1::text[]) as parent, partition_ranges(parent::regclass)
       where to_time <= now() and to_time > now() - interval '62 days'
       group by parent
     ) each`,
    [partitionedTables],
  );
  const bytes = row?.bytes ?? null;
  return bytes === null ? null : Math.round(bytes);
}

export interface ModelBytes {
  readonly model: string;
  /** Its share of the rows of predictions, actuals and outcomes, as the planner has sampled them. */
  readonly bytes: number;
}

/** The models whose rows take the most room, by the statistics of the planner: a model without a share of its own is not there. */
export function readModelBytes(connection: Queryable, atMost: number): Promise<ModelBytes[]> {
  return connection.query<ModelBytes & Record<string, unknown>>(
    `select model, round(sum(share * pg_total_relation_size(quote_ident(tablename)::regclass))) as bytes
     from unnest($1::text[]) as parent
     cross join lateral (
       select inhrelid::regclass::text as name from pg_inherits where inhparent = parent::regclass
     ) partition
     join pg_stats on schemaname = current_schema() and tablename = partition.name and attname = 'model'
     cross join lateral unnest(most_common_vals::text::text[], most_common_freqs) as common (model, share)
     group by model order by 2 desc, 1 limit $2`,
    [partitionedTables, atMost],
  );
}
