/** The hours that a stage has to look at again. */

import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

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

/** Rows that a transaction aims at: about two seconds of work, and little to repeat after a crash. */
const rowsPerTransaction = 50_000;
const hoursPerTransaction = 7 * 24;

/**
 * How many hours should the next transaction take, after one of `length` hours with so many rows? Grows at most fourfold
 * at a time, because the next hours may hold more than the last ones.
 */
export function nextBatchLength(length: number, rows: number): number {
  const aimed = Math.floor((length * rowsPerTransaction) / Math.max(rows, 1));
  return Math.max(1, Math.min(aimed, length * 4, hoursPerTransaction));
}
