/** Does the monitoring itself work? What each process of each model did last, what waits, and what could not be told. */

import { weekMs } from '../../../core/window.ts';
import { toTimestamp, type Queryable } from '../../../sql/database.ts';
import type { Asked } from '../../server/page.ts';
import type { WaitingHours, WatchedProcess } from '../process-table.ts';
import { listScheduled } from '../scheduled-processes.ts';

/** More lines are no help; the worst come first. */
const mostLines = 30;

export interface LoadedHealth {
  /** The newest. */
  readonly migration: { readonly name: string; readonly appliedAt: number };
  readonly models: number;
  /** Of all processes that are scheduled, those first that succeeded longest ago. */
  readonly processes: readonly WatchedProcess[];
  readonly processCount: number;
  /** Hours that have to be computed again, by who has to. */
  readonly dirty: readonly WaitingHours[];
  /** Messages that wait or that nobody took. */
  readonly messages: readonly {
    readonly state: string;
    readonly count: number;
    readonly lastError: string | null;
  }[];
  /** What was removed in the last week because it was older than it is to be kept, by table. */
  readonly removed: readonly {
    readonly table: string;
    readonly models: number;
    readonly rows: number;
    readonly newest: number;
  }[];
  readonly rejected: readonly {
    readonly model: string;
    readonly stream: string;
    readonly count: number;
    readonly newest: number;
  }[];
}

export async function loadHealth({ connection, now }: Asked): Promise<LoadedHealth> {
  const [migration] = await connection.query<{ name: string; appliedAt: number }>(
    'select name, applied_at as "appliedAt" from schema_migrations order by id desc limit 1',
  );
  const [counts] = await connection.query<{ models: number; processes: number }>(
    `select (select count(*) from monitors) as models, (select count(*) from watched_processes) as processes`,
  );
  const scheduled = await listScheduled(connection, null);
  const lastWeek = toTimestamp(now - weekMs);
  return {
    migration: migration!,
    models: counts!.models,
    processCount: counts!.processes + scheduled.length,
    processes: [...(await readWatched(connection)), ...scheduled]
      .sort((a, b) => (a.succeededAt ?? 0) - (b.succeededAt ?? 0))
      .slice(0, mostLines),
    dirty: await connection.query<WaitingHours & Record<string, unknown>>(
      `select stage, count(distinct model) as models, count(distinct (model, window_start)) as hours
       from (select stage, model, window_start from dirty_windows limit 100000) marks
       group by stage order by stage`,
    ),
    messages: await connection.query(
      `select state, count(*) as count, max(last_error) as "lastError"
       from alert_messages where state in ('sending', 'waiting', 'refused') and claimed_at > $1
       group by state order by state`,
      [lastWeek],
    ),
    removed: await connection.query(
      `select table_name as table, count(distinct model) as models, sum(row_count) as rows, max(removed_at) as newest
       from removals where removed_at > $1 group by table_name order by table_name`,
      [lastWeek],
    ),
    rejected: await connection.query(
      `select model, stream, count(*) as count, max(rejected_at) as newest
       from (select model, stream, rejected_at from rejected_rows where rejected_at > $2 limit 100000) rows
       group by model, stream order by count(*) desc limit $1`,
      [mostLines, lastWeek],
    ),
  };
}

function readWatched(connection: Queryable): Promise<WatchedProcess[]> {
  return connection.query<WatchedProcess & Record<string, unknown>>(
    `select model, process, cron, time_zone as "timeZone", succeeded_at as "succeededAt", watched_since as "watchedSince",
       window_end as "windowEnd"
     from watched_processes
     left join process_watermarks using (model, process)
     order by coalesce(succeeded_at, '-infinity'), model, process
     limit $1`,
    [mostLines],
  );
}
