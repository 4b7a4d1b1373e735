/** Real servers, and workers in processes of their own, with what each of them takes of the processors. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { Client, Connection } from '@temporalio/client';

import { startChild, untilReady, type Child } from '../demo/stack/child-process.ts';
import { parseProcessRecord } from '../demo/stack/process-record.ts';
import { startStack } from '../demo/stack/stack.ts';
import type { Database } from '../sql/database.ts';
import { openDatabase } from '../sql/database.ts';
import { migrate } from '../sql/migrator.ts';
import { cpuSeconds, peakMegabytes } from './process-usage.ts';

export type Part = 'workers' | 'Temporal' | 'Postgres' | 'Pushgateway' | 'benchmark';

export interface World {
  readonly database: Database;
  readonly client: Client;
  /** Processor seconds of each part since it started. */
  readonly cpu: () => Readonly<Record<Part, number>>;
  /** The largest resident memory that each worker has had, in megabytes. */
  readonly workerMegabytes: () => readonly number[];
  /** Starts one more worker of the build. */
  readonly beginWorker: (environment?: Readonly<Record<string, string>>) => Child;
  /** The same, and waits until it takes tasks. */
  readonly startWorker: (environment?: Readonly<Record<string, string>>) => Promise<Child>;
}

/** Has a worker said that it takes tasks? */
export async function saysStarted({ logFile }: Child): Promise<boolean> {
  return (await readFile(logFile, 'utf8')).includes('worker started');
}

const databaseName = 'tidewatch_bench';
export const taskQueue = 'tidewatch';
const root = resolve(import.meta.dirname, '..');

/** Runs the work, and ends everything that it worked with. No worker runs at first. */
export async function withWorld<T>(work: (world: World) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-bench-'));
  const endings: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  try {
    const stack = await startStack({
      stateDirectory: directory,
      persistent: false,
      binDirectory: join(root, '.tidewatch/bin'),
      slack: false,
      smtp: false,
    });
    endings.push(() => stack.stop());
    const admin = openDatabase({ url: stack.postgres.url('postgres'), poolSize: 1 });
    await admin.execute(`create database ${databaseName}`);
    await admin.close();
    const databaseUrl = stack.postgres.url(databaseName);
    const database = openDatabase({ url: databaseUrl, poolSize: 4, applicationName: databaseName });
    endings.push(() => database.close());
    await migrate(database);
    const connection = await Connection.connect({ address: stack.temporal.address });
    endings.push(() => connection.close());
    const pidOf = async (name: string): Promise<number> =>
      parseProcessRecord(await readFile(join(directory, 'run', `${name}.json`), 'utf8'))!.pid;
    const servers = {
      Temporal: await pidOf('temporal'),
      Postgres: await pidOf('postgres'),
      Pushgateway: await pidOf('pushgateway'),
    };
    const workers: Child[] = [];
    const beginWorker: World['beginWorker'] = (environment = {}) => {
      const worker = startChild({
        name: 'worker',
        command: process.execPath,
        args: [join(root, 'dist/cli/tidewatch.js'), 'worker'],
        cwd: root,
        env: {
          ...process.env,
          DATABASE_URL: databaseUrl,
          TEMPORAL_ADDRESS: stack.temporal.address,
          TEMPORAL_TASK_QUEUE: taskQueue,
          PUSHGATEWAY_URL: stack.pushgateway.url,
          TIDEWATCH_HTTP_PORT: '0',
          LOG_LEVEL: 'info',
          NODE_OPTIONS: '',
          ...environment,
        },
        logFile: join(directory, 'logs', `worker-${workers.length}.log`),
      });
      endings.push(() => worker.stop());
      workers.push(worker);
      return worker;
    };
    return await work({
      database,
      client: new Client({ connection }),
      beginWorker,
      startWorker: async (environment) => {
        const worker = beginWorker(environment);
        await untilReady(worker, () => saysStarted(worker));
        return worker;
      },
      cpu: () => ({
        workers: workers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0),
        Temporal: cpuSeconds(servers.Temporal),
        Postgres: cpuSeconds(servers.Postgres),
        Pushgateway: cpuSeconds(servers.Pushgateway),
        benchmark: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
      }),
      workerMegabytes: () => workers.map(({ pid }) => peakMegabytes(pid)),
    });
  } finally {
    for (const end of endings.toReversed()) await end().catch((error: unknown) => console.error(error));
  }
}
