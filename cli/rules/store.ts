/** What `tidewatch rules try` reads, one query a function. */

import type { EvaluationRow } from '../../activities/degradation/evidence.ts';
import { toEvaluation } from '../../activities/degradation/evidence.ts';
import type { EvaluationEvidence } from '../../core/degradation/evidence.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/** The first and the last hour with serving predictions; null where there are none. */
export async function findServedHours(
  connection: Queryable,
  model: string,
): Promise<{ readonly first: number; readonly last: number } | null> {
  const [row] = await connection.query<{ first: number | null; last: number | null }>(
    `select min(hour) as first, max(hour) as last from outcome_summaries where model = $1 and segment = ''`,
    [model],
  );
  return row === undefined || row.first === null || row.last === null
    ? null
    : { first: row.first, last: row.last };
}

export interface Revision extends EvaluationEvidence {
  /** When it became known, in the time of the runs. */
  readonly asOf: number;
}

/** Every revision of the evaluations of these windows over all rows, the oldest first. */
export async function listRevisions(
  connection: Queryable,
  model: string,
  windows: readonly Window[],
): Promise<Revision[]> {
  const rows = await connection.query<EvaluationRow & { readonly as_of: number }>(
    `select version, window_start, window_end, revision, as_of, state, verdict, reason, metrics, intervals, details,
       sample_size, coverage
     from performance_evaluations
     join unnest($2::timestamptz[], $3::timestamptz[]) as needed (from_time, to_time)
       on window_start = from_time and window_end = to_time
     where model = $1 and segment = ''
     order by revision`,
    [model, windows.map(({ start }) => toTimestamp(start)), windows.map(({ end }) => toTimestamp(end))],
  );
  return rows.map((row) => ({ ...toEvaluation(row), asOf: row.as_of }));
}

/** Whose performance each check judged, and the instant it spoke for. */
export function listCheckedVersions(
  connection: Queryable,
  model: string,
): Promise<{ readonly day: number; readonly asOf: number; readonly version: string | null }[]> {
  return connection.query(
    `select window_end as day, as_of as "asOf", version from degradation_checks where model = $1 order by 1`,
    [model],
  );
}

/** The version with most serving predictions of each UTC day. */
export function listServingVersions(
  connection: Queryable,
  model: string,
): Promise<{ readonly day: number; readonly version: string }[]> {
  return connection.query(
    `select distinct on (day) day, version
     from (
       select date_trunc('day', hour) as day, version, sum(prediction_count) as predictions
       from outcome_summaries
       where model = $1 and segment = ''
       group by 1, 2
     ) served
     order by day, predictions desc, version`,
    [model],
  );
}
