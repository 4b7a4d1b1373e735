/** A training by a command, and the real worker that runs it ends. */

import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { expect, it } from 'vitest';

import { until } from '../../demo/stack/until.ts';
import { testServers } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';
import { startWorkerProcess } from './tidewatch-worker.ts';

const test = useDatabase('shared by all tests');

it.for(['SIGTERM', 'SIGKILL'] as const)(
  'ends with its worker by %s, and is begun again by the next one with the same request',
  { timeout: 240_000 },
  async (signal, { onTestFinished }) => {
    const model = `trained-until-${signal.toLowerCase()}`;
    const file = join(await mkdtemp(join(tmpdir(), 'tidewatch-training-')), 'tries');
    const answer = JSON.stringify({ state: 'succeeded', version: '2' });
    // The first try never ends by itself; the second one sees whether it runs still.
    const script = `kill -0 $(cut -d ' ' -f 1 ${file}) && echo both >> ${file}
      read request; echo "$$ $request" >> ${file}
      test $(wc -l < ${file}) -ge 2 || exec sleep 600
      echo '${answer}'`;
    const tries = async (): Promise<string[]> =>
      (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
    await watch(test.database, {
      model,
      retraining: {
        trainer: { kind: 'command', command: ['/bin/sh', '-c', script] },
        trainingWindow: '2d',
        holdout: '7d',
      },
    });
    await load(test.database, model, { from: 1, to: 10 });

    const connection = await Connection.connect({ address: testServers().temporalAddress });
    onTestFinished(() => connection.close());
    const taskQueue = `training-command-test-${signal}`;
    const worker = () => {
      const started = startWorkerProcess({
        DATABASE_URL: test.url,
        TEMPORAL_ADDRESS: testServers().temporalAddress,
        TEMPORAL_TASK_QUEUE: taskQueue,
        PUSHGATEWAY_URL: testServers().pushgatewayUrl,
        TIDEWATCH_ALLOW_COMMANDS: 'true',
        TIDEWATCH_SHUTDOWN_GRACE: '1s',
      });
      onTestFinished(() => started.signal('SIGKILL'));
      return started;
    };
    const first = worker();
    const retraining = await new Client({ connection }).workflow.start('retraining', {
      workflowId: `retraining-of-${model}`,
      taskQueue,
      args: [{ model, asOf: at(10, 3, 40) }],
    });
    onTestFinished(() =>
      retraining.terminate().then(
        () => undefined,
        () => undefined,
      ),
    );
    expect(await until(async () => (await tries()).length === 1, 60_000)).toBe(true);
    const [pid, request] = (await tries())[0]!.split(/ (.*)/);

    first.signal(signal);
    expect(await first.exited).toBe(signal === 'SIGTERM' ? 0 : null);
    if (signal === 'SIGTERM') expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');

    worker();
    const challenger = () =>
      test.database.query('select version from model_versions where model = $1', [model]);
    expect(await until(async () => (await challenger()).length === 1, 90_000)).toBe(true);
    expect(await challenger()).toEqual([{ version: '2' }]);
    expect((await tries()).map((line) => line.split(/ (.*)/)[1])).toEqual([request, request]);
  },
);
