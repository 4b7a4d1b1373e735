/** What Temporal alone knows of models: which schedules somebody has paused there, and how far runs are. */

import { setTimeout as pause } from 'node:timers/promises';

import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { ScheduleNotFoundError } from '@temporalio/client';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import type { LivePauses, RunUnderWay } from '../core/process/pauses.ts';
import { visibilityText } from '../core/process/search-attributes.ts';
import { scheduledProcessIds, scheduleId } from '../core/process/scheduled.ts';
import { unknownAttribute } from './search-attributes.ts';
import { connectTemporal, withTemporalErrors } from './temporal-client.ts';
import type { TemporalTarget } from './temporal-connection.ts';

/** Of more models, the list of all schedules is read instead: it may lag by a second. */
const mostDescribed = 5;

/** The schedules of models, each as it stands. */
export async function readPauses(
  client: Client,
  models: readonly string[],
): Promise<ReadonlyMap<string, LivePauses>> {
  const states = models.length <= mostDescribed ? await describeAll(client, models) : await listAll(client);
  return new Map(
    models.map((model) => {
      const known = scheduledProcessIds.flatMap((process) => {
        const state = states.get(scheduleId(process, model));
        return state === undefined ? [] : [{ process, ...state }];
      });
      const paused = known.filter((state) => state.paused).map(({ process, note }) => ({ process, note }));
      return [model, { paused, schedules: known.length }] as const;
    }),
  );
}

interface State {
  readonly paused: boolean;
  readonly note: string;
}

async function describeAll(client: Client, models: readonly string[]): Promise<ReadonlyMap<string, State>> {
  const ids = models.flatMap((model) => scheduledProcessIds.map((process) => scheduleId(process, model)));
  const states = await Promise.all(
    ids.map(async (id) => {
      try {
        const { state } = await client.schedule.getHandle(id).describe();
        return [[id, { paused: state.paused, note: state.note ?? '' }] as const];
      } catch (error) {
        if (error instanceof ScheduleNotFoundError) return [];
        throw error;
      }
    }),
  );
  return new Map(states.flat());
}

async function listAll(client: Client): Promise<ReadonlyMap<string, State>> {
  const states = new Map<string, State>();
  for await (const { scheduleId: id, state } of client.schedule.list({ pageSize: 1_000 }))
    states.set(id, { paused: state.paused, note: state.note ?? '' });
  return states;
}

/** Of more than these, people look at the list of Temporal. */
const mostRuns = 20;
const queryMs = 500;

/**
 * The runs of a model that have not ended, but for the lives of its alerts; the oldest first, at most 20 of each of the two ways to find
 * them: by their search attribute, and reprocessings by their id. Those say how far they are, where a worker answers.
 */
export async function readRunsUnderWay(client: Client, model: string): Promise<readonly RunUnderWay[]> {
  const [listed, reprocessings] = await Promise.all([
    listRunning(client, `Model = ${visibilityText(model)} AND WorkflowType != 'alertLifecycle'`).catch(
      (error: unknown) => {
        if (unknownAttribute(error) !== undefined) return [];
        throw error;
      },
    ),
    listRunning(client, `WorkflowType = 'reprocessing'`),
  ]);
  const ofModel = reprocessings.filter(({ workflowId }) => workflowId.startsWith(`reprocessing:${model}:`));
  const runs = new Map([...listed, ...ofModel].map((run) => [run.runId, run]));
  const shown = await Promise.all(
    [...runs.values()].map(async ({ workflowId, runId, type, startTime }): Promise<RunUnderWay> => {
      const progress = type === 'reprocessing' ? await progressOf(client, { workflowId, runId }) : undefined;
      return { workflowId, runId, type, startedAt: startTime.getTime(), ...(progress && { progress }) };
    }),
  );
  return shown.toSorted((a, b) => a.startedAt - b.startedAt);
}

async function listRunning(client: Client, query: string): Promise<readonly WorkflowExecutionInfo[]> {
  const runs: WorkflowExecutionInfo[] = [];
  for await (const run of client.workflow.list({
    query: `${query} AND ExecutionStatus = 'Running'`,
    pageSize: mostRuns,
  })) {
    runs.push(run);
    if (runs.length === mostRuns) break;
  }
  return runs;
}

async function progressOf(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<RunUnderWay['progress']> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId);
    const { done, total } = await client.withDeadline(Date.now() + queryMs, () =>
      handle.query<{ readonly done: number; readonly total: number }>('progress'),
    );
    return { done, total };
  } catch {
    // Without a worker nobody answers: that it runs is known all the same.
    return undefined;
  }
}

/**
 * Asks Temporal within a time; what keeps it from answering is what is not known. Never throws.
 *
 * @param waitMs so long the answer may take, with the connection
 */
export function askTemporal<T>(
  options: TemporalTarget & { readonly namespace: string; readonly waitMs: number },
  ask: (client: Client) => Promise<T>,
): Promise<T | { readonly unknown: string }> {
  const { address, waitMs } = options;
  const late = { unknown: `Temporal at ${address} does not answer` };
  return Promise.race([connectAndAsk(options, ask), pause(waitMs, late, { ref: false })]);
}

async function connectAndAsk<T>(
  { waitMs, ...target }: Parameters<typeof askTemporal>[0],
  ask: (client: Client) => Promise<T>,
): Promise<T | { readonly unknown: string }> {
  const until = Date.now() + waitMs;
  try {
    // Half of it, because why there is no connection is looked for as long again.
    const connection = await connectTemporal({ ...target, connectTimeoutMs: waitMs / 2 });
    try {
      const { client } = connection;
      return await withTemporalErrors(client, () => client.withDeadline(until, () => ask(client)));
    } finally {
      await connection.close();
    }
  } catch (error) {
    return { unknown: whyUnknown(error, target.address).replace(/\.$/, '') };
  }
}

function whyUnknown(error: unknown, address: string): string {
  const code = error instanceof TidewatchError ? error.code : undefined;
  if (code === 'TEMPORAL_UNREACHABLE') return `Temporal at ${address} does not answer`;
  const [first = '', second] = reasonOf(error).split('\n');
  // Its first line is about schedules that are written; nothing is here.
  return code === 'SCHEDULE_REFUSED' && second !== undefined ? second.trim() : first;
}
