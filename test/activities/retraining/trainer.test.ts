import { createServer } from 'node:http';
import type { Server } from 'node:http';

import { afterEach, describe, expect, it } from 'vitest';

import type { TrainingRequest } from '../../../activities/retraining/trainer.ts';
import { openTrainer } from '../../../activities/retraining/trainer.ts';
import { TidewatchError } from '../../../core/errors.ts';
import { listenOnLoopback } from '../../../demo/stack/loopback-ports.ts';
import { startFakeTrainer } from '../../setup/fake-trainer.ts';

const request: TrainingRequest = {
  retrainingId: '2024-01-10T03:40:00Z',
  model: 'trained',
  training: { start: '2024-01-01T00:00:00Z', end: '2024-01-03T00:00:00Z' },
  holdout: { start: '2024-01-03T00:00:00Z', end: '2024-01-10T00:00:00Z' },
};

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
    const { start, read } = openTrainer();
    expect(await start(trainer.url, request)).toEqual({ state: 'running' });
    expect(trainer.trainings()).toEqual([request]);
    expect(await read(trainer.url, request.retrainingId)).toEqual({
      state: 'succeeded',
      version: '2',
      lineage: { rows: 48 },
    });
    await trainer.stop();
  });

  it('may leave the lineage out and add what it likes', async () => {
    const url = await answering(200, JSON.stringify({ state: 'succeeded', version: '2', took: 12 }));
    expect(await openTrainer().read(url, 'id')).toEqual({ state: 'succeeded', version: '2', lineage: {} });
  });

  it('may say how much each feature matters', async () => {
    const answer = { state: 'succeeded', version: '2', featureImportances: { temp: 3, holiday: -0.1 } };
    const url = await answering(200, JSON.stringify(answer));
    expect(await openTrainer().read(url, 'id')).toEqual({ ...answer, lineage: {} });
  });

  it('may be configured with a slash at the end of its URL', async () => {
    const trainer = await startFakeTrainer(async () => ({ state: 'running' }));
    await openTrainer().start(`${trainer.url}/`, request);
    expect(trainer.requests()).toBe(1);
    await trainer.stop();
  });
});

describe('a trainer that is away', () => {
  it('is asked again: nobody listens', async () => {
    const error = await failureOf(openTrainer().start('http://127.0.0.1:1', request));
    expect(error).toMatchObject({ code: 'TRAINER_UNREACHABLE', retryable: true });
    expect(error.message).toContain('http://127.0.0.1:1/trainings does not answer');
    expect(error.message).toContain('correct `retraining.trainer.url`');
  });

  it('is asked again: it answers 503', async () => {
    const error = await failureOf(openTrainer().read(await answering(503, 'busy'), 'id'));
    expect(error).toMatchObject({ code: 'TRAINER_UNREACHABLE', retryable: true });
    expect(error.message).toContain('503 busy');
  });

  it('is asked again: it does not answer in time', async () => {
    server = createServer(() => undefined);
    const url = `http://127.0.0.1:${await listenOnLoopback(server)}`;
    const error = await failureOf(openTrainer(50).read(url, 'id'));
    expect(error).toMatchObject({ code: 'TRAINER_UNREACHABLE', retryable: true });
  });
});

describe('a trainer that refuses', () => {
  it.each([
    [400, 'no such model', '400 no such model'],
    [404, 'no such training', '404 no such training'],
    [200, '<html>', 'unreadable answer: 200 <html>'],
    [200, '{"state":"done"}', 'unreadable answer: 200 {"state":"done"}'],
    [200, '{"state":"succeeded"}', 'unreadable answer: 200 {"state":"succeeded"}'],
    [200, '{"state":"succeeded","version":""}', 'unreadable answer'],
    [200, '{"state":"failed"}', 'unreadable answer'],
    [
      200,
      '{"state":"succeeded","version":"2","featureImportances":{"temp":"high"}}',
      '(featureImportances.temp ',
    ],
    [200, '{"state":"succeeded","version":"2","featureImportances":[1]}', '(featureImportances '],
  ])('with %d %s is not asked again', async (status, body, words) => {
    const error = await failureOf(openTrainer().start(await answering(status, body), request));
    expect(error).toMatchObject({ code: 'TRAINER_REFUSED', retryable: false });
    expect(error.message).toContain(words);
  });
});
