/** How the columns of a model have drifted in its newest runs, and what the checks of its data found. */

import type { Level, Verdict } from '../../../core/verdict.ts';
import { durationMs, type Window } from '../../../core/window.ts';
import { toTimestamp, type Queryable } from '../../../sql/database.ts';
import type { QualityCheck } from '../../quality-table.ts';

/** So many runs have room beside each other. */
export const shownRuns = 45;
/** More columns than this are in the report. */
const mostColumns = 500;

export interface DriftRun {
  readonly window: Window;
  readonly verdict: Verdict;
  readonly share: number | null;
  /** Of the data of the window; null where they were not looked at. */
  readonly quality: Level | null;
  readonly workflowId: string;
  readonly runId: string;
}

export interface ColumnRow {
  readonly name: string;
  readonly subject: string;
  /** One a run, in the order of time; null where the column was not judged. */
  readonly cells: readonly ({ readonly level: Level; readonly effect: number | null } | null)[];
  /** Of the newest run. */
  readonly reason: string;
}

export interface LoadedDrift {
  /** In the order of time. */
  readonly runs: readonly DriftRun[];
  readonly columns: readonly ColumnRow[];
  readonly quality?: { readonly verdict: Verdict; readonly checks: readonly QualityCheck[] };
}

/** Null where nothing was compared yet. */
export async function loadDrift(
  connection: Queryable,
  model: string,
  length: string,
): Promise<LoadedDrift | null> {
  const rows = await connection.query<{
    id: number;
    start: number;
    end: number;
    level: Level;
    reason: string;
    share: number | null;
    workflowId: string;
    runId: string;
    qualityLevel: Level | null;
    qualityReason: string | null;
  }>(
    `select drift_run_id as id, window_start as start, window_end as "end", verdict as level, reason, drift_share as share,
       workflow_id as "workflowId", run_id as "runId", quality_verdict as "qualityLevel", quality_reason as "qualityReason"
     from drift_runs
     where model = $1 and segment = '' and window_end - window_start = make_interval(secs => $2)
     order by window_end desc
     limit $3`,
    [model, durationMs(length) / 1000, shownRuns],
  );
  const newest = rows[0];
  if (newest === undefined) return null;
  const runs = rows.toReversed();
  const window = { start: newest.start, end: newest.end };
  const { qualityLevel, qualityReason } = newest;
  const [columns, checks] = await Promise.all([
    readColumns(
      connection,
      model,
      runs.map(({ id }) => id),
    ),
    qualityLevel === null ? [] : readChecks(connection, model, window),
  ]);
  return {
    runs: runs.map(({ start, end, level, reason, share, qualityLevel: quality, workflowId, runId }) => ({
      window: { start, end },
      verdict: { level, reason },
      share,
      quality,
      workflowId,
      runId,
    })),
    columns,
    ...(qualityLevel !== null && {
      quality: { verdict: { level: qualityLevel, reason: qualityReason ?? '' }, checks },
    }),
  };
}

async function readColumns(
  connection: Queryable,
  model: string,
  runs: readonly number[],
): Promise<ColumnRow[]> {
  const rows = await connection.query<{
    run: number;
    name: string;
    subject: string;
    level: Level;
    effect: number | null;
    reason: string;
  }>(
    `select drift_run_id as run, column_name as name, subject, verdict as level, effect,
       case when drift_run_id = $3 then reason else '' end as reason
     from drift_results
     where model = $1 and drift_run_id = any ($2) and deciding and subject <> 'multivariate'
     order by column_name
     limit $4`,
    [model, runs, runs.at(-1), shownRuns * mostColumns],
  );
  const columns = new Map<string, { subject: string; reason: string; cells: ColumnRow['cells'][number][] }>();
  const position = new Map(runs.map((id, index) => [id, index]));
  for (const { run, name, subject, level, effect, reason } of rows) {
    const column = columns.get(name) ?? { subject, reason: '', cells: runs.map(() => null) };
    columns.set(name, column);
    column.cells[position.get(run)!] = { level, effect };
    if (reason !== '') column.reason = reason;
  }
  return [...columns].map(([name, column]) => ({ name, ...column }));
}

async function readChecks(
  connection: Queryable,
  model: string,
  { start, end }: Window,
): Promise<QualityCheck[]> {
  const rows = await connection.query<{ check: string; column: string; level: Level; reason: string }>(
    `select check_name as "check", column_name as "column", verdict as level, reason
     from quality_results where model = $1 and window_start = $2 and window_end = $3
     order by check_name, column_name
     limit 1000`,
    [model, toTimestamp(start), toTimestamp(end)],
  );
  return rows.map(({ column, ...check }) => ({ ...check, ...(column !== '' && { column }) }));
}
