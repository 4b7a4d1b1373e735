/** Having a challenger trained, by each kind of trainer, and registering it. */

import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ActivityContext } from '../../../activities/activity-context.ts';
import { openCallbackTokens } from '../../../activities/retraining/callback-tokens.ts';
import { findTrainingNote } from '../../../activities/retraining/training-note.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import type { TrainingAnswer, TrainingSucceeded } from '../../../core/retraining/trainer-contract.ts';
import { trainingRequestSchema } from '../../../core/retraining/trainer-contract.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { startFakeTrainer, type FakeTrainer } from '../../setup/fake-trainer.ts';
import { at, load, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'trained';
const retrainingId = at(10, 3, 40);
const key = { model, retrainingId };

const test = useActivities('empty for each test');
let trainer: FakeTrainer;
let answer: TrainingAnswer;
beforeEach(async () => {
  answer = { state: 'succeeded', version: '2', lineage: { rows: 48 } };
  trainer = await startFakeTrainer(async () => answer);
});
afterEach(() => trainer.stop());

type TrainerInput = NonNullable<MonitorInput['retraining']>['trainer'];

/** A retraining has begun; its training window is days 1 and 2, its holdout days 3 to 9. */
async function begun(settings: TrainerInput = { url: trainer.url }): Promise<void> {
  await named(settings);
  await load(test.database, model, { from: 1, to: 10 });
  await test.activities.beginRetraining({ model, asOf: retrainingId, reason: 'by hand' });
}
const named = (settings: TrainerInput) =>
  watch(test.database, {
    model,
    retraining: { trainer: settings, trainingWindow: '2d', holdout: '7d' },
  });

const runs = () =>
  test.database.query('select state, challenger_version as challenger, cost from retraining_runs');
const versions = () =>
  test.database.query('select version, stage, lineage from model_versions order by version');

const request = {
  retrainingId,
  model,
  purpose: 'retraining',
  training: { start: at(1), end: at(3) },
  holdout: { start: at(3), end: at(10) },
  exclude: [],
  // No actual has been attached yet.
  specification: { hash: expect.stringMatching(/^[0-9a-f]{32}$/), rows: 0 },
};

describe('planTraining', () => {
  it('says how to ask a trainer over HTTP, but not where', async () => {
    await begun({ url: trainer.url, poll: '500ms', timeout: '2h' });
    expect(await test.activities.planTraining(key)).toEqual({
      kind: 'http',
      completion: 'poll',
      pollMs: 500,
      timeoutMs: 7_200_000,
    });
  });

  it.each(['workflow', 'activity'] as const)(
    'says which %s of which task queue to ask, and what',
    async (runs) => {
      await begun({ kind: 'temporal', taskQueue: 'trainers', [runs]: 'fitModel' });
      expect(await test.activities.planTraining(key)).toEqual({
        kind: 'temporal',
        taskQueue: 'trainers',
        runs,
        type: 'fitModel',
        timeoutMs: 21_600_000,
        request,
        known: `a worker polls the task queue trainers for ${runs === 'workflow' ? 'workflows' : 'activities'}`,
      });
    },
  );

  it('says where nobody works on it', async () => {
    await begun({ kind: 'temporal', taskQueue: 'trainers', workflow: 'fitModel' });
    const activities = activitiesOn(test.database, {
      countPollers: async ({ taskQueue, of }) => (taskQueue === 'trainers' && of === 'workflow' ? 0 : 1),
    });
    const known = 'nobody polls the task queue trainers for workflows';
    expect(await activities.planTraining(key)).toMatchObject({ known });
    expect(await activities.lookAtTrainer(key)).toEqual({ known });
  });

  it('says how often to try a command, but not which', async () => {
    await begun({ kind: 'command', command: ['./train', '--secret'], attempts: 3 });
    expect(await test.activities.planTraining(key)).toEqual({
      kind: 'command',
      attempts: 3,
      timeoutMs: 21_600_000,
    });
  });
});

describe('a trainer over HTTP', () => {
  it('is told what to leave out, and what the retraining has frozen', async () => {
    await begun();
    const frozen = {
      hash: '5a0d',
      rows: 42,
      exclude: [{ start: at(1), end: at(1, 6), reason: 'the sensor was broken' }],
    };
    await test.database.execute('update retraining_runs set specification = $1', [JSON.stringify(frozen)]);
    await test.activities.startTraining(key);
    expect(trainer.trainings()).toEqual([
      { ...request, exclude: [{ start: at(1), end: at(1, 6) }], specification: { hash: '5a0d', rows: 42 } },
    ]);
    await test.activities.recordChallenger({ ...key, answer: answer as TrainingSucceeded });
    expect(await versions()).toMatchObject([{ lineage: { specification: { hash: '5a0d', rows: 42 } } }]);
  });

  it('is asked for the windows, and does not train twice', async () => {
    await begun();
    await test.activities.startTraining(key);
    await test.activities.startTraining(key);
    expect(trainer.trainings()).toEqual([request]);
  });

  it.each<TrainingAnswer>([
    { state: 'running', progress: 0.5 },
    { state: 'failed', reason: 'no memory' },
    { state: 'succeeded', version: '2', lineage: {} },
  ])('has its answer passed on, %j, and nothing is stored', async (said) => {
    answer = said;
    await begun();
    await test.activities.startTraining(key);
    expect(await test.activities.readTraining(key)).toEqual(said);
    expect(await versions()).toEqual([]);
    expect(await runs()).toMatchObject([{ state: 'training', challenger: null }]);
  });

  it('fails for good where it does not know the training', async () => {
    await begun();
    await expect(test.activities.readTraining(key)).rejects.toMatchObject({
      code: 'TRAINER_REFUSED',
      retryable: false,
    });
  });

  it('that calls back is told where, with the same token each time', async () => {
    await begun({ url: trainer.url, completion: 'callback' });
    const callbackTokens = openCallbackTokens(['a secret']);
    const activities = activitiesOn(test.database, {
      callbackTokens,
      pagesUrl: 'https://tidewatch.example.org',
    });
    await activities.startTraining(key);
    await activities.startTraining(key);
    expect(trainer.trainings()).toEqual([
      {
        ...request,
        callback: {
          url: `https://tidewatch.example.org/retrainings/trained/${encodeURIComponent(retrainingId)}/completion`,
          token: callbackTokens.issue(key),
        },
      },
    ]);
  });

  it('that calls back needs a secret for its token', async () => {
    await begun({ url: trainer.url, completion: 'callback' });
    const activities = activitiesOn(test.database, { callbackTokens: undefined });
    await expect(activities.startTraining(key)).rejects.toMatchObject({
      code: 'TRAINER_SETTING_MISSING',
      retryable: false,
      message: expect.stringContaining('TIDEWATCH_CALLBACK_SECRET'),
    });
  });

  it('gets headers from the environment of the worker', async () => {
    await begun({ url: trainer.url, headers: { authorization: { env: 'TRAINER_TOKEN' } } });
    await expect(test.activities.startTraining(key)).rejects.toMatchObject({
      code: 'TRAINER_SETTING_MISSING',
      message: expect.stringContaining('TRAINER_TOKEN'),
    });
    const activities = activitiesOn(test.database, { trainerSecrets: { TRAINER_TOKEN: 'Bearer x' } });
    expect(await activities.startTraining(key)).toEqual({ state: 'running' });
  });

  it('is told when nobody waits for it any more', async () => {
    await trainer.stop();
    trainer = await startFakeTrainer(() => new Promise(() => {}));
    await begun();
    await test.activities.startTraining(key);
    expect(await test.activities.cancelTraining(key)).toEqual({ undone: 'the trainer was told to stop' });
    expect(trainer.cancelled()).toEqual([retrainingId]);
  });

  it('does not keep a retraining from ending', async () => {
    await begun();
    expect(await test.activities.cancelTraining(key)).toEqual({
      undone: 'the trainer does not take a cancellation',
    });
    trainer.refuse({ status: 503, text: 'busy' });
    expect(await test.activities.cancelTraining(key)).toEqual({
      undone: expect.stringContaining('the trainer could not be told to stop: '),
    });
  });

  it('is not told of a training that has failed', async () => {
    answer = { state: 'failed', reason: 'no memory' };
    await begun();
    await test.activities.startTraining(key);
    expect(await test.activities.cancelTraining(key)).toEqual({ undone: null });
    expect(trainer.cancelled()).toEqual([]);
  });

  it('is not told of a training that it has finished', async () => {
    await begun();
    await test.activities.recordChallenger({ ...key, answer: answer as TrainingSucceeded });
    expect(await test.activities.cancelTraining(key)).toEqual({ undone: null });
  });

  it('that has become a command meanwhile is not asked', async () => {
    await begun();
    await named({ kind: 'command', command: ['true'] });
    await expect(test.activities.startTraining(key)).rejects.toMatchObject({
      code: 'TRAINER_CHANGED',
      retryable: false,
    });
  });
});

describe('a command', () => {
  const script = (text: string) => ({ kind: 'command' as const, command: ['/bin/sh', '-c', text] });
  const train = async (text: string) => {
    await begun(script(text));
    return test.activities.runTrainingCommand(key);
  };

  it('gets the request on its standard input, and answers with its last line', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'tidewatch-training-')), 'request.json');
    const said = '{"state":"succeeded","version":"2"}';
    expect(await train(`cat > ${file}; echo fitted 48 rows >&2; echo '${said}'`)).toEqual({
      answer: { state: 'succeeded', version: '2', lineage: {} },
      output: expect.stringContaining('fitted 48 rows\n'),
    });
    expect(trainingRequestSchema().parse(JSON.parse(await readFile(file, 'utf8')))).toEqual(request);
  });

  it.each([
    ['exit 3', '/bin/sh ended with exit code 3'],
    ['echo no memory >&2; exit 1', '/bin/sh ended with exit code 1: no memory'],
    ['kill -9 $$', '/bin/sh was ended by SIGKILL'],
    ['true', '/bin/sh ended without an answer in the last line of its output'],
    ['echo done', /^\/bin\/sh answers in its last line what cannot be read/],
    [`echo '{"state":"succeeded","version":"2","metrics":{"rmse":NaN}}'`, /it holds NaN or Infinity/],
    [`echo '{"state":"running"}'`, /^\/bin\/sh ended, though it answers that it is running/],
    [`echo '{"state":"failed","reason":"no rows"}'`, 'no rows'],
    // Its own words, where it has some, and then its exit code.
    [`echo '{"state":"succeeded","version":"2"}'; exit 1`, /^\/bin\/sh ended with exit code 1: /],
  ])('that is %j has failed', async (text, reason) => {
    const { answer } = await train(text);
    expect(answer).toEqual({
      state: 'failed',
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
  });

  it('that is not there has failed', async () => {
    await begun({ kind: 'command', command: ['/no/such/program'] });
    expect(await test.activities.runTrainingCommand(key)).toMatchObject({
      answer: { reason: '/no/such/program cannot be started (spawn /no/such/program ENOENT)' },
    });
  });

  it('that does not end in time has failed', async () => {
    await begun({ ...script('echo fold 1; sleep 600'), timeout: '1s' });
    expect(await test.activities.runTrainingCommand(key)).toMatchObject({
      answer: { reason: '/bin/sh did not end within its time limit and was ended: fold 1' },
    });
  });

  it('heartbeats how far it is', async () => {
    const beats: unknown[] = [];
    await begun(
      script(`echo '{"state":"running","progress":0.5}'; sleep 6; echo '{"state":"failed","reason":"x"}'`),
    );
    const activities = activitiesOn(test.database, {
      context: () => ({ ...contextOf(), heartbeat: (progress) => beats.push(progress) }),
    });
    await activities.runTrainingCommand(key);
    expect(await findTrainingNote(test.database, key)).toBe('50%');
    expect(beats).toContainEqual({ state: 'running', progress: 0.5 });
  });

  it('ends when the run is cancelled', async () => {
    const cancelling = new AbortController();
    await begun(script('sleep 600'));
    const activities = activitiesOn(test.database, {
      context: () => ({ ...contextOf(), cancelled: cancelling.signal }),
    });
    const running = activities.runTrainingCommand(key);
    cancelling.abort(new Error('cancelled'));
    await expect(running).rejects.toThrow('cancelled');
  });

  it('is not run where the worker does not allow commands', async () => {
    await begun(script('true'));
    const activities = activitiesOn(test.database, { runCommand: undefined });
    await expect(activities.runTrainingCommand(key)).rejects.toMatchObject({
      code: 'COMMANDS_NOT_ALLOWED',
      retryable: false,
      message: expect.stringContaining('TIDEWATCH_ALLOW_COMMANDS=true'),
    });
  });

  const contextOf = (): ActivityContext => ({
    workflowId: 'workflow',
    runId: 'run',
    heartbeat: () => undefined,
    resumePoint: undefined,
    cancelled: new AbortController().signal,
  });
});

