/** What the benchmarks of alerts work in: real servers, a worker in a process of its own, and somebody to tell. */

import type { Client } from '@temporalio/client';

import { openAlert, resolveAlert } from '../../activities/alerts/store.ts';
import { configurationHash } from '../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import type { Route } from '../../core/alert/route-settings.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { hourMs } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { wakeAlertThrough } from '../../worker/dependencies.ts';
import { taskQueue, withWorld } from '../world.ts';
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

/** Runs the work, and ends everything that it worked with. */
export function withAlertWorld<T>(work: (world: AlertWorld) => Promise<T>): Promise<T> {
  return withWorld(async ({ database, client, startWorker, cpu }) => {
    const receiver = await startReceiver();
    try {
      const worker = await startWorker({
        WEBHOOK_URL: receiver.url,
        WEBHOOK_SECRET: `whsec_${Buffer.from('of these benchmarks only').toString('base64')}`,
      });
      try {
        return await work({
          database,
          client,
          receiver,
          workerPid: worker.pid,
          cpu: () => {
            const { workers, Temporal, Postgres, benchmark } = cpu();
            return { worker: workers, Temporal, Postgres, benchmark };
          },
          wake: wakeAlertThrough(client, taskQueue),
          running: async () =>
            (await client.workflow.count(`WorkflowType = 'alertLifecycle' and ExecutionStatus = 'Running'`))
              .count,
        });
      } finally {
        await worker.stop();
      }
    } finally {
      await receiver.stop();
    }
  });
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
