/** Processes that nobody has looked after yet: of a model that was just applied, or of which all runs make up the past, as in a replay. */

import { monitorSchema } from '../../core/monitor/schema.ts';
import { enabledProcesses, scheduleId } from '../../core/process/scheduled.ts';
import type { Queryable } from '../../sql/database.ts';
import type { WatchedProcess } from './process-table.ts';

interface ScheduledMonitor extends Record<string, unknown> {
  readonly configuration: unknown;
  readonly appliedAt: number;
}

interface Success extends Record<string, unknown> {
  readonly model: string;
  readonly process: string;
  readonly succeededAt: number | null;
  readonly windowEnd: number | null;
}

/**
 * What the monitors of such models have scheduled, looked after from when they were applied, as `tidewatch doctor` has it; a monitor that
 * this version cannot read has nothing.
 *
 * @param model one, or null: all
 */
export async function listScheduled(
  connection: Queryable,
  model: string | null,
): Promise<readonly WatchedProcess[]> {
  const stored = await connection.query<ScheduledMonitor>(
    `select configuration, applied_at as "appliedAt" from monitors
     where ($1::text is null or model = $1)
       and not exists (select from watched_processes watched where watched.model = monitors.model)`,
    [model],
  );
  const scheduled = stored.flatMap(({ configuration, appliedAt }) => {
    const monitor = monitorSchema.safeParse(configuration).data;
    return monitor === undefined
      ? []
      : enabledProcesses(monitor).map((process) => ({ ...process, model: monitor.model, appliedAt }));
  });
  if (scheduled.length === 0) return [];
  const successes = await connection.query<Success>(
    `select model, process, succeeded_at as "succeededAt", window_end as "windowEnd"
     from process_watermarks where model = any($1)`,
    [[...new Set(scheduled.map(({ model }) => model))]],
  );
  const known = new Map(successes.map((success) => [`${success.process}:${success.model}`, success]));
  return scheduled.map(({ model, id, cron, timeZone, appliedAt }) => {
    const success = known.get(scheduleId(id, model));
    return {
      model,
      process: id,
      cron,
      timeZone,
      succeededAt: success?.succeededAt ?? null,
      watchedSince: appliedAt,
      windowEnd: success?.windowEnd ?? null,
    };
  });
}
