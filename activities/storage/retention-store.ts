/** The statements that remove what is old enough, and keep account of it. */

import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Process } from '../processes/watermarks.ts';
import { partitionedTables, type PartitionedTable } from './partitions-store.ts';

/** The instants that the processes of a model have spoken for. */
export async function listWatermarks(
  connection: Queryable,
  model: string,
): Promise<ReadonlyMap<Process, number>> {
  const rows = await connection.query<{ process: Process; as_of: number }>(
    'select process, as_of from process_watermarks where model = $1',
    [model],
  );
  return new Map(rows.map((row) => [row.process, row.as_of]));
}

/** When the oldest row of a model is about; undefined without any. */
export async function findFirstRow(connection: Queryable, model: string): Promise<number | undefined> {
  const [row] = await connection.query<{ first: number | null }>(
    `select least(${partitionedTables
      .map((table) => `(select min(event_time) from ${table} where model = $1)`)
      .join(', ')}) as first`,
    [model],
  );
  return row?.first ?? undefined;
}

/** Before an instant, the days of which something changed that has not been computed again. */
export async function listMarkedDays(
  connection: Queryable,
  model: string,
  before: number,
): Promise<number[]> {
  const rows = await connection.query<{ day: number }>(
    `select distinct date_trunc('day', window_start, 'UTC') as day from dirty_windows
     where model = $1 and window_start < $2 order by day`,
    [model, toTimestamp(before)],
  );
  return rows.map(({ day }) => day);
}

/** Whose rows are read however old they are: the training window that is the reference, and those of a retraining under way. */
export function listKeptWindows(connection: Queryable, model: string): Promise<Window[]> {
  return connection.query<Window & Record<string, unknown>>(
    `select window_start as start, window_end as "end" from reference_handovers
     where model = $1 and active_until is null
     union
     select training_start, holdout_end from retraining_runs where model = $1 and finished_at is null`,
    [model],
  );
}

/** The ranges of the partitions that there are. */
export function listPartitionRanges(connection: Queryable): Promise<Window[]> {
  return connection.query<Window & Record<string, unknown>>(
    `select distinct from_time as start, to_time as "end"
     from unnest($1::text[]) as parent, partition_ranges(parent::regclass)`,
    [partitionedTables],
  );
}

/** Says of days that their rows are removed, from now on. */
export async function insertRemoved(
  connection: Queryable,
  model: string,
  ranges: readonly Window[],
): Promise<void> {
  await connection.execute(
    `insert into removed_ranges (model, window_start, window_end)
     select $1, start_time, end_time from unnest($2::timestamptz[], $3::timestamptz[]) as range (start_time, end_time)
     on conflict do nothing`,
    [model, ranges.map(({ start }) => toTimestamp(start)), ranges.map(({ end }) => toTimestamp(end))],
  );
}

interface Range extends Window, Record<string, unknown> {
  readonly model: string;
}

/** Removed ranges that may still have rows. */
export function listUnemptied(connection: Queryable): Promise<Range[]> {
  return connection.query<Range>(
    `select model, window_start as start, window_end as "end" from removed_ranges
     where not is_empty order by model, window_start`,
  );
}

/** Notes that the rows of a removed range are gone, and makes those that touch each other one. */
export async function noteEmpty(connection: Queryable, { model, ...range }: Range): Promise<void> {
  await connection.execute(
    'update removed_ranges set is_empty = true where model = $1 and window_start = $2 and window_end = $3',
    [model, toTimestamp(range.start), toTimestamp(range.end)],
  );
  await connection.execute(
    `with placed as (
       select window_start, window_end,
         coalesce(window_start > max(window_end) over (order by window_start rows between unbounded preceding and 1 preceding), true)
           as is_first
       from removed_ranges where model = $1 and is_empty
     ), numbered as (
       select *, count(*) filter (where is_first) over (order by window_start) as part from placed
     ), joined as (
       select min(window_start) as window_start, max(window_end) as window_end, array_agg(window_start) as parts
       from numbered group by part having count(*) > 1
     ), gone as (
       delete from removed_ranges
       using joined
       where model = $1 and is_empty and removed_ranges.window_start = any (parts) and removed_ranges.window_start > joined.window_start
     )
     update removed_ranges set window_end = joined.window_end
     from joined where model = $1 and removed_ranges.window_start = joined.window_start`,
    [model],
  );
}

/** How many rows of a table a model has in a range. */
export async function countRows(
  connection: Queryable,
  table: PartitionedTable,
  { model, start, end }: Range,
): Promise<number> {
  const [row] = await connection.query<{ rows: number }>(
    `select count(*) as rows from ${table} where model = $1 and event_time >= $2 and event_time < $3`,
    [model, toTimestamp(start), toTimestamp(end)],
  );
  return row!.rows;
}

/** Has any of the tables a row of a model in a range? */
export async function hasRows(connection: Queryable, { model, start, end }: Range): Promise<boolean> {
  const [row] = await connection.query<{ found: boolean }>(
    `select ${partitionedTables
      .map(
        (table) => `exists (select from ${table} where model = $1 and event_time >= $2 and event_time < $3)`,
      )
      .join(' or ')} as found`,
    [model, toTimestamp(start), toTimestamp(end)],
  );
  return row!.found;
}

