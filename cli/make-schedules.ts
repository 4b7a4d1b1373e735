/** The last step of `apply`: the monitors are stored by then, and what fails here says so. */

import type { Client } from '@temporalio/client';

import { untilKnown } from '../schedules/make-search-attributes.ts';
import { applySchedules, type ScheduleTarget } from '../schedules/reconciler.ts';
import type { Plan } from './plan-text.ts';
import { printNote } from './print.ts';

/** @throws TidewatchError `TEMPORAL_UNREACHABLE`; `SCHEDULE_REFUSED` when the server refuses a definition */
export async function makeSchedules(
  client: Client,
  { schedules, attributes }: Pick<Plan, 'schedules' | 'attributes'>,
  target: ScheduleTarget,
): Promise<void> {
  const apply = (): Promise<void> => applySchedules(client, schedules, target);
  try {
    await (attributes.length > 0 ? untilKnown(apply) : apply());
  } catch (error) {
    printNote(
      'the monitors are stored, the schedules are not, or not all: nothing runs by itself until `tidewatch apply` has made them',
    );
    throw error;
  }
}
