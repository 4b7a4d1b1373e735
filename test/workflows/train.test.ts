/** Trainers of each kind, as a retraining meets them: what they do right, and every way in which they do not. */

import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter, RawValue } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { noteTraining } from '../../activities/retraining/training-note.ts';
import { findRetraining } from '../../activities/retraining/store.ts';
import type { MonitorInput } from '../../core/monitor/schema.ts';
import { trainingText } from '../../core/retraining/retraining-words.ts';
import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import { until } from '../../demo/stack/until.ts';
import { passOnAnswerThrough } from '../../worker/dependencies.ts';
import { readRetrainingEvents } from '../../sql/read-retrainings.ts';
import { openHttpEndpoint, type HttpEndpoint } from '../../worker/http.ts';
import { startFakeTrainer, type FakeTrainer } from '../setup/fake-trainer.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useWorker } from '../setup/worker-world.ts';
import { startUsersWorker } from '../setup/users-worker.ts';

type TrainerInput = NonNullable<MonitorInput['retraining']>['trainer'];

const asOf = at(10, 3, 40);
const taskQueue = 'trainers-of-a-user';
const succeeded = { state: 'succeeded', version: '2', lineage: {} } as const;

const test = useWorker('shared by all tests');
let count = 0;
let model: string;
beforeEach(() => {
  model = `by-trainer-${(count += 1)}`;
});

/** Starts a retraining by this trainer; the holdout is days 3 to 9. */
async function start(trainer: TrainerInput): Promise<WorkflowHandle> {
  await watch(test.database, { model, retraining: { trainer, trainingWindow: '2d', holdout: '7d' } });
  await load(test.database, model, { from: 1, to: 10 });
  return test.worker.client.workflow.start('retraining', {
    workflowId: `retraining-of-${model}`,
    taskQueue: test.worker.taskQueue,
    args: [{ model, asOf }],
  });
}
/** How it ended: nobody has predicted the holdout, so that no challenger is ever promoted here. */
const ended = async (run: WorkflowHandle) => (await run.result()) as { state: string; reason: string };
const end = async (trainer: TrainerInput) => ended(await start(trainer));
const challenger = async () =>
  (
    await test.database.query('select version, stage, lineage from model_versions where model = $1', [model])
  )[0];

describe('a workflow or an activity on a task queue of the user', () => {
  let trainers: Awaited<ReturnType<typeof startUsersWorker>>;
  let requests: TrainingRequest[];
  let cancelled: string[];

  const activities = {
    fit: async (request: TrainingRequest): Promise<TrainingAnswer> => {
      requests.push(request);
      return succeeded;
    },
    fitBadly: async () => ({ state: 'failed', reason: 'no memory left' }),
    crash: async () => {
      throw new Error('segmentation fault');
    },
    /** As Python writes what is not a number. */
    fitNothing: async () =>
      RawValue.fromPayload({
        ...defaultPayloadConverter.toPayload(''),
        data: new TextEncoder().encode('{"state": "succeeded", "version": "2", "metrics": {"rmse": NaN}}'),
      }),
    forgetToAnswer: async () => undefined,
    stayRunning: async () => ({ state: 'running' }),
    fitForEver: async (request: TrainingRequest) => {
      requests.push(request);
      const beat = setInterval(() => Context.current().heartbeat(), 100);
      try {
        await Context.current().cancelled;
      } finally {
        clearInterval(beat);
        cancelled.push(request.model);
      }
    },
  };

  beforeAll(async () => {
    trainers = await startUsersWorker(taskQueue, activities);
  });
  afterAll(() => trainers.stop());
  beforeEach(() => {
    requests = [];
    cancelled = [];
  });

  const by = (activity: string): TrainerInput => ({ kind: 'temporal', taskQueue, activity });

  it('is an activity that gets the request and gives the challenger', async () => {
    await end(by('fit'));
    expect(requests).toMatchObject([
      {
        model,
        retrainingId: asOf,
        training: { start: at(1), end: at(3) },
        holdout: { start: at(3), end: at(10) },
      },
    ]);
    expect(await challenger()).toMatchObject({ version: '2', lineage: { retrainingId: asOf } });
  });

  it('is a workflow that does, as a child of the retraining', async () => {
    await end({ kind: 'temporal', taskQueue, workflow: 'usersTraining' });
    expect(await challenger()).toMatchObject({ version: '2', lineage: { trainedTo: at(3) } });
    const child = await test.worker.client.workflow.getHandle(`training:${model}:${asOf}`).describe();
    expect(child.status.name).toBe('COMPLETED');
  });

  it.each([
    ['fitBadly', 'the training failed: no memory left'],
    ['crash', `the activity crash on task queue ${taskQueue} failed: segmentation fault`],
    ['fitNothing', 'it holds NaN or Infinity, which JSON does not have'],
    ['forgetToAnswer', `The answer of the activity forgetToAnswer on task queue ${taskQueue} cannot be read`],
    ['stayRunning', 'the trainer ended, though it answers that it is running'],
  ])('fails the retraining with its reason: %s', async (activity, words) => {
    expect(await end(by(activity))).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(words),
    });
    expect(await challenger()).toBeUndefined();
  });

  it('that nobody works on fails the retraining when its time is over', async () => {
    expect(
      await end({ kind: 'temporal', taskQueue: 'deserted', activity: 'fit', timeout: '1s' }),
    ).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(
        'the trainer did not finish within its time limit (what is known of it: nobody polls the task queue deserted for activities)',
      ),
    });
  });

  it('that nobody works on says so while it is waited for', async () => {
    const run = await start({ kind: 'temporal', taskQueue: 'deserted', workflow: 'usersTraining' });
    const says = 'nobody polls the task queue deserted for workflows';
    const detail = async () =>
      (await run.query<{ detail: string }>('progress').catch(() => undefined))?.detail;
    expect(await until(async () => (await detail()) === says, 30_000)).toBe(true);
    expect((await readRetrainingEvents(test.database, { model, retrainingId: asOf })).at(-1)).toMatchObject({
      event: 'trainer',
      summary: says,
    });
    await run.cancel();
    await ended(run);
  });

  it('is cancelled with the retraining: an activity', async () => {
    const run = await start(by('fitForEver'));
    await until(() => requests.length === 1, 30_000);
    await run.cancel();
    await ended(run);
    expect(await until(() => cancelled.includes(model), 30_000)).toBe(true);
  });

  it('is cancelled with the retraining: a workflow', async () => {
    model = `${model}-endless`;
    const run = await start({ kind: 'temporal', taskQueue, workflow: 'usersTraining' });
    const child = test.worker.client.workflow.getHandle(`training:${model}:${asOf}`);
    const statusOf = async () =>
      child.describe().then(
        ({ status }) => status.name,
        () => undefined,
      );
    await until(async () => (await statusOf()) === 'RUNNING', 30_000);
    await run.cancel();
    await ended(run);
    expect(await until(async () => (await statusOf()) === 'CANCELLED', 30_000)).toBe(true);
  });
});

