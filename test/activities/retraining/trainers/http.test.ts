import { createServer } from 'node:http';
import type { Server } from 'node:http';

import { afterEach, describe, expect, it } from 'vitest';

import { openHttpTrainer } from '../../../../activities/retraining/trainers/http.ts';
import { TidewatchError } from '../../../../core/errors.ts';
import type { TrainingRequest } from '../../../../core/retraining/trainer-contract.ts';
import { listenOnLoopback } from '../../../../demo/stack/loopback-ports.ts';
import { startFakeTrainer } from '../../../setup/fake-trainer.ts';
import { startHttpEndpoint } from '../../../setup/http-endpoint.ts';

const request: TrainingRequest = {
  retrainingId: '2024-01-10T03:40:00Z',
  model: 'trained',
  purpose: 'retraining',
  training: { start: '2024-01-01T00:00:00Z', end: '2024-01-03T00:00:00Z' },
  holdout: { start: '2024-01-03T00:00:00Z', end: '2024-01-10T00:00:00Z' },
  exclude: [],
};
const training = { model: 'trained', retrainingId: request.retrainingId };

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** The URL of a trainer that answers everything with this. */
async function answering(status: number, body: string): Promise<string> {
  server = createServer((_, response) => void response.writeHead(status).end(body));
  return `http://127.0.0.1:${await listenOnLoopback(server)}`;
}

async function failureOf(asking: Promise<unknown>): Promise<TidewatchError> {
  const error = await asking.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof TidewatchError)) throw new Error(`expected a TidewatchError, got ${String(error)}`);
  return error;
}

describe('a trainer', () => {
  it('is asked to train with the windows, and asked by id how it goes', async () => {
    const trainer = await startFakeTrainer(async () => ({
      state: 'succeeded',
      version: '2',
      lineage: { rows: 48 },
    }));
    const { start, read } = openHttpTrainer();
    expect(await start({ url: trainer.url }, request)).toEqual({ state: 'running' });
    expect(trainer.trainings()).toEqual([request]);
    expect(await read({ url: trainer.url }, training)).toEqual({
      state: 'succeeded',
      version: '2',
      lineage: { rows: 48 },
    });
    await trainer.stop();
  });

  it('may leave the lineage out and add what it likes', async () => {
    const url = await answering(200, JSON.stringify({ state: 'succeeded', version: '2', took: 12 }));
    expect(await openHttpTrainer().read({ url }, training)).toEqual({
      state: 'succeeded',
      version: '2',
      lineage: {},
    });
  });

  it('may say how much each feature matters', async () => {
    const answer = { state: 'succeeded', version: '2', featureImportances: { temp: 3, holiday: -0.1 } };
    const url = await answering(200, JSON.stringify(answer));
    expect(await openHttpTrainer().read({ url }, training)).toEqual({ ...answer, lineage: {} });
  });

  it('may be configured with a slash at the end of its URL', async () => {
    const trainer = await startFakeTrainer(async () => ({ state: 'running' }));
    await openHttpTrainer().start({ url: `${trainer.url}/` }, request);
    expect(trainer.requests()).toBe(1);
    await trainer.stop();
  });
});

describe('a trainer that is away', () => {
  it('is asked again: nobody listens', async () => {
    const error = await failureOf(openHttpTrainer().start({ url: 'http://127.0.0.1:1' }, request));
    expect(error).toMatchObject({ code: 'TRAINER_UNREACHABLE', retryable: true });
    expect(error.message).toContain('http://127.0.0.1:1/trainings does not answer');
    expect(error.message).toContain('correct `retraining.trainer.url`');
  });

  it('is asked again: it answers 503', async () => {
    const error = await failureOf(openHttpTrainer().read({ url: await answering(503, 'busy') }, training));
    expect(error).toMatchObject({ code: 'TRAINER_UNREACHABLE', retryable: true });
    expect(error.message).toContain('503 busy');
  });

  it.each([408, 425, 429])('is asked again: it answers %d', async (status) => {
    const error = await failureOf(openHttpTrainer().read({ url: await answering(status, '') }, training));
    expect(error).toMatchObject({ code: 'TRAINER_UNREACHABLE', retryable: true });
  });

  it('is asked again: it does not answer in time', async () => {
    server = createServer(() => undefined);
    const url = `http://127.0.0.1:${await listenOnLoopback(server)}`;
    const error = await failureOf(openHttpTrainer(50).read({ url }, training));
    expect(error).toMatchObject({ code: 'TRAINER_UNREACHABLE', retryable: true });
  });
});

