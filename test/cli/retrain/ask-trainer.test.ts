/** Trainers of each kind, as a simulation asks them. */

import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openAsk } from '../../../cli/retrain/simulate/ask-trainer.ts';
import type { AskTrainer } from '../../../cli/retrain/simulate/trained-versions.ts';
import type { TrainingAnswer, TrainingRequest } from '../../../core/retraining/trainer-contract.ts';
import { trainerSchema } from '../../../core/retraining/trainer-settings.ts';
import { until } from '../../../demo/stack/until.ts';
import { startFakeTrainer, type FakeTrainer } from '../../setup/fake-trainer.ts';
import { testServers } from '../../setup/servers.ts';
import { at } from '../../setup/synthetic.ts';
import { useWorker } from '../../setup/worker-world.ts';
import { startUsersWorker } from '../../setup/users-worker.ts';

const test = useWorker('shared by all tests');

let count = 0;
let request: TrainingRequest;
beforeEach(() => {
  request = {
    retrainingId: `simulation-${(count += 1)}`,
    model: 'asked',
    purpose: 'simulation',
    training: { start: at(1), end: at(8) },
    holdout: { start: at(8), end: at(41) },
    exclude: [],
  };
});

const askBy = (trainer: object, { mayRunCommands = true, patienceMs = 30_000 } = {}): AskTrainer =>
  openAsk(trainerSchema.parse({ kind: 'http', ...trainer }), {
    configuration: { secrets: {}, callbackSecrets: undefined, mayRunCommands },
    temporal: {
      address: testServers().temporalAddress,
      namespace: 'default',
      taskQueue: test.worker.taskQueue,
      uiUrl: '',
    },
    patienceMs,
  });
const running = new AbortController().signal;
const succeeded = { state: 'succeeded', version: 'simulation-2', lineage: {} } as const;

describe('over HTTP', () => {
  let trainer: FakeTrainer;
  let train: () => Promise<TrainingAnswer>;
  beforeAll(async () => {
    trainer = await startFakeTrainer(() => train());
  });
  afterAll(() => trainer.stop());
  beforeEach(() => {
    trainer.reset();
    trainer.refuse(undefined);
    train = async () => succeeded;
  });
  const ask = (settings: object = {}) => askBy({ url: trainer.url, poll: '10ms', ...settings });

  it('is asked until it has done it', async () => {
    expect(await ask()(request, running)).toEqual(succeeded);
    expect(trainer.trainings()).toEqual([request]);
  });

  it('is asked again also where it would call, and is given nothing to call', async () => {
    expect(await ask({ completion: 'callback' })(request, running)).toEqual(succeeded);
    expect(trainer.trainings()[0]).not.toHaveProperty('callback');
  });

  it('may be away for a moment', async () => {
    trainer.refuse({ status: 503, text: 'restarting' });
    setTimeout(() => trainer.refuse(undefined), 300);
    expect(await ask()(request, running)).toEqual(succeeded);
  });

  it('may not be away for longer', async () => {
    trainer.refuse({ status: 503, text: 'restarting' });
    const impatient = askBy({ url: trainer.url }, { patienceMs: 500 });
    await expect(impatient(request, running)).rejects.toMatchObject({ code: 'TRAINER_UNREACHABLE' });
  });

  it('that does not finish is told to stop when its time is over, or the simulation', async () => {
    train = () => new Promise(() => {});
    await expect(ask({ timeout: '1s' })(request, running)).rejects.toThrow('its time limit of 1s');
    const stop = new AbortController();
    const training = ask()({ ...request, retrainingId: 'simulation-stopped' }, stop.signal);
    await until(async () => trainer.trainings().length === 2, 5_000);
    stop.abort(new Error('enough'));
    await expect(training).rejects.toThrow('enough');
    expect(trainer.cancelled()).toEqual([request.retrainingId, 'simulation-stopped']);
  });
});

