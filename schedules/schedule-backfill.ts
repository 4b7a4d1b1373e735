/** Runs of the past by a schedule: Temporal's own backfill. */

import type { Client } from '@temporalio/client';
import { ScheduleNotFoundError } from '@temporalio/client';

import { TidewatchError } from '../core/errors.ts';
import { dueRuns } from '../core/process/due-runs.ts';
import { secondMs, type Window } from '../core/window.ts';
import type { ScheduleDefinition } from './catalog.ts';

/** The nominal times of a schedule in a range: its start is in it, its end is not. The first `most` of them. */
export function runsDue(
  { cron, timeZone }: ScheduleDefinition,
  { start, end }: Window,
  most: number,
): readonly number[] {
  return dueRuns({ cron, timeZone }, { after: start - 1, upTo: end - 1, most });
}

/** How far a schedule is with all that it has to start. */
export interface ScheduleCounts {
  /** Runs that it has started since it was created. */
  readonly started: number;
  readonly running: number;
  /** Runs that wait for their turn. */
  readonly waiting: number;
}

/** @throws TidewatchError `UNKNOWN_SCHEDULE` */
export async function countsOf(
  client: Client,
  { scheduleId, model }: ScheduleDefinition,
): Promise<ScheduleCounts> {
  try {
    const { info, raw } = await client.schedule.getHandle(scheduleId).describe();
    return {
      started: info.numActionsTaken,
      running: info.runningActions.length,
      waiting: Number(raw.info?.bufferSize ?? 0),
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError)
      throw new TidewatchError('UNKNOWN_SCHEDULE', { scheduleId, model }, { cause: error });
    throw error;
  }
}

/** Makes the runs of a range due, one after another: with the server's default all but one of them would be dropped. */
export async function backfillSchedule(
  client: Client,
  { scheduleId }: ScheduleDefinition,
  range: Window,
): Promise<void> {
  // No run is due within a minute: a second earlier, servers that count the start in and those that do not make the same runs.
  const [start, end] = [range.start - secondMs, range.end - secondMs].map((at) => new Date(at));
  await client.schedule.getHandle(scheduleId).backfill({ start: start!, end: end!, overlap: 'BUFFER_ALL' });
}
