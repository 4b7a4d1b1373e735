/** A real worker inside a test: its own task queue, its own database, the shared servers. */

import { randomBytes } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inject } from 'vitest';

import { temporalContext } from '../../activities/activity-context.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { createActivities } from '../../activities/index.ts';
import type { Database } from '../../sql/database.ts';
import {
  countPollersThrough,
  passOnAnswerThrough,
  wakeAlertThrough,
  whyFailingThrough,
} from '../../worker/dependencies.ts';
import { activityErrors } from '../../worker/activity-errors.ts';
import { testDependencies } from './dependencies.ts';
import { testServers } from './servers.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });

export interface TestWorker {
  readonly client: Client;
  readonly taskQueue: string;
  readonly dependencies: ActivityDependencies;
  /** Starts a workflow and gives its result. */
  run<Result>(workflowType: string, input: unknown, workflowId?: string): Promise<Result>;
  stop(): Promise<void>;
}

/** `overrides` replaces dependencies: a channel, a Pushgateway that is away. `taskQueue`: one that schedules name already. */
export async function startTestWorker(
  database: Database,
  overrides: Partial<ActivityDependencies> = {},
  taskQueue = `test-${randomBytes(6).toString('hex')}`,
): Promise<TestWorker> {
  const { temporalAddress, temporalUiUrl } = testServers();
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const clientConnection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection: clientConnection });
  const dependencies: ActivityDependencies = {
    ...testDependencies(database),
    tellProgress: passOnAnswerThrough(client),
    countPollers: countPollersThrough(client),
    whyFailing: whyFailingThrough(client),
    wakeAlert: wakeAlertThrough(client, taskQueue),
    temporalUi: `${temporalUiUrl}/namespaces/default`,
    context: temporalContext,
    ...overrides,
  };
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath: inject('workflowBundlePath') },
    activities: createActivities(dependencies),
    interceptors: { activity: [() => ({ inbound: activityErrors() })] },
  });
  const running = worker.run();
  return {
    client,
    taskQueue,
    dependencies,
    run: (workflowType, input, workflowId = `${workflowType}-${randomBytes(6).toString('hex')}`) =>
      client.workflow.execute(workflowType, { workflowId, taskQueue, args: [input] }),
    stop: async () => {
      worker.shutdown();
      await running;
      await clientConnection.close();
      await connection.close();
    },
  };
}
