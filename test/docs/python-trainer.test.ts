/** docs/examples/python-trainer on the real servers, with the packages that it names, in an environment that is made once. */

import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { reasonOf } from '../../core/errors.ts';
import { until } from '../../demo/stack/until.ts';
import { testServers } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useWorker } from '../setup/worker-world.ts';

const root = new URL('../..', import.meta.url).pathname;
const example = join(root, 'docs/examples/python-trainer');
const run = promisify(execFile);

/** The Python with the packages of the example; installing them takes a minute, once. */
async function python(): Promise<string> {
  const requirements = join(example, 'requirements.txt');
  const name = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const directory = join(root, '.tidewatch', 'python-trainer', name);
  const installed = join(directory, 'bin', 'python');
  if (await run(installed, ['--version']).catch(() => undefined)) return installed;
  const making = `${directory}.${process.pid}`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  await run('python3', ['-m', 'venv', making]);
  await run(join(making, 'bin', 'python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--requirement',
    requirements,
  ]);
  // Complete or not there. Its `python` is a link to that of the machine, which does not mind.
  await rename(making, directory);
  return installed;
}

const test = useWorker('shared by all tests');

it(
  'is trained by a Python worker, with scikit-learn, and predicts the whole holdout',
  { timeout: 400_000 },
  async (context) => {
    let interpreter: string;
    try {
      interpreter = await python();
    } catch (error) {
      context.skip(
        `Python 3 with the packages of the example cannot be had here: ${reasonOf(error).slice(0, 300)}`,
      );
      return;
    }
    const model = 'trained-in-python';
    const asOf = at(10, 3, 40);
    const taskQueue = 'trainers-in-python';
    await watch(test.database, {
      model,
      retraining: {
        trainer: { kind: 'temporal', taskQueue, activity: 'train', timeout: '10m' },
        trainingWindow: '2d',
        holdout: '7d',
        exclude: [
          { from: '2024-01-01T00:00:00Z', to: '2024-01-01T06:00:00Z', reason: 'the sensor was broken' },
        ],
      },
    });
    await load(test.database, model, { from: 1, to: 10 });
    await test.worker.run('actualsBackfill', { model, asOf });

    const models = await mkdtemp(join(tmpdir(), 'tidewatch-python-'));
    const trainer = spawn(interpreter, [join(example, 'trainer.py')], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: test.url,
        TEMPORAL_ADDRESS: testServers().temporalAddress,
        TASK_QUEUE: taskQueue,
        MODEL_DIRECTORY: models,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const closed = once(trainer, 'close');
    let said = '';
    trainer.stderr.on('data', (data: Buffer) => (said += data.toString()));
    const retraining = await test.worker.client.workflow.start('retraining', {
      workflowId: `retraining-of-${model}`,
      taskQueue: test.worker.taskQueue,
      args: [{ model, asOf }],
    });
    try {
      const ended = async () =>
        (
          await test.database.query<{ state: string; reason: string }>(
            `select state, reason from retraining_runs where model = $1 and state <> 'training'`,
            [model],
          )
        )[0];
      await until(async () => (await ended()) !== undefined || trainer.exitCode !== null, 120_000);
      const [challenger] = await test.database.query(
        'select lineage from model_versions where model = $1 and version = $2',
        [model, asOf],
      );
      expect(challenger, `${(await ended())?.reason} ${said}`).toMatchObject({
        lineage: {
          retrainingId: asOf,
          features: ['c', 'x'],
          latencyMs: { p50: expect.any(Number), p95: expect.any(Number) },
          predicted: 168,
        },
      });
      const [{ count } = { count: 0 }] = await test.database.query<{ count: number }>(
        `select count(*) as count from predictions
       where model = $1 and version = $2 and role = 'shadow' and event_time >= $3 and event_time < $4`,
        [model, asOf, at(3), at(10)],
      );
      expect(count).toBe(168);
    } finally {
      trainer.kill('SIGKILL');
      await closed;
      await retraining.terminate().catch(() => undefined);
      await rm(models, { recursive: true });
    }
  },
);
