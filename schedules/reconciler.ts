/** Makes the server's schedules those of the catalog: first a plan, then the plan and nothing else. */

import type { Client, ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';

import { TidewatchError } from '../core/errors.ts';
import { pendingVerdict } from '../core/process/search-attributes.ts';
import type { ScheduleDefinition } from './catalog.ts';
import { scheduleIdsOf } from './catalog.ts';
import type { Difference } from './differences.ts';
import { differencesOf, verdictKey } from './differences.ts';
import { canShowVerdicts, modelKey } from './search-attributes.ts';
import { withTemporalErrors } from './temporal-client.ts';

interface Change {
  readonly scheduleId: string;
}

export type ScheduleChange = Change &
  (
    | { readonly change: 'create'; readonly definition: ScheduleDefinition }
    | {
        readonly change: 'update';
        readonly definition: ScheduleDefinition;
        readonly differences: readonly Difference[];
        /** Paused by hand or by the UI: an update keeps that, and its note. */
        readonly paused: boolean;
        /** Why it is paused or not, where somebody has written that. */
        readonly note?: string;
      }
    | { readonly change: 'unchanged'; readonly paused: boolean; readonly note?: string }
    | { readonly change: 'delete' }
  );

export interface ScheduleScope {
  /** Workflows are started on this task queue. */
  readonly taskQueue: string;
  /** Whose schedules may be deleted when they are not wanted: of these models, or of all on the task queue. */
  readonly models: readonly string[] | 'all';
  /** Will the namespace have the search attributes by then? By default it is asked for those that it has. */
  readonly attributes?: 'as they are' | 'made before';
}

/**
 * What has to change so that the server holds exactly the desired schedules? Only reads. Compared is what the server holds
 * now, so a schedule that was edited by hand is put back. Runs are to show verdicts only where the namespace has the search attributes. Schedules that Tidewatch did not create are never planned.
 *
 * @throws TidewatchError `TEMPORAL_UNREACHABLE`; `SCHEDULE_REFUSED` when a desired id is taken by a foreign schedule
 */
export async function planSchedules(
  client: Client,
  desired: readonly ScheduleDefinition[],
  scope: ScheduleScope,
): Promise<readonly ScheduleChange[]> {
  return withTemporalErrors(client, async () => {
    const wanted = new Map(desired.map((definition) => [definition.scheduleId, definition]));
    const candidates = new Set([...wanted.keys(), ...(await listUnwanted(client, scope))]);
    const descriptions = await eachOf(
      [...candidates].sort(),
      async (id) => [id, await describe(client, id)] as const,
    );

    const foreign = descriptions.filter(
      ([id, held]) => wanted.has(id) && held !== undefined && !isOwned(held),
    );
    if (foreign.length > 0) {
      const problems = foreign.map(
        ([id]) => `  schedule ${id} exists and is not Tidewatch's; delete or rename it`,
      );
      throw new TidewatchError('SCHEDULE_REFUSED', { problems: problems.join('\n') });
    }
    const canShow =
      desired.some(({ showsVerdict }) => showsVerdict) &&
      (scope.attributes === 'made before' || (await canShowVerdicts(client)));
    return descriptions.flatMap(([scheduleId, held]): ScheduleChange[] => {
      const asked = wanted.get(scheduleId);
      const definition = asked && { ...asked, showsVerdict: asked.showsVerdict && canShow };
      if (definition === undefined) {
        return held !== undefined && mayDelete(held, scope) ? [{ scheduleId, change: 'delete' }] : [];
      }
      if (held === undefined) return [{ scheduleId, change: 'create', definition }];
      const { paused, note: written } = held.state;
      const note = written ? { note: written } : {};
      const differences = differencesOf(held, definition, scope.taskQueue);
      return differences.length === 0
        ? [{ scheduleId, change: 'unchanged', paused, ...note }]
        : [{ scheduleId, change: 'update', definition, differences, paused, ...note }];
    });
  });
}

export interface ScheduleTarget {
  /** Workflows are started on this task queue. */
  readonly taskQueue: string;
  /** Whether a schedule that is created starts to run, or waits to be unpaused. */
  readonly created: 'running' | 'paused';
}

/**
 * Carries out a plan. An update keeps the schedule's state: a pause, its note and the remaining actions. May be repeated
 * after a failure in the middle.
 *
 * @throws TidewatchError `TEMPORAL_UNREACHABLE`; `SCHEDULE_REFUSED` when the server refuses a definition
 */
export async function applySchedules(
  client: Client,
  plan: readonly ScheduleChange[],
  target: ScheduleTarget,
): Promise<void> {
  await eachOf(plan, (change) =>
    withTemporalErrors(client, () => carryOut(client, change, target), change.scheduleId),
  );
}

async function carryOut(client: Client, change: ScheduleChange, target: ScheduleTarget): Promise<void> {
  if (change.change === 'create') await create(client, change.definition, target);
  else if (change.change === 'update') await update(client, change.definition, target);
  else if (change.change === 'delete') await remove(client, change.scheduleId);
}

/** Written once at creation, which no update can change: what marks a schedule as Tidewatch's, and whose it is. */
function memoOf({ model }: ScheduleDefinition): Record<string, unknown> {
  return { tidewatch: true, model };
}

function isOwned(schedule: { readonly memo?: Record<string, unknown> | undefined }): boolean {
  return schedule.memo?.['tidewatch'] === true;
}

function optionsOf(
  definition: ScheduleDefinition,
  taskQueue: string,
): Omit<ScheduleOptions, 'scheduleId' | 'memo' | 'state'> {
  const { scheduleId, model, workflowType, input, summary, showsVerdict } = definition;
  const { cron, timeZone, jitterMs, overlap, catchupWindowMs, pauseOnFailure } = definition;
  return {
    // The server keeps of a cron expression what it means; its comment is all that survives of the text.
    spec: { cronExpressions: [`${cron} # ${cron}`], timezone: timeZone, jitter: jitterMs },
    action: {
      type: 'startWorkflow',
      workflowType,
      workflowId: scheduleId,
      taskQueue,
      args: [input],
      staticSummary: summary,
      typedSearchAttributes: [
        { key: modelKey, value: model },
        ...(showsVerdict ? [{ key: verdictKey, value: pendingVerdict }] : []),
      ],
    },
    policies: { overlap, catchupWindow: catchupWindowMs, pauseOnFailure },
  };
}

async function create(client: Client, definition: ScheduleDefinition, target: ScheduleTarget): Promise<void> {
  const { scheduleId, model } = definition;
  try {
    await client.schedule.create({
      ...optionsOf(definition, target.taskQueue),
      scheduleId,
      memo: memoOf(definition),
      ...(target.created === 'paused' && {
        state: { paused: true, note: 'created paused by tidewatch apply' },
      }),
      typedSearchAttributes: [{ key: modelKey, value: model }],
    });
  } catch (error) {
    // Another `apply` was faster.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await update(client, definition, target);
  }
}

async function update(
  client: Client,
  definition: ScheduleDefinition,
  { taskQueue }: ScheduleTarget,
): Promise<void> {
  await client.schedule.getHandle(definition.scheduleId).update(({ state }) => ({
    ...optionsOf(definition, taskQueue),
    state,
  }));
}

async function remove(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

async function describe(client: Client, scheduleId: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(scheduleId).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/**
 * Ids that may have to go. The list of the server lags behind by up to some seconds, so the ids that a model could have are
 * asked for one by one besides.
 */
async function listUnwanted(client: Client, { models }: ScheduleScope): Promise<string[]> {
  const ids = models === 'all' ? [] : models.flatMap(scheduleIdsOf);
  for await (const schedule of client.schedule.list()) {
    if (isOwned(schedule)) ids.push(schedule.scheduleId);
  }
  return ids;
}

function mayDelete(held: ScheduleDescription, { models, taskQueue }: ScheduleScope): boolean {
  if (!isOwned(held)) return false;
  return models === 'all'
    ? held.action.taskQueue === taskQueue
    : models.includes(String(held.memo?.['model']));
}

/** Sixteen calls at once: enough to hide the round trips of some thousand schedules, few enough for a small server. */
async function eachOf<T, R>(items: readonly T[], call: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += 16) {
    results.push(...(await Promise.all(items.slice(start, start + 16).map(call))));
  }
  return results;
}