describe('recordChallenger', () => {
  const whole: TrainingSucceeded = {
    state: 'succeeded',
    version: '2',
    featureImportances: { x: 3 },
    features: ['x', 'c'],
    metrics: { rmse: 1.5 },
    latencyMs: { p50: 0.4, p95: 1.1 },
    cost: 3.5,
    lineage: { commit: '4f0c2a1' },
  };

  it('registers the challenger as a candidate, with all that tells how it came to be', async () => {
    await begun();
    const recorded = await test.activities.recordChallenger({ ...key, answer: whole, output: 'fitted' });
    expect(recorded).toEqual({ version: '2' });
    expect(await versions()).toEqual([
      {
        version: '2',
        stage: 'candidate',
        lineage: {
          commit: '4f0c2a1',
          retrainingId,
          featureImportances: { x: 3 },
          features: ['x', 'c'],
          metrics: { rmse: 1.5 },
          latencyMs: { p50: 0.4, p95: 1.1 },
          cost: 3.5,
          specification: request.specification,
          output: 'fitted',
        },
      },
    ]);
    expect(await runs()).toEqual([{ state: 'validating', challenger: '2', cost: 3.5 }]);
  });

  it('takes the first of two answers', async () => {
    await begun();
    await test.activities.recordChallenger({ ...key, answer: whole });
    await test.activities.recordChallenger({ ...key, answer: { ...whole, version: '3', cost: 99 } });
    expect(await runs()).toEqual([{ state: 'validating', challenger: '2', cost: 3.5 }]);
    expect(await versions()).toMatchObject([{ version: '2' }]);
  });

  it('leaves a retraining that has ended as it is', async () => {
    await begun();
    await test.activities.concludeRetraining({ ...key, end: 'failed', reason: 'it was cancelled' });
    await test.activities.recordChallenger({ ...key, answer: whole });
    expect(await runs()).toMatchObject([{ state: 'failed', challenger: null }]);
    expect(await versions()).toEqual([]);
  });

  it('refuses the name of the version that serves', async () => {
    await begun();
    await expect(
      test.activities.recordChallenger({ ...key, answer: { ...whole, version: '1' } }),
    ).rejects.toMatchObject({
      code: 'CHALLENGER_NOT_NEW',
      retryable: false,
      message: expect.stringContaining('Give each training a new version'),
    });
    expect(await runs()).toMatchObject([{ state: 'training', challenger: null }]);
  });

  it.each(['candidate', 'shadow', 'champion', 'archived'])(
    'refuses the name of any version that is known, such as one that is %s',
    async (stage) => {
      await begun();
      await test.database.execute(
        `insert into model_versions (model, version, stage, registered_at) values ($1, '0', $2, now())`,
        [model, stage],
      );
      await expect(
        test.activities.recordChallenger({ ...key, answer: { ...whole, version: '0' } }),
      ).rejects.toMatchObject({
        code: 'CHALLENGER_NOT_NEW',
        message: expect.stringContaining(`exists already (${stage})`),
      });
      expect(await versions()).toMatchObject([{ version: '0', stage }]);
      expect(await runs()).toMatchObject([{ state: 'training', challenger: null }]);
    },
  );

  it('takes the same answer of the same retraining again, at any later step', async () => {
    await begun();
    await test.activities.recordChallenger({ ...key, answer: whole });
    await test.database.execute(`update model_versions set stage = 'shadow'`);
    await test.activities.recordChallenger({ ...key, answer: whole });
    expect(await versions()).toMatchObject([{ version: whole.version, stage: 'shadow' }]);
  });
});
