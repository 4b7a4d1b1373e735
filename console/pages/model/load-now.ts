/** What is under way of a model right now, and what waits. */

import type { CommandPause } from '../../../core/process/pauses.ts';
import { isRunningState } from '../../../core/retraining/states.ts';
import type { Queryable } from '../../../sql/database.ts';
import { findPause } from '../../../sql/read-pause.ts';
import { listRetrainings, type ShownRetraining } from '../../../sql/read-retrainings.ts';
import type { Asked } from '../../server/page.ts';
import type { WaitingHours, WatchedProcess } from '../process-table.ts';
import { listScheduled } from '../scheduled-processes.ts';
import { findModel, type FoundModel } from './find-model.ts';

/** A file that is being loaded, or whose load was cut short. */
export interface LoadingFile {
  readonly rows: number;
  readonly rejected: number;
  readonly updatedAt: number;
}

export interface LoadedNow {
  readonly model: string;
  /** The newest first. */
  readonly retrainings: readonly ShownRetraining[];
  readonly processes: readonly WatchedProcess[];
  readonly waiting: readonly WaitingHours[];
  readonly files: readonly LoadingFile[];
  /** Absent where its schedules were not paused by command. */
  readonly commandPause?: CommandPause;
}

const mostRetrainings = 5;

/** Undefined where nothing is stored of a model of this name. */
export async function loadModelNow(asked: Asked): Promise<LoadedNow | undefined> {
  const found = await findModel(asked);
  return found && loadNow(asked.connection, found);
}

export async function loadNow(
  connection: Queryable,
  { model, monitor }: Pick<FoundModel, 'model' | 'monitor'>,
): Promise<LoadedNow> {
  const [retrainings, watched, waiting, files, commandPause] = await Promise.all([
    listRetrainings(connection, { model, most: mostRetrainings }),
    connection.query<WatchedProcess & Record<string, unknown>>(
      `select model, process, cron, time_zone as "timeZone", succeeded_at as "succeededAt", watched_since as "watchedSince",
         window_end as "windowEnd"
       from watched_processes left join process_watermarks using (model, process)
       where model = $1 order by process`,
      [model],
    ),
    connection.query<WaitingHours & Record<string, unknown>>(
      `select stage, 1 as models, count(distinct window_start) as hours
       from (select stage, window_start from dirty_windows where model = $1 limit 100000) marks
       group by stage order by stage`,
      [model],
    ),
    connection.query<LoadingFile & Record<string, unknown>>(
      `select row_count as rows, rejected_count as rejected, updated_at as "updatedAt"
       from ingest_progress where model = $1 order by updated_at desc limit 5`,
      [model],
    ),
    findPause(connection, model),
  ]);
  return {
    model,
    retrainings,
    processes: watched.length > 0 || monitor === undefined ? watched : await listScheduled(connection, model),
    waiting,
    files,
    ...(commandPause && { commandPause }),
  };
}

/** The retraining that is not over; there is at most one. */
export function runningRetraining({
  retrainings,
}: Pick<LoadedNow, 'retrainings'>): ShownRetraining | undefined {
  return retrainings.find(({ state }) => isRunningState(state));
}
