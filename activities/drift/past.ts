/** How a model and its columns were judged in this and earlier windows. */

import type { ColumnPast } from '../../console/drift-report/from-column-drift.ts';
import type { HistoryPoint } from '../../console/drift-report/drift-report.ts';
import type { Question } from '../../core/drift/answer.ts';
import type { ColumnDrift } from '../../core/drift/column-drift.ts';
import type { Level } from '../../core/verdict.ts';
import { formatInstant, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { groupByColumn } from '../profiles/days.ts';

/** Column -> how it was judged in this and earlier windows. */
export type PastColumns = ReadonlyMap<string, ColumnPast>;

/** How many windows a chart shows. */
const historyLength = 60;

type PointRow = { windowEnd: number; value: number | null; level: Level };
/** `deciding`: it is the verdict on the column. */
type ColumnRow = PointRow & { column: string; question: Question; deciding: boolean };

/** The stored runs of windows as long as this one, up to it, in the order of time; the value is the drift share. */
export async function readPastRuns(
  connection: Queryable,
  model: string,
  window: Window,
): Promise<readonly HistoryPoint[]> {
  const rows = await connection.query<PointRow>(
    `select window_end as "windowEnd", drift_share as value, verdict as level from drift_runs
     where model = $1 and segment = '' and window_end <= $2 and window_end - window_start = make_interval(secs => $3)
     order by window_end desc limit $4`,
    [...spanOf(model, window), historyLength],
  );
  return rows.reverse().map(pointOf);
}

/** The same of each column; the values are the effects of the method that decides today. */
export async function readPastColumns(
  connection: Queryable,
  model: string,
  window: Window,
  columns: readonly ColumnDrift[],
): Promise<PastColumns> {
  const rows = await connection.query<ColumnRow>(
    `select result.column_name as "column", result.question, result.deciding,
       run.window_end as "windowEnd", result.effect as value, result.verdict as level
     from (
       select drift_run_id, window_end from drift_runs
       where model = $1 and segment = '' and window_end <= $2 and window_end - window_start = make_interval(secs => $3)
       order by window_end desc limit $4
     ) run
     join drift_results result on result.model = $1 and result.drift_run_id = run.drift_run_id
     join unnest($5::text[], $6::text[]) as asked (column_name, method) using (column_name, method)
     order by run.window_end`,
    [
      ...spanOf(model, window),
      historyLength,
      columns.map(({ column }) => column),
      columns.map(({ decidingMethod }) => decidingMethod),
    ],
  );
  return new Map([...groupByColumn(rows)].map(([column, rows]) => [column, pastOf(rows)]));
}

function pastOf(rows: readonly ColumnRow[]): ColumnPast {
  const answersTo = (asked: Question): HistoryPoint[] =>
    rows.filter(({ question }) => question === asked).map(pointOf);
  return {
    verdicts: rows.filter(({ deciding }) => deciding).map(pointOf),
    answers: { reference: answersTo('reference'), recent: answersTo('recent') },
  };
}

function pointOf({ windowEnd, value, level }: PointRow): HistoryPoint {
  return { windowEnd: formatInstant(windowEnd), ...(value !== null && { value }), level };
}

function spanOf(model: string, { start, end }: Window): readonly [string, unknown, number] {
  return [model, toTimestamp(end), (end - start) / 1000];
}
