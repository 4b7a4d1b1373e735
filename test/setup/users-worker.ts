import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';

import { testServers } from './servers.ts';

/** A worker of a user who trains: these activities, and the workflows of `test/workflows/fixtures/users-training.ts`. */
export async function startUsersWorker(
  taskQueue: string,
  activities: object,
): Promise<{ stop(): Promise<void> }> {
  const connection = await NativeConnection.connect({ address: testServers().temporalAddress });
  const workflowsPath = new URL('../workflows/fixtures/users-training.ts', import.meta.url).pathname;
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') }),
    activities,
    defaultHeartbeatThrottleInterval: '100ms',
    maxHeartbeatThrottleInterval: '100ms',
  });
  const ended = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await ended;
      await connection.close();
    },
  };
}
