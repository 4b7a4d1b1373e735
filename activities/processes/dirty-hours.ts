/** The hours that a stage has to look at again. */

import { z } from 'zod';

import { floorToDay, formatDay, formatInstant, parseInstant } from '../../core/window.ts';
import type { Database, Queryable } from '../../sql/database.ts';
import { lockAllUntilCommit, shareLockUntilCommit, toTimestamp } from '../../sql/database.ts';
import type { ActivityContext } from '../activity-context.ts';

export type Stage = 'outcomes' | 'summaries';

/** The hours that are marked for a stage, in order. */
export async function listMarkedHours(connection: Queryable, model: string, stage: Stage): Promise<number[]> {
  const rows = await connection.query<{ hour: number }>(
    'select distinct window_start as hour from dirty_windows where model = $1 and stage = $2 order by hour',
    [model, stage],
  );
  return rows.map(({ hour }) => hour);
}

/**
 * Deletes the marks of these hours that are there now and gives the hours that had one. Later statements of the
 * transaction see at least the rows that made these marks; a mark made meanwhile is not deleted.
 */
export async function takeMarks(
  connection: Queryable,
  model: string,
  stage: Stage,
  hours: readonly number[],
): Promise<number[]> {
  const rows = await connection.query<{ hour: number }>(
    `with taken as (
       delete from dirty_windows
       where model = $1 and stage = $2 and window_start = any($3::timestamptz[])
       returning window_start
     )
     select distinct window_start as hour from taken order by hour`,
    [model, stage, hours.map(toTimestamp)],
  );
  return rows.map(({ hour }) => hour);
}

/**
 * Deletes the marks of an hour that a newer one of the same stage stands beside: each statement that writes makes one. Whoever
 * has read an older one finds the newer one left. Those that another transaction is about to delete are passed over.
 */
export async function thinMarks(connection: Queryable, model: string): Promise<void> {
  await connection.execute(
    `with doubled as (
       select stage, window_start, window_end, generation from dirty_windows older
       where model = $1 and exists (
         select from dirty_windows newer
         where newer.model = $1 and newer.stage = older.stage and newer.window_start = older.window_start
           and newer.window_end = older.window_end and newer.generation > older.generation
       )
       for update skip locked
     )
     delete from dirty_windows
     using doubled
     where dirty_windows.model = $1 and dirty_windows.stage = doubled.stage
       and dirty_windows.window_start = doubled.window_start and dirty_windows.window_end = doubled.window_end
       and dirty_windows.generation = doubled.generation`,
    [model],
  );
}

/**
 * Keeps other runs away from the days of these hours, in order, until the transaction ends; they may be at other days. Whoever locks the name
 * alone keeps all away.
 */
export async function lockHoursUntilCommit(
  connection: Queryable,
  name: string,
  hours: readonly number[],
): Promise<void> {
  const days = [...new Set(hours.map(floorToDay))].sort((a, b) => a - b);
  await shareLockUntilCommit(connection, name);
  await lockAllUntilCommit(
    connection,
    days.map((day) => `${name}:${formatDay(day)}`),
  );
}

/** Rows that a transaction aims at: about two seconds of work, and little to repeat after a crash. */
const rowsPerTransaction = 50_000;
const hoursPerTransaction = 7 * 24;

/**
 * How many hours should the next transaction take, after one of `length` hours with so many rows? Grows at most fourfold
 * at a time, because the next hours may hold more than the last ones.
 */
function nextBatchLength(length: number, rows: number): number {
  const aimed = Math.floor((length * rowsPerTransaction) / Math.max(rows, 1));
  return Math.max(1, Math.min(aimed, length * 4, hoursPerTransaction));
}

/** What an earlier attempt of an activity that was lost had counted, and the first hour that it had not looked at. */
export interface ResumePoint<Counts> {
  readonly counts: Counts;
  readonly next: number;
}

/** The resume point of an earlier attempt; undefined in a first one. */
export function readResumePoint<Counts>(
  { resumePoint }: ActivityContext,
  countsSchema: z.ZodType<Counts>,
): ResumePoint<Counts> | undefined {
  const { data } = z.object({ next: z.string(), counts: countsSchema }).safeParse(resumePoint);
  return data && { counts: data.counts, next: parseInstant(data.next) };
}

/**
 * Looks at hours, a batch of them a transaction, and heartbeats after each where it would resume. Batches are as long as
 * their rows allow. Gives the counts after the last one.
 */
export async function walkHours<Counts>(
  { database, context }: { readonly database: Database; readonly context: ActivityContext },
  hours: readonly number[],
  from: Counts,
  lookAt: (
    connection: Queryable,
    batch: readonly number[],
    counts: Counts,
  ) => Promise<{ readonly counts: Counts; readonly rows: number }>,
): Promise<Counts> {
  let counts = from;
  let batchLength = 1;
  for (let first = 0; first < hours.length;) {
    context.cancelled.throwIfAborted();
    const batch = hours.slice(first, first + batchLength);
    const before = counts;
    const done = await database.transaction((connection) => lookAt(connection, batch, before));
    counts = done.counts;
    first += batch.length;
    const next = hours[first];
    if (next !== undefined) context.heartbeat({ next: formatInstant(next), counts });
    batchLength = nextBatchLength(batchLength, done.rows);
  }
  return counts;
}