describe('a trainer that calls back', () => {
  let trainer: FakeTrainer;
  let endpoint: HttpEndpoint;
  beforeAll(async () => {
    endpoint = await openHttpEndpoint('127.0.0.1', 0, {
      workerState: () => 'RUNNING',
      checkDatabase: async () => [],
      sdkMetrics: async () => '',
      reports: { find: async () => undefined, list: async () => [], groups: async () => [] },
      completions: {
        tokens: test.worker.dependencies.callbackTokens,
        find: ({ model, retrainingId }) => findRetraining(test.database, model, retrainingId),
        note: (training, running) => noteTraining(test.database, training, trainingText(running)),
        tell: passOnAnswerThrough(test.worker.client),
      },
    });
  });
  afterAll(() => endpoint.close());
  beforeEach(async () => {
    trainer = await startFakeTrainer(() => new Promise(() => {}));
  });
  afterEach(() => trainer.stop());

  async function begun(): Promise<WorkflowHandle> {
    const run = await start({ url: trainer.url, completion: 'callback' });
    await until(() => trainer.requests() === 1, 30_000);
    return run;
  }
  /** Calls where the request says, at the endpoint of this test. */
  async function call(answer: unknown): Promise<number> {
    const { url, token } = trainer.trainings()[0]!.callback!;
    const response = await fetch(endpoint.url + new URL(url).pathname, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(answer),
    });
    return response.status;
  }

  it('is waited for, and not asked', async () => {
    const run = await begun();
    expect(await call({ state: 'running', progress: 0.5 })).toBe(200);
    expect(await call(succeeded)).toBe(200);
    await ended(run);
    expect(await challenger()).toMatchObject({ version: '2' });
    expect(trainer.requests()).toBe(1);
  });

  it('may call twice: the first answer counts', async () => {
    const run = await begun();
    expect(await call(succeeded)).toBe(200);
    await call({ ...succeeded, version: '3' });
    await ended(run);
    expect(await challenger()).toMatchObject({ version: '2' });
    expect(await call({ ...succeeded, version: '3' })).toBe(409);
  });

  it('is not heard after the retraining was cancelled, of which it was told', async () => {
    const run = await begun();
    await run.cancel();
    expect((await ended(run)).reason).toContain('the trainer was told to stop');
    expect(trainer.cancelled()).toEqual([asOf]);
    expect(await call(succeeded)).toBe(409);
    expect(await challenger()).toBeUndefined();
  });

  it('that never calls fails the retraining when its time is over, and is told', async () => {
    const result = await end({ url: trainer.url, completion: 'callback', timeout: '1s' });
    expect(result).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(
        'the trainer did not finish within its time limit (what is known of it: at work); the trainer was told to stop',
      ),
    });
  });
});

