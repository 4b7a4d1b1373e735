import { readFile, writeFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { TrainingAnswer } from '../../../core/retraining/trainer-contract.ts';
import {
  decodeTrainingAnswer,
  readTrainingAnswer,
  trainingAnswerSchema,
  trainingRequestSchema,
} from '../../../core/retraining/trainer-contract.ts';

const published = new URL('../../../docs/trainer.schema.json', import.meta.url);

// After a change of the contract: UPDATE_GOLDEN=1 npx vitest run test/core/retraining/trainer-contract.test.ts
it('is what docs/trainer.schema.json says', async () => {
  const { $schema, ...request } = z.toJSONSchema(trainingRequestSchema(), { io: 'input' });
  const { $schema: _, ...answer } = z.toJSONSchema(trainingAnswerSchema(), { io: 'input' });
  const schema = {
    $schema,
    title: 'What Tidewatch and a trainer say to each other',
    $defs: { TrainingRequest: request, TrainingAnswer: answer },
  };
  if (process.env['UPDATE_GOLDEN'] === '1')
    await writeFile(published, `${JSON.stringify(schema, null, 2)}\n`);
  expect(schema).toEqual(JSON.parse(await readFile(published, 'utf8')));
});

describe('the answer of a trainer', () => {
  const whole = {
    state: 'succeeded',
    version: '2011-05-20',
    featureImportances: { temp: 3, holiday: -0.1 },
    features: ['temp', 'holiday'],
    metrics: { rmse: 52.9 },
    latencyMs: { p50: 0.4, p95: 1.1 },
    cost: 3.5,
    lineage: { commit: '4f0c2a1' },
  };

  it.each<[string, unknown, TrainingAnswer]>([
    ['is all that a trainer may say', whole, whole as TrainingAnswer],
    [
      'needs a version only',
      { state: 'succeeded', version: '2' },
      { state: 'succeeded', version: '2', lineage: {} },
    ],
    ['may say more, which is not kept', { state: 'running', took: 12 }, { state: 'running' }],
    [
      'may say how far it is',
      { state: 'running', progress: 0.5, message: 'fold 3 of 5' },
      { state: 'running', progress: 0.5, message: 'fold 3 of 5' },
    ],
    ['may be a failure', { state: 'failed', reason: 'no rows' }, { state: 'failed', reason: 'no rows' }],
  ])('%s', (_, said, heard) => {
    expect(readTrainingAnswer('the trainer', JSON.stringify(said))).toEqual(heard);
  });

  it.each([
    ['', 'Unexpected end'],
    ['<html>', 'Unexpected token'],
    ['{"state":"succeeded","version":"2","metrics":{"rmse":NaN}}', 'it holds NaN or Infinity'],
    ['{"state":"succeeded","version":"2","metrics":{"rmse":-Infinity}}', 'it holds NaN or Infinity'],
    ['{"state":"succeeded","version":"2","metrics":{"rmse":null}}', 'metrics.rmse: '],
    ['{"state":"succeeded","version":"2","metrics":{"rmse":1e999}}', 'metrics.rmse: '],
    ['{"state":"succeeded","version":"2","latencyMs":{"p50":1}}', 'latencyMs.p95: '],
    ['{"state":"succeeded","version":"2","cost":-1}', 'cost: '],
    ['{"state":"succeeded","version":"2","featureImportances":{"temp":"high"}}', 'featureImportances.temp: '],
    ['{"state":"succeeded","version":"2","featureImportances":[1]}', 'featureImportances: '],
    ['{"state":"succeeded","version":2}', 'version: '],
    ['{"state":"succeeded","version":""}', 'version: '],
    ['{"state":"succeeded","version":"2\\n"}', 'version: must be without control characters'],
    ['{"state":"succeeded"}', 'version: '],
    ['{"state":"running","progress":50}', 'progress: '],
    ['{"state":"failed"}', 'reason: '],
    ['{"state":"done"}', 'state: '],
    ['null', 'in null'],
    ['[]', 'in []'],
  ])('that is %s cannot be read, and says why', (text, words) => {
    expect(() => readTrainingAnswer('the trainer', text)).toThrow(
      expect.objectContaining({
        code: 'TRAINER_ANSWER_UNREADABLE',
        retryable: false,
        message: expect.stringContaining(words),
      }),
    );
  });

  it('that is long is quoted by its beginning', () => {
    const long = { state: 'done', log: 'x'.repeat(1_000_000) };
    expect(() => decodeTrainingAnswer('the trainer', long)).toThrow(/^.{0,600}$/s);
  });
});
