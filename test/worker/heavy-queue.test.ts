/** Real worker processes: a model that has very much to do leaves others room, with a heavy task queue and without. */

import { randomBytes } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../../demo/stack/until.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { testServers } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';
import type { WorkerProcess } from './tidewatch-worker.ts';
import { startWorkerProcess } from './tidewatch-worker.ts';

const suffix = randomBytes(4).toString('hex');
const huge = `huge-${suffix}`;
const small = `small-${suffix}`;
/** 60 days of 24 predictions: more than the smallest part. */
const lastDay = 61;

const test = useDatabase('shared by all tests');
let connection: Connection;
let client: Client;
let processes: WorkerProcess[] = [];
beforeAll(async () => {
  connection = await Connection.connect({ address: testServers().temporalAddress });
  client = new Client({ connection });
  for (const [model, to] of [
    [huge, lastDay],
    [small, 3],
  ] as const) {
    await watch(test.database, { model });
    await load(test.database, model, { from: 1, to });
  }
});
afterEach(async () => {
  for (const process of processes) process.signal('SIGKILL');
  await Promise.all(processes.map((process) => process.exited));
  processes = [];
});
afterAll(() => connection.close());

async function startWorker(taskQueue: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const worker = startWorkerProcess({
    DATABASE_URL: test.url,
    TEMPORAL_ADDRESS: testServers().temporalAddress,
    TEMPORAL_TASK_QUEUE: taskQueue,
    TIDEWATCH_PART_ROWS: '1000',
    ...variables,
  });
  processes.push(worker);
  await worker.started();
}

const start = (
  taskQueue: string,
  workflowType: string,
  input: { readonly model: string; readonly asOf?: string },
) =>
  client.workflow.start(workflowType, {
    workflowId: `${taskQueue}-${workflowType}-${input.model}`,
    taskQueue,
    args: [input],
  });

/** Activities of a run that a worker is at. */
async function startedOf(
  workflowId: string,
): Promise<readonly { readonly type: string; readonly by: string }[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  return (raw.pendingActivities ?? [])
    .filter(({ lastStartedTime }) => lastStartedTime !== null && lastStartedTime !== undefined)
    .map(({ activityType, lastWorkerIdentity }) => ({
      type: activityType?.name ?? '',
      by: lastWorkerIdentity ?? '',
    }));
}

/** Activity type -> the workers that have carried it out. */
async function workersOf(workflowId: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  const types = new Map<string, string>();
  const workers = new Map<string, Set<string>>();
  for (const {
    eventId,
    activityTaskScheduledEventAttributes,
    activityTaskStartedEventAttributes,
  } of events ?? []) {
    const scheduled = activityTaskScheduledEventAttributes?.activityType?.name;
    if (typeof scheduled === 'string') types.set(String(eventId), scheduled);
    const begun = activityTaskStartedEventAttributes;
    if (!begun) continue;
    const type = types.get(String(begun.scheduledEventId)) ?? '';
    workers.set(type, (workers.get(type) ?? new Set<string>()).add(begun.identity ?? ''));
  }
  return workers;
}

/** Holds what the parts of the huge model need, so that they do not end, while `work` goes on. */
const whileHeld = (work: () => Promise<void>): Promise<void> =>
  test.database.transaction(async (connection_) => {
    await lockUntilCommit(connection_, `outcomes:${huge}`);
    await work();
  });

const asOf = at(lastDay, 3);

describe('with a worker for what is heavy', () => {
  const taskQueue = `two-workers-${suffix}`;

  it('carries out the parts of a huge model there, while runs of a small one end in the other', async () => {
    const queues = { TIDEWATCH_HEAVY_TASK_QUEUE: `${taskQueue}-heavy` };
    await Promise.all([
      startWorker(taskQueue, { ...queues, TIDEWATCH_WORKER_TAKES: 'light' }),
      startWorker(taskQueue, { ...queues, TIDEWATCH_WORKER_TAKES: 'heavy' }),
    ]);
    let running!: Awaited<ReturnType<typeof start>>;
    await whileHeld(async () => {
      running = await start(taskQueue, 'actualsBackfill', { model: huge, asOf });
      // Its two heavy activities at once, of the four parts that a model may have under way.
      expect(await until(async () => (await startedOf(running.workflowId)).length === 2, 60_000)).toBe(true);
      const little = await start(taskQueue, 'actualsBackfill', { model: small });
      expect(await little.result()).toMatchObject({ attached: 48 });
      expect(await startedOf(running.workflowId)).toHaveLength(2);
    });
    expect(await running.result()).toMatchObject({ attached: 60 * 24 });
    const workers = await workersOf(running.workflowId);
    const [heavy] = workers.get('attachPart')!;
    const [light] = workers.get('attachActuals')!;
    expect(workers.get('attachPart')).toEqual(new Set([heavy]));
    expect(heavy).not.toBe(light);
    expect((await workersOf(`${taskQueue}-actualsBackfill-${small}`)).get('attachActuals')).toEqual(
      new Set([light]),
    );
  }, 300_000);
});

describe('with one worker for all', () => {
  const taskQueue = `one-worker-${suffix}`;

  it('leaves half of it to others, however many parts a model may have', async () => {
    // Makes the hours of the huge model new again.
    await test.database.execute(`update actuals set value = value + 1 where model = $1`, [huge]);
    await startWorker(taskQueue, {
      TIDEWATCH_MAX_CONCURRENT_ACTIVITIES: '4',
      TIDEWATCH_PARTS_AT_ONCE: '50',
    });
    let running!: Awaited<ReturnType<typeof start>>;
    await whileHeld(async () => {
      running = await start(taskQueue, 'actualsBackfill', { model: huge, asOf });
      expect(await until(async () => (await startedOf(running.workflowId)).length === 2, 60_000)).toBe(true);
      const little = await start(taskQueue, 'actualsBackfill', { model: small });
      await little.result();
      const { raw } = await running.describe();
      expect(raw.pendingActivities).toHaveLength(2);
    });
    expect(await running.result()).toMatchObject({ changed: 60 * 24 });
  }, 300_000);
});