describe('a trainer that is asked again and again', () => {
  it('may call all the same, and is then asked no more', async () => {
    const trainer = await startFakeTrainer(() => new Promise(() => {}));
    const run = await start({ url: trainer.url, poll: '1m' });
    await until(() => trainer.requests() === 1, 30_000);
    await passOnAnswerThrough(test.worker.client)(run.workflowId, succeeded);
    await ended(run);
    expect(await challenger()).toMatchObject({ version: '2' });
    await trainer.stop();
  });

  it('that needs a variable which the worker has not fails the retraining at once, by its name', async () => {
    const headers = { authorization: { env: 'TRAINER_TOKEN' } };
    const { state, reason } = await end({ url: 'http://127.0.0.1:1', headers });
    expect(state).toBe('failed');
    expect(reason).toContain('needs TRAINER_TOKEN, which is not set here, so it was not called');
    expect(reason).not.toContain('could not be told to stop');
  });

  it('that is nowhere says so while it is tried', async () => {
    const run = await start({ url: 'http://127.0.0.1:1' });
    const detail = async () =>
      (await run.query<{ detail: string }>('progress').catch(() => undefined))?.detail;
    expect(await until(async () => (await detail()) === 'not reached yet', 30_000)).toBe(true);
    const newest = async () =>
      (await readRetrainingEvents(test.database, { model, retrainingId: asOf })).at(-1)?.summary ?? '';
    expect(await until(async () => (await newest()).includes('does not answer'), 30_000)).toBe(true);
    await run.cancel();
    await ended(run);
  });

  it('that is nowhere fails the retraining when its time is over', async () => {
    expect(await end({ url: 'http://127.0.0.1:1', timeout: '2s' })).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(
        'the trainer could not be told to stop: The trainer at http://127.0.0.1:1',
      ),
    });
  });
});

describe('a command', () => {
  const script = (text: string) => ({ kind: 'command' as const, command: ['/bin/sh', '-c', text] });
  const newFile = async (): Promise<string> =>
    join(await mkdtemp(join(tmpdir(), 'tidewatch-train-')), 'file');

  it('trains, and the end of what it printed stays with the challenger', async () => {
    await end(script(`echo fitted 48 rows >&2; echo '${JSON.stringify(succeeded)}'`));
    expect(await challenger()).toMatchObject({
      version: '2',
      lineage: { output: expect.stringContaining('fitted 48 rows') },
    });
  });

  it('says how far it is, in the query, the current details and the history of the retraining', async () => {
    const running = { state: 'running', progress: 0.4, message: 'epoch 4 of 10' };
    const run = await start(script(`echo '${JSON.stringify(running)}'; sleep 600`));
    const detail = async () =>
      (await run.query<{ detail: string }>('progress').catch(() => undefined))?.detail;
    expect(await until(async () => (await detail()) === '40% epoch 4 of 10', 60_000)).toBe(true);
    expect((await readRetrainingEvents(test.database, { model, retrainingId: asOf })).at(-1)).toMatchObject({
      event: 'trainer',
      summary: '40% epoch 4 of 10',
    });
    await run.cancel();
    await ended(run);
  });

  it('is tried as often as its monitor says', async () => {
    const file = await newFile();
    const text = `echo try >> ${file}; test $(wc -l < ${file}) -ge 2 || exit 1; echo '${JSON.stringify(succeeded)}'`;
    await end({ ...script(text), attempts: 3 });
    expect(await challenger()).toMatchObject({ version: '2' });
    expect(await readFile(file, 'utf8')).toBe('try\ntry\n');
  });

  it('fails the retraining with the end of what it printed', async () => {
    expect(await end(script('echo no memory >&2; exit 1'))).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('the training failed: /bin/sh ended with exit code 1: no memory'),
    });
  });

  it('is ended with the retraining, though it ignores SIGTERM', { timeout: 120_000 }, async () => {
    const file = await newFile();
    const run = await start(script(`trap '' TERM; echo $$ > ${file}; while :; do sleep 1; done`));
    await until(async () => (await readFile(file, 'utf8').catch(() => '')) !== '', 30_000);
    await run.cancel();
    await ended(run);
    const pid = Number(await readFile(file, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
