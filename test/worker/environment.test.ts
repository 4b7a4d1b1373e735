/** What a worker's environment asks for, as Temporal sees it of the real process. */

import { readFile } from 'node:fs/promises';

import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import { testServers } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';
import type { WorkerProcess } from './tidewatch-worker.ts';
import { startWorkerProcess } from './tidewatch-worker.ts';

const models = ['limited-1', 'limited-2', 'limited-3', 'limited-4'] as const;

const test = useDatabase('shared by all tests');
let connection: Connection;
let client: Client;
let worker: WorkerProcess | undefined;
beforeAll(async () => {
  connection = await Connection.connect({ address: testServers().temporalAddress });
  client = new Client({ connection });
});
afterEach(async () => {
  worker?.signal('SIGKILL');
  await worker?.exited;
});
afterAll(() => connection.close());

async function startWorker(taskQueue: string, variables: Readonly<Record<string, string>>): Promise<void> {
  worker = startWorkerProcess({
    DATABASE_URL: test.url,
    TEMPORAL_ADDRESS: testServers().temporalAddress,
    TEMPORAL_TASK_QUEUE: taskQueue,
    ...variables,
  });
  await worker.started();
}

it('begins so many activities in a second and no more', async () => {
  const perSecond = 2;
  const taskQueue = 'worker-environment-limited';
  for (const model of models) {
    await watch(test.database, { model });
    await load(test.database, model, { from: 1, to: 2 });
  }
  await startWorker(taskQueue, { TIDEWATCH_ACTIVITIES_PER_SECOND: String(perSecond) });
  const runs = await Promise.all(
    models.map((model) =>
      client.workflow.start('actualsBackfill', {
        workflowId: `${taskQueue}-${model}`,
        taskQueue,
        args: [{ model, asOf: at(2, 3) }],
      }),
    ),
  );
  const begun: number[] = [];
  for (const run of runs) {
    await run.result();
    const { events } = await run.fetchHistory();
    for (const { eventTime, activityTaskStartedEventAttributes: started } of events ?? [])
      if (started) begun.push(Number(eventTime?.seconds) + Number(eventTime?.nanos) / 1e9);
  }
  begun.sort((one, other) => one - other);
  expect(begun.length).toBeGreaterThanOrEqual(models.length * 2);
  // A limiter of tokens lets as many begin at once as it has saved.
  const seconds = begun.at(-1)! - begun[0]!;
  expect((begun.length - 1 - perSecond) / seconds).toBeLessThanOrEqual(perSecond);
});

it('is of the build that its package and its revision name', async () => {
  const taskQueue = 'worker-environment-built';
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  await startWorker(taskQueue, {
    TIDEWATCH_WORKER_VERSIONING: 'pinned',
    TIDEWATCH_REVISION: '248c2430d1f0a3b4c5d6e7f8091a2b3c4d5e6f70',
  });
  const pollers = async (): Promise<unknown> => {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: taskQueue },
      taskQueueType: 1,
    });
    return pollers?.[0]?.deploymentOptions;
  };
  await expect
    .poll(pollers, { timeout: 60_000 })
    .toMatchObject({ deploymentName: 'tidewatch', buildId: `${version}+248c2430d1f0` });
});
