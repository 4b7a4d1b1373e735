/** Where activities are carried out, and that one model that has much to do does not keep others waiting. */

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

import { until } from '../../demo/stack/until.ts';
import { sendingHeavyTo } from '../../worker/workflow-bundle.ts';
import { testServers } from '../setup/servers.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const taskQueue = `dispatch-${randomBytes(4).toString('hex')}`;
const heavyTaskQueue = `${taskQueue}-heavy`;
const asOf = '2024-03-15T03:00:00Z';
const window = { start: '2024-03-01T00:00:00Z', end: '2024-03-02T00:00:00Z' };

/** Held until it is opened. */
function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

let huge = gate();
/** `<activity> <model>`, in the order in which they began. */
let begun: string[] = [];

/** Does nothing; of the model `huge`, it waits until the test lets it. */
const activity =
  (name: string, result: object) =>
  async ({ model }: { readonly model: string }): Promise<object> => {
    begun.push(`${name} ${model}`);
    if (model === 'huge') await huge.opened;
    return result;
  };
const activities = {
  watchProcesses: activity('watchProcesses', { dead: [] }),
  attachActuals: activity('attachActuals', { attached: 0, changed: 0 }),
  summarizeOutcomes: activity('summarizeOutcomes', { hours: 24, changed: 0 }),
  restateWindows: activity('restateWindows', { windows: 0, first: 0, restated: 0, unchanged: 0 }),
  estimatePerformance: activity('estimatePerformance', { estimated: 0 }),
  comparePerformance: activity('comparePerformance', { compared: 0 }),
  pushMetrics: activity('pushMetrics', { samples: null }),
};

let connection: NativeConnection;
let client: Client;
let clientConnection: Connection;
let plain: string;
let workers: Worker[] = [];
let running: Promise<unknown>;
beforeAll(async () => {
  const address = testServers().temporalAddress;
  connection = await NativeConnection.connect({ address });
  clientConnection = await Connection.connect({ address });
  client = new Client({ connection: clientConnection });
  plain = await readFile(inject('workflowBundlePath'), 'utf8');
  workers = [
    await Worker.create({
      connection,
      taskQueue,
      workflowBundle: { code: sendingHeavyTo(heavyTaskQueue, plain) },
      activities,
      maxConcurrentActivityTaskExecutions: 2,
    }),
    await Worker.create({
      connection,
      taskQueue: heavyTaskQueue,
      activities,
      maxConcurrentActivityTaskExecutions: 2,
    }),
  ];
  running = Promise.all(workers.map((worker) => worker.run()));
});
afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  await clientConnection.close();
  await connection.close();
});

const start = (workflowType: string, input: object, id: string) =>
  client.workflow.start(workflowType, { workflowId: `${taskQueue}-${id}`, taskQueue, args: [input] });

/** `<activity> <task queue> <priority> <fairness key>` of each activity of a run. */
async function placesOf(workflowId: string): Promise<string[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled
      ? [
          [
            scheduled.activityType?.name,
            scheduled.taskQueue?.name === heavyTaskQueue ? 'heavy' : 'common',
            scheduled.priority?.priorityKey,
            scheduled.priority?.fairnessKey,
          ].join(' '),
        ]
      : [],
  );
}

it('lets the hourly runs of other models end while one model fills every slot of the heavy queue', async () => {
  begun = [];
  huge = gate();
  const many = await Promise.all(
    Array.from({ length: 4 }, (_, i) => start('reprocessing', { model: 'huge', asOf, window }, `huge-${i}`)),
  );
  await until(() => begun.length === 2, 60_000);
  const small = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      start('actualsBackfill', { model: `small-${i}`, asOf }, `small-${i}`),
    ),
  );
  // They end, though not one activity of the huge model has.
  await Promise.all(small.map((run) => run.result()));
  expect(begun.filter((one) => one.endsWith(' huge'))).toHaveLength(2);
  expect(begun.filter((one) => one.startsWith('pushMetrics'))).toHaveLength(8);
  huge.open();
  await Promise.all(many.map((run) => run.result()));
  expect(begun.filter((one) => one === 'attachActuals huge')).toHaveLength(4);
}, 300_000);

it('places activities by what they are, and those of the past behind those of today', async () => {
  huge.open();
  const bulk = await start('reprocessing', { model: 'bulk', asOf, window }, 'bulk');
  const hourly = await start('actualsBackfill', { model: 'hourly', asOf }, 'hourly');
  await Promise.all([bulk.result(), hourly.result()]);
  expect([...new Set(await placesOf(bulk.workflowId))].sort()).toEqual([
    'attachActuals heavy 4 bulk',
    'comparePerformance heavy 4 bulk',
    'estimatePerformance heavy 4 bulk',
    'pushMetrics common 4 bulk',
    'restateWindows heavy 4 bulk',
    'summarizeOutcomes heavy 4 bulk',
  ]);
  expect(await placesOf(hourly.workflowId)).toEqual([
    'attachActuals common 3 hourly',
    'pushMetrics common 3 hourly',
  ]);
});

it('lets a run go on where heavy activities have no queue of their own any more', async () => {
  const bulk = await start('reprocessing', { model: 'moved', asOf, window }, 'moved');
  await bulk.result();
  const history = await bulk.fetchHistory();
  await expect(
    Worker.runReplayHistory({ workflowBundle: { code: plain } }, history, bulk.workflowId),
  ).resolves.toBeUndefined();
});
