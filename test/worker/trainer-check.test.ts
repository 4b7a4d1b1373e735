import { expect, it } from 'vitest';

import { unconfiguredTrainers } from '../../worker/trainer-check.ts';
import { watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';

const test = useDatabase('shared by all tests');

it('names every variable that stored trainers and hooks need and the environment lacks, once', async () => {
  const url = 'http://127.0.0.1:8080';
  const headers = { authorization: { env: 'TRAINER_TOKEN' }, team: { env: 'TRAINER_TEAM' } };
  await watch(test.database, { model: 'bikes', retraining: { trainer: { url, headers } } });
  await watch(test.database, {
    model: 'flights',
    retraining: {
      trainer: { url, headers, completion: 'callback' },
      promotion: { hook: { url: 'https://serving.example.org' } },
    },
  });
  await watch(test.database, {
    model: 'houses',
    retraining: {
      trainer: { kind: 'command', command: ['./train'] },
      promotion: { hook: { command: ['./promote'] } },
    },
  });
  await watch(test.database, { model: 'untrained' });
  const nothing = {
    trainers: { secrets: { TRAINER_TEAM: 'bikes' }, callbackSecrets: undefined, mayRunCommands: false },
    registry: { promotionHookSecrets: undefined, mlflowToken: undefined },
  };
  const sentence = (models: string, variable: string) =>
    `the retraining of ${models} fails without ${variable}, which is not set: set it and restart the worker`;
  expect(await unconfiguredTrainers(test.database, nothing)).toEqual([
    sentence('bikes, flights', 'TRAINER_TOKEN'),
    sentence('flights', 'TIDEWATCH_CALLBACK_SECRET'),
    sentence('flights', 'PROMOTION_HOOK_SECRET'),
    sentence('houses', 'TIDEWATCH_ALLOW_COMMANDS=true'),
  ]);
  const all = {
    trainers: {
      secrets: { TRAINER_TOKEN: 'x', TRAINER_TEAM: 'y' },
      callbackSecrets: ['a secret'] as const,
      mayRunCommands: true,
    },
    registry: { promotionHookSecrets: ['another'], mlflowToken: undefined },
  };
  expect(await unconfiguredTrainers(test.database, all)).toEqual([]);
});
