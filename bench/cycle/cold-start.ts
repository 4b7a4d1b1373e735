/**
 * How long does a worker take from nothing until it asks for work, and how much memory does it then have?
 *
 *     npm run build && npx tsx bench/cycle/cold-start.ts [--repetitions 9] [--json]
 *
 * `tidewatch worker` of the build, with its prebuilt workflow bundle, against a real Temporal and Postgres on the same machine. `started`
 * is when its log says so; `asks for work` when Temporal knows it as a poller of workflows and of activities. Whoever asks Temporal that
 * looks every 20 ms. Before the first start the files of the build are read once.
 */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Connection } from '@temporalio/client';
import Table from 'cli-table3';

import { startChild } from '../../demo/stack/child-process.ts';
import { startStack } from '../../demo/stack/stack.ts';
import { openDatabase } from '../../sql/database.ts';
import { migrate } from '../../sql/migrator.ts';
import { cpuSeconds, peakMegabytes } from '../alerts/process-usage.ts';
import { numberOption } from '../performance/database.ts';
import { machineText } from '../profiles/timing.ts';

const repetitions = numberOption('repetitions', 9);
const root = resolve(import.meta.dirname, '../..');
const limitMs = 300_000;

interface Start {
  readonly startedMs: number;
  readonly asksMs: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

/** Both kinds of tasks: 1 workflows, 2 activities. */
async function isPolled({ workflowService }: Connection, taskQueue: string): Promise<boolean> {
  for (const taskQueueType of [1, 2]) {
    const { pollers } = await workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: taskQueue },
      taskQueueType,
    });
    if ((pollers ?? []).length === 0) return false;
  }
  return true;
}

async function startOnce(
  { databaseUrl, address, logs }: { databaseUrl: string; address: string; logs: string },
  connection: Connection,
  taskQueue: string,
): Promise<Start> {
  const begun = performance.now();
  const since = (): number => performance.now() - begun;
  const worker = startChild({
    name: 'worker',
    command: process.execPath,
    args: [join(root, 'dist/cli/tidewatch.js'), 'worker'],
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_TASK_QUEUE: taskQueue,
      TIDEWATCH_HTTP_PORT: '0',
    },
    logFile: join(logs, `${taskQueue}.log`),
  });
  try {
    let startedMs: number | undefined;
    while (since() < limitMs && worker.ending() === undefined) {
      if (startedMs === undefined && (await readFile(worker.logFile, 'utf8')).includes('worker started'))
        startedMs = since();
      if (startedMs !== undefined && (await isPolled(connection, taskQueue)))
        return {
          startedMs,
          asksMs: since(),
          cpuSeconds: cpuSeconds(worker.pid),
          megabytes: peakMegabytes(worker.pid),
        };
      await sleep(20);
    }
    throw new Error(`the worker did not start: ${await readFile(worker.logFile, 'utf8')}`);
  } finally {
    await worker.stop();
  }
}

const directory = await mkdtemp(join(tmpdir(), 'tidewatch-bench-'));
const stack = await startStack({
  stateDirectory: directory,
  persistent: false,
  binDirectory: join(root, '.tidewatch/bin'),
  slack: false,
  smtp: false,
});
try {
  const databaseUrl = stack.postgres.url('tidewatch_bench');
  const admin = openDatabase({ url: stack.postgres.url('postgres'), poolSize: 1 });
  await admin.execute('create database tidewatch_bench');
  await admin.close();
  const database = openDatabase({ url: databaseUrl, poolSize: 1 });
  await migrate(database);
  await database.close();
  const { address } = stack.temporal;
  const connection = await Connection.connect({ address });
  const world = { databaseUrl, address, logs: join(directory, 'logs') };
  await startOnce(world, connection, 'warm');
  const starts: Start[] = [];
  for (let i = 0; i < repetitions; i += 1) starts.push(await startOnce(world, connection, `cold-${i}`));
  await connection.close();
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ starts }));
  } else {
    const row = (what: string, of: (start: Start) => number, digits: number): string[] => {
      const sorted = starts.map(of).toSorted((a, b) => a - b);
      const at = [sorted[Math.floor(sorted.length / 2)]!, sorted[0]!, sorted.at(-1)!];
      return [what, ...at.map((value) => value.toFixed(digits))];
    };
    const table = new Table({ head: [`${repetitions} starts`, 'median', 'least', 'most'] });
    table.push(
      row('started, s', ({ startedMs }) => startedMs / 1_000, 2),
      row('asks for work, s', ({ asksMs }) => asksMs / 1_000, 2),
      row('processor time, s', ({ cpuSeconds: seconds }) => seconds, 2),
      row('resident at most, MB', ({ megabytes }) => megabytes, 0),
    );
    console.log(machineText(cpus()[0]?.model ?? 'unknown', cpus().length));
    console.log(table.toString());
  }
} finally {
  await stack.stop();
  await rm(directory, { recursive: true, force: true });
}
