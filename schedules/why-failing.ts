/** Why do the runs of a schedule not succeed? */

import type { Client, WorkflowHandle } from '@temporalio/client';
import { ScheduleNotFoundError, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ActivityFailure, ChildWorkflowFailure } from '@temporalio/common';

import { reasonOf } from '../core/errors.ts';
import { formatMinute } from '../core/window.ts';
import { lookAt, stepText } from './run-steps.ts';

/** Runs before these say nothing about now. */
const mostRuns = 3;

/**
 * Words for the newest run of a schedule that is in trouble, of its last three: what its step that is retried was told, why it failed, or
 * that it waits for a worker. Undefined: the schedule is not there, or none of the runs says anything.
 *
 * @throws whatever keeps Temporal from answering
 */
export async function whyFailing(client: Client, scheduleId: string): Promise<string | undefined> {
  const schedule = client.schedule.getHandle(scheduleId);
  const about = await schedule.describe().catch((error: unknown) => {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  });
  if (about === undefined) return undefined;
  if (about.state.paused)
    return `its schedule is paused${about.state.note ? `, with the note "${about.state.note}"` : ''}`;
  const newestFirst = about.info.recentActions.toReversed().map(({ action }) => action.workflow.workflowId);
  const running = about.info.runningActions.map(({ workflow }) => workflow.workflowId);
  for (const workflowId of [...new Set([...running, ...newestFirst])].slice(0, mostRuns)) {
    const words = await troubleOf(client.workflow.getHandle(workflowId));
    if (words !== undefined) return words;
  }
  return undefined;
}

async function troubleOf(handle: WorkflowHandle): Promise<string | undefined> {
  try {
    const { status, startTime } = await handle.describe();
    if (status.name === 'RUNNING') return await whatItRetries(handle, startTime);
    if (status.name === 'COMPLETED') return undefined;
    await handle.result();
    return undefined;
  } catch (error) {
    // Kept no longer by the namespace.
    if (error instanceof WorkflowNotFoundError) return undefined;
    if (error instanceof WorkflowFailedError) return `a run failed: ${oneLine(failureText(error.cause))}`;
    throw error;
  }
}

async function whatItRetries(handle: WorkflowHandle, startTime: Date): Promise<string | undefined> {
  const steps = await lookAt(handle);
  if (steps === undefined) return `its run of ${formatMinute(startTime.getTime())} UTC waits for a worker`;
  const failing = steps.find(({ failure }) => failure !== undefined);
  return failing && `a run retries, ${stepText(failing)}: ${oneLine(failing.failure)}`;
}

/** What the step says itself, without the words that wrap it and without what lies beneath. */
function failureText(failure: unknown): string {
  const isWrapped = failure instanceof ActivityFailure || failure instanceof ChildWorkflowFailure;
  return isWrapped && failure.cause !== undefined ? failureText(failure.cause) : reasonOf(failure);
}

const oneLine = (text: string | undefined): string => (text ?? '').replaceAll(/\s+/g, ' ').trim();