/** Deletes at most so many rows of a removed range; gives how many these were. */
export async function removeRows(
  connection: Queryable,
  table: PartitionedTable,
  { model, start, end }: Range,
  atMost: number,
): Promise<number> {
  const [row] = await connection.query<{ rows: number }>('select remove_rows($1, $2, $3, $4, $5) as rows', [
    table,
    model,
    toTimestamp(start),
    toTimestamp(end),
    atMost,
  ]);
  return row!.rows;
}

/** A partition of which the range is removed for every model that has rows in it. */
export interface RemovedPartition extends Window, Record<string, unknown> {
  readonly name: string;
}

export function listRemovedPartitions(
  connection: Queryable,
  table: PartitionedTable,
): Promise<RemovedPartition[]> {
  return connection.query<RemovedPartition>(
    'select name, from_time as start, to_time as "end" from removed_partitions($1)',
    [table],
  );
}

/** Model -> how many rows of a table it has in a range. */
export async function countByModel(
  connection: Queryable,
  table: PartitionedTable,
  { start, end }: Window,
): Promise<{ model: string; rows: number }[]> {
  return connection.query<{ model: string; rows: number }>(
    `select model, count(*) as rows from ${table} where event_time >= $1 and event_time < $2 group by model order by model`,
    [toTimestamp(start), toTimestamp(end)],
  );
}

/** Drops it, unless rows have come late; says whether it did. */
export async function dropPartition(
  connection: Queryable,
  table: PartitionedTable,
  name: string,
): Promise<boolean> {
  const [row] = await connection.query<{ dropped: boolean }>(
    'select drop_removed_partition($1, $2) as dropped',
    [table, name],
  );
  return row!.dropped;
}

/** What a transaction has removed. */
export interface Removal {
  readonly model: string;
  readonly table: string;
  /** Undefined: everything before `end`. */
  readonly start?: number;
  readonly end: number;
  readonly rows: number;
  /** That went as a whole. */
  readonly partition?: string;
  /** By default retention. */
  readonly reason?: 'retention' | 'rolled up' | 'forgotten';
  /** Of the contents of what went. */
  readonly bytes?: number;
}

export interface RemovalRun {
  readonly asOf: number;
  readonly workflowId: string;
  readonly runId: string;
}

/** Adds to the account of a run. */
export async function accountFor(
  connection: Queryable,
  { asOf, workflowId, runId }: RemovalRun,
  removals: readonly Removal[],
): Promise<void> {
  const counted = removals.filter(({ rows }) => rows > 0);
  if (counted.length === 0) return;
  await connection.execute(
    `insert into removals (model, table_name, window_start, window_end, row_count, partition_name, reason, byte_count, as_of, workflow_id, run_id)
     select model, table_name, window_start, window_end, row_count, partition_name, reason, byte_count, $1, $2, $3
     from unnest($4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::bigint[], $9::text[], $10::text[], $11::bigint[])
       as removed (model, table_name, window_start, window_end, row_count, partition_name, reason, byte_count)
     on conflict (model, table_name, window_end, partition_name, reason) do update
     set row_count = removals.row_count + excluded.row_count,
       byte_count = removals.byte_count + excluded.byte_count, removed_at = excluded.removed_at`,
    [
      toTimestamp(asOf),
      workflowId,
      runId,
      counted.map(({ model }) => model),
      counted.map(({ table }) => table),
      counted.map(({ start }) => (start === undefined ? null : toTimestamp(start))),
      counted.map(({ end }) => toTimestamp(end)),
      counted.map(({ rows }) => rows),
      counted.map(({ partition = '' }) => partition),
      counted.map(({ reason = 'retention' }) => reason),
      counted.map(({ bytes = null }) => bytes),
    ],
  );
}

/** Of one table what a run has removed. */
export interface RemovedOfTable {
  readonly table: string;
  readonly models: number;
  readonly rows: number;
  readonly partitions: number;
}

export function sumRemovals(
  connection: Queryable,
  { workflowId, runId }: RemovalRun,
): Promise<RemovedOfTable[]> {
  return connection.query<RemovedOfTable & Record<string, unknown>>(
    `select table_name as table, count(distinct model) as models, sum(row_count) as rows,
       count(distinct nullif(partition_name, '')) as partitions
     from removals where workflow_id = $1 and run_id = $2 and reason = 'retention' group by table_name order by table_name`,
    [workflowId, runId],
  );
}

/** How many profiles of a table a run has rolled up. */
export async function sumRolledUp(
  connection: Queryable,
  { workflowId, runId }: RemovalRun,
  table: 'profiles' | 'profile_days',
): Promise<{ models: number; rows: number; bytes: number }> {
  const [row] = await connection.query<{ models: number; rows: number; bytes: number }>(
    `select count(distinct model) as models, coalesce(sum(row_count), 0) as rows, coalesce(sum(byte_count), 0) as bytes
     from removals where workflow_id = $1 and run_id = $2 and table_name = $3 and reason = 'rolled up'`,
    [workflowId, runId, table],
  );
  return row!;
}
