/** What was removed: what was older than it is to be kept, and what somebody had forgotten. */

import { toTimestamp, type Queryable } from './database.ts';

export interface Removed extends Record<string, unknown> {
  readonly model: string;
  readonly table: string;
  /** Null: everything before `until`. */
  readonly from: number | null;
  readonly until: number;
  readonly rows: number;
  /** Of their contents; null where it is not counted. */
  readonly bytes: number | null;
  /** The partition that went as a whole; empty where rows were deleted. */
  readonly partition: string;
  readonly reason: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly removedAt: number;
}

/** The newest first. */
export function readRemovals(
  connection: Queryable,
  {
    model,
    since,
    atMost,
  }: { readonly model?: string | undefined; readonly since: number; readonly atMost: number },
): Promise<Removed[]> {
  return connection.query<Removed>(
    `select model, table_name as table, window_start as from, window_end as until, row_count as rows, byte_count as bytes, partition_name as partition,
       reason, workflow_id as "workflowId", run_id as "runId", removed_at as "removedAt"
     from removals
     where removed_at >= $1 and ($2::text is null or model = $2)
     order by removed_at desc, model, table_name limit $3`,
    [toTimestamp(since), model ?? null, atMost],
  );
}

/** Of all models, or of one: the days and weeks of references that are rolled up, and what went for it. */
export interface RolledUpSoFar {
  /** Those of weeks with them. */
  readonly days: number;
  /** Hourly profiles. */
  readonly hours: number;
  /** Of their contents. */
  readonly bytes: number;
  readonly weeks: number;
  readonly daySums: number;
  readonly daySumBytes: number;
}

export async function readRolledUp(connection: Queryable, model: string | undefined): Promise<RolledUpSoFar> {
  const [row] = await connection.query<RolledUpSoFar & Record<string, unknown>>(
    `with days as (
       select count(*) as days,
         count(distinct (model, reference_id, date_trunc('week', day, 'UTC'))) filter (where summed_by = 'week') as weeks
       from rolled_up_days where $1::text is null or model = $1
     )
     select days.days, days.weeks,
       coalesce(sum(row_count) filter (where table_name = 'profiles'), 0) as hours,
       coalesce(sum(byte_count) filter (where table_name = 'profiles'), 0) as bytes,
       coalesce(sum(row_count) filter (where table_name = 'profile_days'), 0) as "daySums",
       coalesce(sum(byte_count) filter (where table_name = 'profile_days'), 0) as "daySumBytes"
     from days left join removals on reason = 'rolled up' and ($1::text is null or model = $1)
     group by days.days, days.weeks`,
    [model ?? null],
  );
  return row!;
}

/** When a model was forgotten; null where it was not. */
export async function readForgotten(connection: Queryable, model: string): Promise<number | null> {
  const [row] = await connection.query<{ at: number | null }>(
    `select max(removed_at) as at from removals where model = $1 and reason = 'forgotten'`,
    [model],
  );
  return row!.at;
}
