/** What Temporal has of one model: its schedules, and its runs that have not ended. */

import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';

import { applySchedules, planSchedules, type ScheduleChange } from './reconciler.ts';
import { modelKey } from './search-attributes.ts';
import { withTemporalErrors } from './temporal-client.ts';

export interface ModelSchedule {
  readonly scheduleId: string;
  readonly paused: boolean;
}

export interface ModelRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
}

/** Schedules that Tidewatch has made for a model, by id. @throws TidewatchError `TEMPORAL_UNREACHABLE` */
export async function listModelSchedules(client: Client, model: string): Promise<readonly ModelSchedule[]> {
  return withTemporalErrors(client, async () => {
    const schedules: ModelSchedule[] = [];
    for (const { scheduleId } of await planDeletion(client, model)) {
      try {
        const { state } = await client.schedule.getHandle(scheduleId).describe();
        schedules.push({ scheduleId, paused: state.paused });
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      }
    }
    return schedules;
  });
}

/** Deletes them; gives how many these were. May be repeated. @throws TidewatchError `TEMPORAL_UNREACHABLE` */
export async function deleteModelSchedules(client: Client, model: string): Promise<number> {
  const plan = await planDeletion(client, model);
  await applySchedules(client, plan, { taskQueue: '', created: 'paused' });
  return plan.length;
}

/** On whatever task queue they start runs. */
function planDeletion(client: Client, model: string): Promise<readonly ScheduleChange[]> {
  return planSchedules(client, [], { taskQueue: '', models: [model] });
}

/** Runs of a model that have not ended, the lives of its alerts among them. @throws TidewatchError `TEMPORAL_UNREACHABLE` */
export async function listModelRuns(client: Client, model: string): Promise<readonly ModelRun[]> {
  return withTemporalErrors(client, async () => {
    const runs: ModelRun[] = [];
    const query = `ExecutionStatus = 'Running'`;
    for await (const run of client.workflow.list({ query, pageSize: 1_000 }))
      if (isOf(run, model)) runs.push({ workflowId: run.workflowId, runId: run.runId, type: run.type });
    return runs;
  });
}

/** By their search attribute; those that were started without any, where the namespace lacks it, by their id. */
function isOf(
  { typedSearchAttributes, workflowId }: Pick<WorkflowExecutionInfo, 'typedSearchAttributes' | 'workflowId'>,
  model: string,
): boolean {
  const named = typedSearchAttributes.get(modelKey);
  return named === undefined ? namesModel(workflowId, model) : named === model;
}

/**
 * Is it the id of a run of the model? After what the run does, it has its name; a schedule appends the time.
 *
 * @example namesModel('drift-detection:bikes-2026-05-01T03:00:00Z', 'bikes') // true
 */
export function namesModel(workflowId: string, model: string): boolean {
  const [, ...parts] = workflowId.split(':');
  return parts.some((part) => part.replace(/-\d{4}-\d\d-\d\dT\d\d$/, '') === model);
}

/** Ends runs at once, whatever they do; those that have ended by themselves are fine. @throws TidewatchError `TEMPORAL_UNREACHABLE` */
export async function endRuns(client: Client, runs: readonly ModelRun[], why: string): Promise<void> {
  await withTemporalErrors(client, async () => {
    for (const { workflowId, runId } of runs) {
      try {
        await client.workflow.getHandle(workflowId, runId).terminate(why);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    }
  });
}