describe('a trainer that refuses', () => {
  it.each([
    [400, 'no such model', '400 no such model'],
    [404, 'no such training', '404 no such training'],
    [302, '', '302'],
  ])('with %d %s is not asked again', async (status, body, words) => {
    const error = await failureOf(openHttpTrainer().start({ url: await answering(status, body) }, request));
    expect(error).toMatchObject({ code: 'TRAINER_REFUSED', retryable: false });
    expect(error.message).toContain(words);
  });

  it('is not asked again when its answer cannot be read', async () => {
    const url = await answering(200, '{"state":"succeeded","version":"2","metrics":{"rmse":NaN}}');
    const error = await failureOf(openHttpTrainer().read({ url }, training));
    expect(error).toMatchObject({ code: 'TRAINER_ANSWER_UNREADABLE', retryable: false });
    expect(error.message).toContain(`The answer of the trainer at ${url}/trainings/`);
    expect(error.message).toContain('it holds NaN or Infinity, which JSON does not have');
  });

  it('with an answer of a hundred megabytes is read to its limit only', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    let sent = 0;
    server = createServer((_, response) => {
      // Only as fast as it is read.
      const send = (): void => {
        while (sent < 100) {
          sent += 1;
          if (!response.write(megabyte)) return void response.once('drain', send);
        }
        response.end();
      };
      send();
    });
    const url = `http://127.0.0.1:${await listenOnLoopback(server)}`;
    const error = await failureOf(openHttpTrainer().read({ url }, training));
    expect(error).toMatchObject({ code: 'TRAINER_REFUSED', retryable: false });
    expect(error.message).toContain('its answer is longer than 256 kB');
    expect(sent).toBeLessThan(50);
  });
});

describe('what a trainer is told', () => {
  it('has the headers that its monitor names, in every call', async () => {
    const endpoint = await startHttpEndpoint(() => ({ status: 200, body: '{"state":"running"}' }));
    const at = { url: endpoint.origin, headers: { authorization: 'Bearer of the trainer' } };
    const { start, read, cancel } = openHttpTrainer();
    await start(at, request);
    await read(at, training);
    await cancel(at, training);
    expect(endpoint.requests().map(({ headers }) => headers.authorization)).toEqual(
      Array.from({ length: 3 }, () => 'Bearer of the trainer'),
    );
    await endpoint.stop();
  });

  it('names the model beside the id, which two models may have in common', async () => {
    const endpoint = await startHttpEndpoint(() => ({ status: 200, body: '{"state":"running"}' }));
    await openHttpTrainer().read({ url: endpoint.origin }, { model: 'a&b', retrainingId: 'a/b' });
    expect(endpoint.requests()[0]!.path).toBe('/trainings/a%2Fb?model=a%26b');
    await endpoint.stop();
  });

  it('is the end, when nobody waits for it any more', async () => {
    const trainer = await startFakeTrainer(() => new Promise(() => {}));
    const { start, cancel } = openHttpTrainer();
    await start({ url: trainer.url }, request);
    expect(await cancel({ url: trainer.url }, training)).toBe('told');
    expect(trainer.cancelled()).toEqual([training.retrainingId]);
    expect(await cancel({ url: trainer.url }, { ...training, model: 'another' })).toBe('not taken');
    await trainer.stop();
  });
});
