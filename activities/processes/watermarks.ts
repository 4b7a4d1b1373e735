/** The newest instant each process of a model has spoken for: what separates a run of today from one that makes up the past. */

import { dayMs } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

export type Process =
  | 'actuals-backfill'
  | 'drift-detection'
  | 'hourly-drift-detection'
  | 'performance-evaluation'
  | 'degradation-check'
  | 'retraining'
  | 'weekly-report'
  | 'storage-maintenance';

interface ProcessRun {
  readonly model: string;
  readonly process: Process;
  readonly asOf: number;
}

/** Notes that a process has succeeded, and spoken for an instant; an earlier one does not move its watermark back. */
export async function advanceWatermark(
  connection: Queryable,
  { model, process, asOf, windowEnd }: ProcessRun & { readonly windowEnd: number },
): Promise<void> {
  await connection.execute(
    `insert into process_watermarks (model, process, as_of, window_end)
     values ($1, $2, $3, $4)
     on conflict (model, process) do update
     set as_of = greatest(process_watermarks.as_of, excluded.as_of),
       window_end = case when process_watermarks.as_of < excluded.as_of
         then greatest(process_watermarks.window_end, excluded.window_end) else process_watermarks.window_end end,
       succeeded_at = excluded.succeeded_at`,
    [model, process, toTimestamp(asOf), toTimestamp(windowEnd)],
  );
}

/** The newest instant that a process has spoken for. */
export async function findWatermark(
  connection: Queryable,
  model: string,
  process: Process,
): Promise<number | undefined> {
  const [row] = await connection.query<{ as_of: number }>(
    'select as_of from process_watermarks where model = $1 and process = $2',
    [model, process],
  );
  return row?.as_of;
}

/**
 * Does a run make up the past? It does when its process has spoken for a later instant or a later window already (a
 * window of last month may be asked for today), or when predictions issued more than a day after its asOf are stored.
 * Such a run stores and restates, but neither alerts nor retrains.
 */
export async function makesUpThePast(
  connection: Queryable,
  { model, process, asOf, windowEnd = asOf }: ProcessRun & { readonly windowEnd?: number },
): Promise<boolean> {
  const [row] = await connection.query<{ past: boolean }>(
    `select exists (
         select from process_watermarks where model = $1 and process = $2 and (as_of > $3 or window_end > $5)
       ) or exists (
         select from predictions where model = $1 and role = 'serving' and event_time > $4 and issued_at > $4
       ) as past`,
    [model, process, toTimestamp(asOf), toTimestamp(asOf + dayMs), toTimestamp(windowEnd)],
  );
  return row?.past ?? false;
}
