/** Whatever trainers, MLflow and promotion hooks answer, it is read or refused with an error of the catalog, soon. */

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openMlflow, type MlflowRecord } from '../../activities/retraining/mlflow.ts';
import { openPromotionWebhook } from '../../activities/retraining/promotion-webhook.ts';
import { openHttpTrainer } from '../../activities/retraining/trainers/http.ts';
import { TidewatchError } from '../../core/errors.ts';
import { readTrainingAnswer, type TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import { startFakeMlflow, type FakeMlflow } from '../setup/fake-mlflow.ts';
import { startHttpEndpoint, type HttpEndpoint, type PlannedAnswer } from '../setup/http-endpoint.ts';
import { brokenText, runs } from './broken.ts';

let answer: PlannedAnswer;
let server: HttpEndpoint;
beforeAll(async () => {
  server = await startHttpEndpoint(() => answer);
});
afterAll(() => server.stop());

/** What it gives; @throws what is no error of the catalog */
async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TidewatchError)) throw error;
    expect(error.message.length).toBeLessThan(4_000);
    return error.code;
  }
}

const status = fc.constantFrom(200, 200, 200, 200, 201, 204, 301, 400, 404, 409, 429, 500, 503);
const succeeded = {
  state: 'succeeded',
  version: '2',
  featureImportances: { x: 0.5, c: 0.25 },
  features: ['x', 'c'],
  metrics: { rmse: 1.5 },
  latencyMs: { p50: 1, p95: 2 },
  cost: 3,
  lineage: { commit: 'abc', nested: { rows: 168 } },
};
const answers = fc.oneof(
  brokenText(succeeded),
  brokenText({ state: 'running', progress: 0.5, message: 'fits' }),
  brokenText({ state: 'failed', reason: 'no memory left' }),
);

describe('a trainer', () => {
  it('may answer anything, however it is asked', async () => {
    const trainer = openHttpTrainer(2_000);
    const key = { model: 'm', retrainingId: 'r' };
    const window = { start: '2024-01-01T00:00:00Z', end: '2024-01-02T00:00:00Z' };
    const request: TrainingRequest = {
      ...key,
      purpose: 'retraining',
      training: window,
      holdout: window,
      exclude: [],
    };
    await fc.assert(
      fc.asyncProperty(status, answers, async (status, body) => {
        answer = { status, body: status === 204 ? '' : body };
        const url = server.origin;
        const read = await outcomeOf(() => trainer.read({ url }, key));
        expect(await outcomeOf(() => trainer.start({ url }, request))).toEqual(read);
        await outcomeOf(() => trainer.cancel({ url }, key));
        if (typeof read !== 'string')
          expect(['running', 'succeeded', 'failed']).toContain((read as { state: string }).state);
      }),
      { numRuns: runs },
    );
  });

  it('may write anything into the text of its answer', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (text) => {
        await outcomeOf(() => readTrainingAnswer('a trainer', text));
      }),
      { numRuns: 10 * runs },
    );
  });
});

describe('MLflow', () => {
  const record: MlflowRecord = {
    run: {
      key: 'm/2024-01-01T00:00:00Z',
      name: 'retraining',
      status: 'FINISHED',
      startedAt: 0,
      endedAt: 1,
      params: { a: '1' },
      tags: { b: '2' },
      metrics: [{ key: 'rmse', value: 1, timestamp: 0 }],
    },
    versions: [{ version: '2', registeredAs: null, source: 's3://b/m', ofRun: true, tags: {} }],
    aliases: { champion: '2' },
  };
  const right = {
    run: { info: { run_id: 'r' } },
    runs: [{ info: { run_id: 'r' } }],
    experiment: { experiment_id: '1' },
    model_versions: [{ version: '1' }],
    model_version: { version: '1' },
    registered_model: { aliases: [{ alias: 'champion', version: '1' }] },
    error_code: 'RESOURCE_ALREADY_EXISTS',
    message: 'there already',
  };
  let real: FakeMlflow;
  beforeAll(async () => {
    real = await startFakeMlflow();
  });
  afterAll(() => real.stop());

  it('may answer anything to each of its calls', async () => {
    const mlflow = openMlflow({ timeoutMs: 2_000 });
    const target = { url: server.origin, registeredModel: 'm' };
    await fc.assert(
      fc.asyncProperty(status, brokenText(right), async (status, body) => {
        answer = { status, body: status === 204 ? '' : body };
        await outcomeOf(() => mlflow.record(target, record));
      }),
      { numRuns: runs },
    );
  });

  it('whose answer does not end is not read to its end', async () => {
    answer = { status: 200, body: `{"a": "${'x'.repeat(40_000_000)}"}` };
    expect(
      await outcomeOf(() => openMlflow().record({ url: server.origin, registeredModel: 'm' }, record)),
    ).toBe('MLFLOW_REFUSED');
  });

  it('that answers as it should is still taken', async () => {
    expect(
      await outcomeOf(() => openMlflow().record({ url: real.url, registeredModel: 'm' }, record)),
    ).toBeUndefined();
  });
});

it('a promotion hook may answer anything', async () => {
  const hook = openPromotionWebhook({ secrets: ['whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz'] });
  await fc.assert(
    fc.asyncProperty(status, brokenText({ ok: true }), async (status, body) => {
      answer = { status, body: status === 204 ? '' : body };
      const outcome = await hook(server.origin, { id: '1', body: '{}' });
      expect(JSON.stringify(outcome).length).toBeLessThan(4_000);
    }),
    { numRuns: runs },
  );
});
