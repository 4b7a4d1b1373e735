/** Which processes of a model are looked after, since when, and when they last succeeded. */

import type { ProcessLife } from '../../core/process/dead-man.ts';
import type { EnabledProcess } from '../../core/process/scheduled.ts';
import { dayMs, hourMs } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';

/**
 * Somebody looks at least once a day. After a longer break everything was away, and each process has the time of its next runs to come
 * back, instead of an alert for every one of them.
 */
const longestBreakMs = dayMs + 2 * hourMs;

/**
 * Notes that somebody looks after these processes now, and no others of the model; one that is new, or has other times than before, is looked
 * after from now on.
 */
export async function lookAfter(
  connection: Queryable,
  model: string,
  processes: readonly EnabledProcess[],
): Promise<readonly ProcessLife[]> {
  await connection.execute('delete from watched_processes where model = $1 and process <> all($2)', [
    model,
    processes.map(({ id }) => id),
  ]);
  const rows = await connection.query<{
    process: string;
    watched_since: number;
    succeeded_at: number | null;
  }>(
    `with watched as (
       insert into watched_processes as known (model, process, cron, time_zone)
       select $1, asked.* from unnest($2::text[], $3::text[], $4::text[]) as asked
       on conflict (model, process) do update
       set cron = excluded.cron, time_zone = excluded.time_zone, looked_at = excluded.looked_at,
         watched_since = case
           when (known.cron, known.time_zone) = (excluded.cron, excluded.time_zone)
             and excluded.looked_at - known.looked_at <= make_interval(secs => $5) then known.watched_since
           else excluded.watched_since end
       returning process, watched_since
     )
     select watched.process, watched_since, succeeded_at
     from watched
     left join process_watermarks done on done.model = $1 and done.process = watched.process`,
    [
      model,
      processes.map(({ id }) => id),
      processes.map(({ cron }) => cron),
      processes.map(({ timeZone }) => timeZone),
      longestBreakMs / 1000,
    ],
  );
  return processes.flatMap((process) => {
    const row = rows.find((row) => row.process === process.id);
    return row === undefined
      ? []
      : [{ process, watchedSince: row.watched_since, succeededAt: row.succeeded_at }];
  });
}

/** Of a model that nobody watches any more. */
export async function stopLookingAfter(connection: Queryable, model: string): Promise<void> {
  await connection.execute('delete from watched_processes where model = $1', [model]);
}