describe('by a command', () => {
  const node = (script: string, settings: object = {}) =>
    askBy({ kind: 'command', command: [process.execPath, '-e', script], ...settings });

  it('runs here, with the request as its input', async () => {
    const answer = await node(
      `process.stdin.on('data', (text) => {
        const { retrainingId: version, purpose } = JSON.parse(text);
        console.log(JSON.stringify({ state: 'succeeded', version, lineage: { purpose } }));
      })`,
    )(request, running);
    expect(answer).toMatchObject({ version: request.retrainingId, lineage: { purpose: 'simulation' } });
  });

  it('is tried as often as the monitor says', async () => {
    const ask = node(`console.log('no memory left'); process.exit(1)`, { attempts: 2 });
    expect(await ask(request, running)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('ended with exit code 1: no memory left'),
    });
  });

  it('runs only where that is allowed', async () => {
    const ask = askBy({ kind: 'command', command: ['true'] }, { mayRunCommands: false });
    await expect(ask(request, running)).rejects.toThrow(
      'TIDEWATCH_ALLOW_COMMANDS: write true: the trainer of "asked" is a command, and a simulation runs it on this machine.',
    );
  });

  it('ends with the simulation', async () => {
    const stop = new AbortController();
    const training = node('setInterval(() => {}, 1000)')(request, stop.signal);
    setTimeout(() => stop.abort(new Error('enough')), 200);
    await expect(training).rejects.toThrow('enough');
  });
});

describe('on a task queue', () => {
  const taskQueue = 'trainers-of-a-simulation';
  let trainers: Awaited<ReturnType<typeof startUsersWorker>>;
  const requests: TrainingRequest[] = [];
  let isCancelled = false;
  const activities = {
    fit: async (given: TrainingRequest): Promise<TrainingAnswer> => {
      requests.push(given);
      return succeeded;
    },
    fitBadly: async () => ({ state: 'failed', reason: 'no memory left' }),
    fitForEver: async (given: TrainingRequest) => {
      requests.push(given);
      const beat = setInterval(() => Context.current().heartbeat(), 100);
      try {
        await Context.current().cancelled;
      } finally {
        clearInterval(beat);
        isCancelled = true;
      }
    },
  };
  beforeAll(async () => {
    trainers = await startUsersWorker(taskQueue, activities);
  });
  afterAll(() => trainers.stop());
  const ask = (what: object) => askBy({ kind: 'temporal', taskQueue, ...what });

  it('is an activity that gets the request', async () => {
    expect(await ask({ activity: 'fit' })(request, running)).toEqual(succeeded);
    expect(requests.at(-1)).toEqual(request);
  });

  it('is a workflow', async () => {
    expect(await ask({ workflow: 'usersTraining' })(request, running)).toMatchObject({
      state: 'succeeded',
      lineage: { trainedTo: request.training.end },
    });
  });

  it('says why it fails', async () => {
    expect(await ask({ activity: 'fitBadly' })(request, running)).toEqual({
      state: 'failed',
      reason: 'the training failed: no memory left',
    });
  });

  it('fails when its time is over', async () => {
    const nobody = ask({ taskQueue: 'nobody-polls-this-one', activity: 'fit', timeout: '1s' });
    expect(await nobody(request, running)).toEqual({
      state: 'failed',
      reason: 'the trainer did not finish within its time limit',
    });
  });

  it('is cancelled with the simulation', async () => {
    const stop = new AbortController();
    const training = ask({ activity: 'fitForEver', heartbeat: '10s' })(request, stop.signal);
    await until(async () => requests.at(-1)?.retrainingId === request.retrainingId, 10_000);
    stop.abort(new Error('enough'));
    await expect(training).rejects.toThrow('enough');
    expect(await until(async () => isCancelled, 10_000)).toBe(true);
  });

  it('says so where its run is ended from outside', async () => {
    const training = ask({ activity: 'fitForEver', heartbeat: '10s' })(request, running);
    const reason = training.then(
      () => 'it did not fail',
      (error: Error) => error.message,
    );
    await until(async () => requests.at(-1)?.retrainingId === request.retrainingId, 10_000);
    await test.worker.client.workflow
      .getHandle(`simulated-training:asked:${request.retrainingId}`)
      .terminate('ended by hand');
    expect(await reason).toBe('ended by hand');
  });
});

describe('the workflow simulatedTraining', () => {
  it('says what to write instead of a wrong input', async () => {
    await expect(test.worker.run('simulatedTraining', { model: 'asked' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('simulatedTraining: the input is not valid. plan:') },
    });
  });
});
