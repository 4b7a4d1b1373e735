/** Workers of two builds beside each other, on a real server: a release is rolled out. */

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

import type { Finding } from '../../cli/doctor/check.ts';
import { judgeTaskQueue, readTaskQueue } from '../../cli/doctor/temporal.ts';
import type { Sources } from '../../cli/doctor/sources.ts';
import { until } from '../../demo/stack/until.ts';
import { deploymentOptions, type Versioning } from '../../worker/deployment.ts';
import { commandsOf } from '../docs/fenced.ts';
import { testServers } from '../setup/servers.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const namespace = 'default';
const workers: { readonly stop: () => Promise<void> }[] = [];
let connection: NativeConnection;
let client: Client;
let bundle: { code: string };
beforeAll(async () => {
  const address = testServers().temporalAddress;
  connection = await NativeConnection.connect({ address });
  client = new Client({ connection: await Connection.connect({ address }), namespace });
  const workflowsPath = fileURLToPath(
    new URL('../workflows/fixtures/waits-for-a-deploy.ts', import.meta.url),
  );
  bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
});
afterAll(async () => {
  for (const { stop } of workers) await stop();
  await client.connection.close();
  await connection.close();
});

async function startWorker(
  taskQueue: string,
  versioning: Versioning,
  build: string,
  workflowBundle: { code: string } | { codePath: string } = bundle,
): Promise<{ readonly stop: () => Promise<void> }> {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    identity: `worker of ${build}`,
    workerDeploymentOptions: deploymentOptions(versioning, build),
    workflowBundle,
    activities: {
      build: async () => build,
      // Only which build it goes to is asked.
      followAlert: () => Context.current().cancelled,
    },
  });
  const running = worker.run();
  const started = {
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    },
  };
  workers.push(started);
  return started;
}

/** What `tidewatch doctor` of a build says of the workers. */
async function doctorSays(taskQueue: string, versioning: Versioning, build: string) {
  const sources = {
    environment: { configuration: { queues: {}, temporal: { namespace, taskQueue, versioning } } },
    temporal: async () => client,
    now: Date.now,
  } as unknown as Sources;
  return judgeTaskQueue({ ...(await readTaskQueue(sources)), build });
}

const start = (taskQueue: string, workflowId: string) =>
  client.workflow.start('waitsForADeploy', { taskQueue, workflowId });

it('pinned: old runs end on the old build, new ones begin on the one that was made current', async () => {
  const taskQueue = `deployed-${randomBytes(6).toString('hex')}`;
  await startWorker(taskQueue, 'pinned', '0.1.0+old');
  const temporal = `.tidewatch/bin/${(await readdir('.tidewatch/bin')).find((name) => name.startsWith('temporal-'))!}`;
  const [shown] = commandsOf(await readFile('docs/upgrade-workflows.md', 'utf8'));
  const makeCurrent = (build: string): Promise<boolean> => {
    const [, ...words] = shown!.replace(/(?<=--build-id )\S+/, build).split(' ');
    // The server has to hear of a build before.
    return until(
      () =>
        promisify(execFile)(temporal, [...words, '--address', testServers().temporalAddress]).then(
          () => true,
          () => false,
        ),
      60_000,
    );
  };
  let said: Finding | undefined;
  await until(async () => {
    said = await doctorSays(taskQueue, 'pinned', '0.1.0+old');
    return said.words.includes('new runs begin on no worker');
  }, 30_000);
  expect(said).toMatchObject({
    level: 'critical',
    fix: 'temporal worker deployment set-current-version --deployment-name tidewatch --build-id 0.1.0+old',
  });
  await makeCurrent('0.1.0+old');
  const first = await start(taskQueue, `${taskQueue}-first`);
  await until(async () => (await first.fetchHistory()).events!.length > 8, 30_000);

  await startWorker(taskQueue, 'pinned', '0.1.0+new');
  await makeCurrent('0.1.0+new');
  const second = await start(taskQueue, `${taskQueue}-second`);
  for (const run of [first, second]) await run.signal('goOn');
  expect(await second.result()).toEqual(['0.1.0+new', '0.1.0+new']);
  expect(await first.result()).toEqual(['0.1.0+old', '0.1.0+old']);

  const finding = await doctorSays(taskQueue, 'pinned', '0.1.0+new');
  expect(finding).toMatchObject({
    level: 'ok',
    words: expect.stringContaining('new runs begin on 0.1.0+new'),
    details: ['of build 0.1.0+old: worker of 0.1.0+old'],
  });
});

it('an open alert goes on with the newest build', async () => {
  const taskQueue = `deployed-${randomBytes(6).toString('hex')}`;
  await startWorker(taskQueue, 'pinned', '0.1.0+new', { codePath: inject('workflowBundlePath') });
  const alertKey = 'drift:m:x';
  const run = await client.workflow.start('alertLifecycle', {
    taskQueue,
    workflowId: taskQueue,
    args: [{ model: 'm', alertKey }],
  });
  let behavior: unknown;
  await until(async () => {
    behavior = (await run.describe()).raw.workflowExecutionInfo?.versioningInfo?.behavior;
    return behavior !== undefined && behavior !== 0;
  }, 60_000);
  await run.terminate();
  // https://github.com/temporalio/api: VERSIONING_BEHAVIOR_AUTO_UPGRADE
  expect(behavior).toBe(2);
});

it('off: any worker takes any task, and doctor names those of another build', async () => {
  const taskQueue = `deployed-${randomBytes(6).toString('hex')}`;
  const old = await startWorker(taskQueue, 'off', '0.1.0+old');
  const run = await start(taskQueue, taskQueue);
  await until(async () => (await run.fetchHistory()).events!.length > 8, 30_000);
  await until(async () => (await doctorSays(taskQueue, 'off', '0.1.0+old')).level === 'ok', 30_000);
  expect(await doctorSays(taskQueue, 'off', '0.1.0+new')).toMatchObject({
    level: 'warning',
    words: expect.stringContaining('not all are of this build, 0.1.0+new'),
    details: ['of build 0.1.0+old: worker of 0.1.0+old'],
  });
  await old.stop();
  await startWorker(taskQueue, 'off', '0.1.0+new');
  await run.signal('goOn');
  expect(await run.result()).toEqual(['0.1.0+old', '0.1.0+new']);
});
