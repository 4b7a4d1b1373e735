/** Refuses a table with more rows of one hour than can be watched before any of them is stored, and as soon as that can be known. */

import { hourMs } from '../../core/window.ts';
import type { Client } from '../../sql/database.ts';
import { mostRowsAnHour, SourceProblem, tooManyRows } from './row-reader.ts';

/** SQL: whether an event time is of an hour that a client takes. */
export function isUsual(eventTime: string): string {
  return `coalesce(${eventTime} >= '1900-01-01T00:00:00Z'::timestamptz and ${eventTime} < '2200-01-01T00:00:00Z'::timestamptz, false)`;
}

/** SQL: the hour of an event time that is usual. */
export function hourSql(eventTime: string): string {
  return `floor(extract(epoch from ${eventTime}) / 3600)::float8 * ${hourMs}`;
}

/** What a query reads: `from` and `where`. */
interface HourRows {
  readonly source: string;
  readonly eventTime: string;
}

/** Of these, more than half are of one hour where a join has no condition, most often. They are counted in seconds. */
const firstRows = 2 * mostRowsAnHour;

/** @throws SourceProblem where too many rows are of one hour, or of none */
export async function refuseLargeHours(
  client: Client,
  { source, eventTime }: HourRows,
  which: 'the first' | 'all' = 'all',
): Promise<void> {
  const hour = `case when ${isUsual(eventTime)} then ${hourSql(eventTime)} end`;
  const { rows } = await client.query<{ hour: number | null }>(
    `select hour from (select ${hour} as hour ${source}${which === 'all' ? '' : ` limit ${firstRows}`}) as rows
     group by hour having count(*) > ${mostRowsAnHour} order by hour limit 1`,
  );
  if (rows[0] !== undefined) throw new SourceProblem([tooManyRows(rows[0].hour)]);
}

/** How many rows Postgres expects of a query; it looks at none of them. */
async function expectedRows(client: Client, source: string): Promise<number> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    `explain (format json) select ${source}`,
  );
  return rows[0]!['QUERY PLAN'][0].Plan['Plan Rows'];
}

/** SQLSTATE of a statement that `statement_timeout` has ended. */
export const timedOut = '57014';

/** What to say of it. @param expected rows of its query, where they may be why */
export function tookTooLong(cause: unknown, expected = 0): SourceProblem {
  const slow =
    'a query of it took too long; give it an index on the column of `changed`, or without one on that of event_time, or narrow it by `since`';
  const large = `Postgres expects about ${expected.toLocaleString('en-US')} rows of it: where a join repeats rows, name a view that gives each of them once`;
  return new SourceProblem(expected > mostRowsAnHour ? [slow, large] : [slow], { cause });
}

/**
 * Reads rows by `work`, unless so many of the first are of one hour that the others need not be looked at.
 *
 * @throws SourceProblem that one, or that a query took too long and how many rows may be why; what `work` throws
 */
export async function unlessTooMany<T>(client: Client, rows: HourRows, work: () => Promise<T>): Promise<T> {
  const expected = await expectedRows(client, rows.source);
  try {
    if (expected > mostRowsAnHour) await refuseLargeHours(client, rows, 'the first');
    return await work();
  } catch (error) {
    throw (error as { code?: unknown }).code === timedOut ? tookTooLong(error, expected) : error;
  }
}
