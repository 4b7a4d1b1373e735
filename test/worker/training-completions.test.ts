/** Where trainers call, over real HTTP; database and Temporal are told. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openCallbackTokens } from '../../activities/retraining/callback-tokens.ts';
import type { RetrainingRun } from '../../activities/retraining/store.ts';
import type { TrainingAnswer } from '../../core/retraining/trainer-contract.ts';
import { openHttpEndpoint, type HttpEndpoint } from '../../worker/http.ts';

const training = { model: 'bike-demand', retrainingId: '2011-05-20T03:40:00Z' };
const path = '/retrainings/bike-demand/2011-05-20T03%3A40%3A00Z/completion';
const tokens = openCallbackTokens(['a secret']);
const succeeded = { state: 'succeeded', version: '2', lineage: {} };

let run: Partial<RetrainingRun> | undefined;
let workflow: 'told' | 'gone';
let told: { readonly workflowId: string; readonly answer: TrainingAnswer }[];
let noted: TrainingAnswer[];
let endpoint: HttpEndpoint;
beforeEach(() => {
  run = { state: 'training', challenger_version: null, workflow_id: 'retraining-1' };
  workflow = 'told';
  told = [];
  noted = [];
});
beforeAll(async () => {
  endpoint = await openHttpEndpoint('127.0.0.1', 0, {
    workerState: () => 'RUNNING',
    checkDatabase: async () => [],
    sdkMetrics: async () => '',
    reports: { find: async () => undefined, list: async () => [], groups: async () => [] },
    completions: {
      tokens,
      find: async ({ model, retrainingId }) =>
        model === training.model && retrainingId === training.retrainingId
          ? (run as RetrainingRun | undefined)
          : undefined,
      note: async (_, running) => {
        noted.push(running);
        return noted.length === 1;
      },
      tell: async (workflowId, answer) => {
        told.push({ workflowId, answer });
        return workflow;
      },
    },
  });
});
afterAll(() => endpoint.close());

async function call(answer: unknown, { at = path, token = tokens.issue(training) } = {}) {
  const response = await fetch(endpoint.url + at, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: typeof answer === 'string' ? answer : JSON.stringify(answer),
  });
  return { status: response.status, body: await response.text() };
}

describe('an answer that a trainer calls with', () => {
  it('is stored where it says how the training is getting on, and passed on where it is not too soon', async () => {
    for (const progress of [0.1, 0.2]) {
      expect(await call({ state: 'running', progress })).toEqual({ status: 200, body: 'taken\n' });
    }
    expect(noted).toEqual([
      { state: 'running', progress: 0.1 },
      { state: 'running', progress: 0.2 },
    ]);
    expect(told).toMatchObject([{ answer: { progress: 0.1 } }]);
  });

  it.each([
    ['succeeded', succeeded],
    ['failed', { state: 'failed', reason: 'no memory left' }],
    ['running', { state: 'running', progress: 0.5 }],
  ])('is passed on to the workflow: %s', async (_, answer) => {
    expect(await call(answer)).toEqual({ status: 200, body: 'taken\n' });
    expect(told).toEqual([{ workflowId: 'retraining-1', answer }]);
  });

  it('may be called again, before and after it was taken', async () => {
    await call(succeeded);
    expect(await call(succeeded)).toMatchObject({ status: 200 });
    run = { ...run, state: 'validating', challenger_version: '2' };
    expect(await call(succeeded)).toEqual({ status: 200, body: 'taken before\n' });
    expect(told).toHaveLength(2);
  });

  it('is not taken in the place of another one', async () => {
    run = { ...run, state: 'validating', challenger_version: '2' };
    for (const other of [
      { ...succeeded, version: '3' },
      { state: 'failed', reason: 'after all' },
    ]) {
      expect(await call(other)).toMatchObject({
        status: 409,
        body: expect.stringContaining('has version 2; this answer is not taken'),
      });
    }
    expect(told).toEqual([]);
  });

  it.each(['kept', 'rejected', 'failed', 'cancelled', 'rolled-back'] as const)(
    'is late when the retraining is %s',
    async (state) => {
      run = { ...run, state };
      expect(await call(succeeded)).toEqual({
        status: 409,
        body: `the retraining has ended: ${state}; this answer is not taken\n`,
      });
      expect(told).toEqual([]);
    },
  );

  it('is late when the workflow was ended from outside', async () => {
    workflow = 'gone';
    expect(await call(succeeded)).toMatchObject({ status: 409 });
  });

  it('is for a retraining that there is', async () => {
    run = undefined;
    expect(await call(succeeded)).toMatchObject({ status: 404 });
  });

  it.each([
    ['{"state":"succeeded","version":"2","metrics":{"rmse":NaN}}', 'NaN'],
    ['{"state":"done"}', 'docs/trainers.md says what a trainer answers'],
    ['', 'cannot be read'],
  ])('that is %s is refused, and says why', async (answer, words) => {
    expect(await call(answer)).toEqual({ status: 400, body: expect.stringContaining(words) });
    expect(told).toEqual([]);
  });

  it('that is too long is refused', async () => {
    expect(await call(JSON.stringify({ ...succeeded, log: 'x'.repeat(300_000) }))).toMatchObject({
      status: 413,
    });
  });
});

describe('a call without the token of the training', () => {
  it.each([
    ['none', ''],
    ['that of another retraining', tokens.issue({ ...training, retrainingId: '2011-05-21T03:40:00Z' })],
    ['one of another secret', openCallbackTokens(['another']).issue(training)],
  ])('is refused: %s', async (_, token) => {
    expect(await call(succeeded, { token })).toMatchObject({ status: 401 });
    expect(told).toEqual([]);
  });

  it('learns nothing of what there is', async () => {
    const at = '/retrainings/no-model/no-retraining/completion';
    expect(await call(succeeded, { at })).toEqual(await call(succeeded, { token: 'x' }));
  });
});

it('is no page', async () => {
  expect((await fetch(endpoint.url + path)).status).toBe(404);
  expect((await call(succeeded, { at: '/retrainings/a/completion' })).status).toBe(405);
  expect((await call(succeeded, { at: '/retrainings/%E0%A4%A/b/completion' })).status).toBe(405);
});
