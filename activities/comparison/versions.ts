/** Which versions have outcomes in a window, and how they shared the traffic. */

import { blockLengthOf, blockMs } from '../../core/comparison/blocks.ts';
import type { ComparedBlock } from '../../core/comparison/compare-means.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { ComparedWindow } from './compared-rows.ts';

export interface ServedVersion extends Record<string, unknown> {
  readonly version: string;
  /** Outcomes of any role, and those that were served. */
  readonly outcomes: number;
  readonly served: number;
}

/** The versions with outcomes in a window, the one that served most of them first. */
export function listVersions(
  connection: Queryable,
  { monitor, window }: ComparedWindow,
): Promise<ServedVersion[]> {
  return connection.query<ServedVersion>(
    `select version, count(*) as outcomes, count(*) filter (where role = 'serving') as served
     from outcomes
     where model = $1 and event_time >= $2 and event_time < $3
     group by version
     order by served desc, outcomes desc, version`,
    [monitor.model, toTimestamp(window.start), toTimestamp(window.end)],
  );
}

/** How two versions shared the traffic, in the hours in which both served. */
export interface Split {
  readonly sharedHours: number;
  /** In the order of time: predictions as rows, and as sums those of them whose actuals are known. */
  readonly blocks: readonly ComparedBlock[];
}

export async function countSplit(
  connection: Queryable,
  { monitor, window }: ComparedWindow,
  subject: string,
  against: string,
): Promise<Split> {
  const key = [monitor.model, toTimestamp(window.start), toTimestamp(window.end), subject, against];
  const rows = await connection.query<{ block: number; hours: number } & Record<string, number>>(
    `with served as (
       select date_trunc('hour', event_time) as hour, version, count(*) as predictions
       from predictions
       where model = $1 and event_time >= $2 and event_time < $3 and version in ($4, $5) and role = 'serving'
       group by 1, 2
     ),
     known as (
       select date_trunc('hour', event_time) as hour, version, count(*) as outcomes
       from outcomes
       where model = $1 and event_time >= $2 and event_time < $3 and version in ($4, $5) and role = 'serving'
       group by 1, 2
     ),
     hourly as (
       select hour, served.version = $4 as is_subject, predictions, coalesce(outcomes, 0) as outcomes
       from served
       left join known using (hour, version)
       where hour in (select hour from served group by 1 having count(*) = 2)
     )
     select date_bin($6::interval, hour, $2::timestamptz) as block, count(distinct hour) as hours,
       sum(predictions) filter (where is_subject) as subject, sum(outcomes) filter (where is_subject) as subject_known,
       sum(predictions) filter (where not is_subject) as against, sum(outcomes) filter (where not is_subject) as against_known
     from hourly
     group by 1
     order by 1`,
    [...key, `${blockMs(blockLengthOf(window)) / 1000} seconds`],
  );
  return {
    sharedHours: rows.reduce((sum, { hours }) => sum + hours, 0),
    blocks: rows.map((row) => ({
      subject: { rows: row.subject ?? 0, sum: row.subject_known ?? 0 },
      against: { rows: row.against ?? 0, sum: row.against_known ?? 0 },
    })),
  };
}
