/** What the benchmarks of alerts work in: real servers, a worker in a process of its own, and somebody to tell. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { Client, Connection } from '@temporalio/client';

import { openAlert, resolveAlert } from '../../activities/alerts/store.ts';
import { configurationHash } from '../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import type { Route } from '../../core/alert/route-settings.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { hourMs } from '../../core/window.ts';
import { startChild, untilReady } from '../../demo/stack/child-process.ts';
import { parseProcessRecord } from '../../demo/stack/process-record.ts';
import { startStack } from '../../demo/stack/stack.ts';
import type { Database } from '../../sql/database.ts';
import { openDatabase } from '../../sql/database.ts';
import { migrate } from '../../sql/migrator.ts';
import { wakeAlertThrough } from '../../worker/dependencies.ts';
import { cpuSeconds } from './process-usage.ts';
import type { Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';

export interface AlertWorld {
  readonly database: Database;
  readonly client: Client;
  readonly receiver: Receiver;
  readonly workerPid: number;
  /** Processor seconds of each process since it started. */
  cpu(): Readonly<Record<'worker' | 'Temporal' | 'Postgres' | 'benchmark', number>>;
  /** Wakes the life cycle of an alert, as every process does after its commit. */
  readonly wake: ReturnType<typeof wakeAlertThrough>;
  /** How many life cycles run. */
  readonly running: () => Promise<number>;
}

const databaseName = 'tidewatch_bench';
const taskQueue = 'tidewatch';
const root = resolve(import.meta.dirname, '../..');

/** Runs the work, and ends everything that it worked with. */
export async function withAlertWorld<T>(work: (world: AlertWorld) => Promise<T>): Promise<T> {
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
    const receiver = await startReceiver();
    endings.push(() => receiver.stop());
    const connection = await Connection.connect({ address: stack.temporal.address });
    endings.push(() => connection.close());
    const worker = startChild({
      name: 'worker',
      command: process.execPath,
      args: [join(root, 'dist/cli/tidewatch.js'), 'worker'],
      cwd: root,
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: stack.temporal.address,
        PUSHGATEWAY_URL: stack.pushgateway.url,
        WEBHOOK_URL: receiver.url,
        WEBHOOK_SECRET: `whsec_${Buffer.from('of these benchmarks only').toString('base64')}`,
        TIDEWATCH_HTTP_PORT: '0',
        LOG_LEVEL: 'info',
        NODE_OPTIONS: '',
      },
      logFile: join(directory, 'logs', 'worker.log'),
    });
    endings.push(() => worker.stop());
    await untilReady(worker, async () => (await readFile(worker.logFile, 'utf8')).includes('worker started'));
    const pids = {
      worker: worker.pid,
      Temporal: await pidIn(join(directory, 'run', 'temporal.json')),
      Postgres: await pidIn(join(directory, 'run', 'postgres.json')),
      benchmark: process.pid,
    };
    const client = new Client({ connection });
    return await work({
      database,
      client,
      receiver,
      workerPid: worker.pid,
      cpu: () => ({
        worker: cpuSeconds(pids.worker),
        Temporal: cpuSeconds(pids.Temporal),
        Postgres: cpuSeconds(pids.Postgres),
        benchmark: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
      }),
      wake: wakeAlertThrough(client, taskQueue),
      running: async () =>
        (await client.workflow.count(`WorkflowType = 'alertLifecycle' and ExecutionStatus = 'Running'`))
          .count,
    });
  } finally {
    for (const end of endings.toReversed()) await end().catch((error: unknown) => console.error(error));
  }
}

async function pidIn(file: string): Promise<number> {
  return parseProcessRecord(await readFile(file, 'utf8'))!.pid;
}

/** A watched model whose alerts go to the receiver by one route; good news that is seen once ends them. */
export async function watchModel(
  database: Database,
  model: string,
  route: Partial<Record<keyof Route, unknown>>,
): Promise<Monitor> {
  const monitor = monitorSchema.parse({
    model,
    task: 'regression',
    features: { temp: { kind: 'continuous' } },
    reference: { kind: 'rolling' },
    alerts: { routes: [{ webhook: true, ...route }], life: { resolveAfter: 1 } },
  });
  await upsertMonitor(database, monitor, configurationHash(monitor));
  return monitor;
}

/** Observes the drift of features as one run does: in one transaction; then wakes the alerts that have changed. */
export async function observeDrift(
  { database, wake }: Pick<AlertWorld, 'database' | 'wake'>,
  { model, alerts }: Monitor,
  level: 'warning' | 'ok',
  subjects: readonly string[],
): Promise<void> {
  const changed = await database.transaction(async (connection) => {
    const keys: string[] = [];
    for (const subject of subjects) {
      const observed = {
        model,
        kind: 'drift',
        subject,
        summary: `Jensen-Shannon distance 0.231 is ${level === 'ok' ? 'below' : 'above'} 0.1`,
        facts: [
          { name: 'Jensen-Shannon distance', value: '0.231' },
          { name: 'Window', value: '7 days' },
        ],
        asOf: level === 'ok' ? hourMs : 0,
        alerts,
        provenance: { workflowId: `drift-detection:${model}`, runId: 'run' },
      } as const;
      const key =
        level === 'ok'
          ? await resolveAlert(connection, observed)
          : await openAlert(connection, { ...observed, severity: level });
      if (key !== null) keys.push(key);
    }
    return keys;
  });
  for (const alertKey of changed) await wake({ model, alertKey });
}

/** `count` names of features. */
export function featureNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `feature_${i}`);
}
