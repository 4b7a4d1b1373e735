/** Pausing what a model's schedules start: a maintenance, a deployment, a model that rests. */

import type { Client } from '@temporalio/client';
import { ScheduleNotFoundError } from '@temporalio/client';

import { scheduleIdsOf, storageSchedule } from './catalog.ts';

/**
 * Pauses or resumes every schedule that a model has, or the one of the installation. An apply keeps that.
 *
 * @param of the model, or the task queue whose installation it is
 * @param note why, as the Temporal UI shows it
 * @returns the schedules that were changed, and those that stood so already
 */
export async function switchSchedules(
  client: Client,
  of: { readonly model: string } | { readonly taskQueue: string },
  to: 'paused' | 'running',
  note: string,
): Promise<{ readonly changed: readonly string[]; readonly unchanged: readonly string[] }> {
  const [changed, unchanged]: [string[], string[]] = [[], []];
  const ids = 'model' in of ? scheduleIdsOf(of.model) : [storageSchedule(of.taskQueue).scheduleId];
  for (const scheduleId of ids) {
    const handle = client.schedule.getHandle(scheduleId);
    try {
      const { state } = await handle.describe();
      if (state.paused === (to === 'paused')) unchanged.push(scheduleId);
      else {
        await (to === 'paused' ? handle.pause(note) : handle.unpause(note));
        changed.push(scheduleId);
      }
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }
  return { changed, unchanged };
}
