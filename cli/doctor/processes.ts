/** Do the processes of the monitors succeed, and have they come to the present? */

import { listMonitors } from '../../activities/monitors/store.ts';
import { deadProcess, isDead, minuteText, type ProcessLife } from '../../core/process/dead-man.ts';
import { enabledProcesses, scheduleId } from '../../core/process/scheduled.ts';
import type { DeadManSettings } from '../../core/process/settings.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';

interface WatchedProcess extends ProcessLife {
  readonly model: string;
  readonly deadMan: DeadManSettings;
  /** The newest instant that it has spoken for; null: none yet. */
  readonly asOf: number | null;
}

export interface Processes {
  /** By the clock of Postgres, as the successes. */
  readonly now: number;
  readonly processes: readonly WatchedProcess[];
}

interface KnownRow extends Record<string, unknown> {
  readonly model: string;
  readonly process: string;
  readonly cron: string | null;
  readonly timeZone: string | null;
  readonly watchedSince: number | null;
  readonly succeededAt: number | null;
  readonly asOf: number | null;
}

export function readProcesses({ database }: Sources): Promise<Processes> {
  return database.snapshot(async (connection) => {
    const { monitors } = await listMonitors(connection);
    const [clock] = await connection.query<{ now: number }>('select clock_timestamp() as now');
    const applied = await connection.query<{ model: string; at: number }>(
      'select model, applied_at as at from monitors',
    );
    const rows = await connection.query<KnownRow>(
      `select model, process, cron, time_zone as "timeZone", watched_since as "watchedSince",
         succeeded_at as "succeededAt", as_of as "asOf"
       from watched_processes full join process_watermarks using (model, process)`,
    );
    const appliedAt = new Map(applied.map(({ model, at }) => [model, at]));
    const known = new Map(rows.map((row) => [`${row.process}:${row.model}`, row]));
    const processes = monitors.flatMap(({ monitor }) =>
      enabledProcesses(monitor).map((process) => {
        const row = known.get(scheduleId(process.id, monitor.model));
        // Nobody has looked after it with these times yet: from the time that it was wanted so.
        const isLookedAfter = row?.cron === process.cron && row.timeZone === process.timeZone;
        return {
          model: monitor.model,
          deadMan: monitor.alerts.deadMan,
          process,
          watchedSince: (isLookedAfter ? row.watchedSince : null) ?? appliedAt.get(monitor.model) ?? 0,
          succeededAt: row?.succeededAt ?? null,
          asOf: row?.asOf ?? null,
        };
      }),
    );
    return { now: clock!.now, processes };
  });
}

/** How many are described: their runs are counted, which takes 20 ms for one that is dead for long. */
const mostDescribed = 20;

export function judgeProcesses({ now, processes }: Processes): Finding {
  const dead = processes.filter((life) => isDead(life, life.deadMan, now));
  if (dead.length > 0)
    return {
      level: 'critical',
      words: `${dead.length} of ${processes.length} missed their runs`,
      details: [
        ...dead
          .slice(0, mostDescribed)
          .map((life) => `${nameOf(life)}: ${deadProcess(life, life.deadMan, now)?.summary ?? ''}`),
        ...dead.slice(mostDescribed).map(nameOf),
      ],
      fix: 'tidewatch worker, where none runs; else see in the Temporal UI how the runs of these schedules end',
    };
  // What succeeds and still speaks for the past makes up for a break.
  const behind = processes.filter(
    (life) => life.asOf !== null && isDead({ ...life, succeededAt: life.asOf }, life.deadMan, now),
  );
  if (behind.length === 0) return { level: 'ok', words: `${processes.length}, none missed its runs` };
  return {
    level: 'warning',
    words: `${behind.length} of ${processes.length} run, and have not come to the present`,
    details: behind.map((life) => `${nameOf(life)} speaks for ${minuteText(life.asOf ?? 0)}`),
    fix: 'wait for the runs that Temporal has buffered; where there are none, see why scheduled runs do not come',
  };
}

function nameOf({ process, model }: WatchedProcess): string {
  return scheduleId(process.id, model);
}
