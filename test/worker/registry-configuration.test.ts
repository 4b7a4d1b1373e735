import { describe, expect, it } from 'vitest';

import { readRegistry } from '../../worker/registry-configuration.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const read = (environment: Readonly<Record<string, string>>) => {
  const problems: string[] = [];
  return { ...readRegistry(environment, problems), problems };
};

describe('readRegistry', () => {
  it('has no secrets where none are configured', () => {
    expect(read({})).toEqual({ promotionHookSecrets: undefined, mlflowToken: undefined, problems: [] });
  });

  it('takes several secrets, so that one can take the place of another', () => {
    expect(read({ PROMOTION_HOOK_SECRET: `${secret} ${secret}` })).toMatchObject({
      promotionHookSecrets: [secret, secret],
      problems: [],
    });
  });

  it('says what a secret has to be, and never repeats it', () => {
    expect(read({ PROMOTION_HOOK_SECRET: 'hunter2' }).problems).toEqual([
      '  PROMOTION_HOOK_SECRET: write whsec_ and 24 to 64 bytes in base64, for example "whsec_$(openssl rand -base64 32)"',
    ]);
  });

  it('keeps a token for the origin of its server', () => {
    const environment = {
      MLFLOW_TRACKING_URI: 'https://mlflow.example.org/base',
      MLFLOW_TRACKING_TOKEN: 'token',
    };
    expect(read(environment)).toMatchObject({
      mlflowToken: { origin: 'https://mlflow.example.org', token: 'token' },
      problems: [],
    });
  });

  it.each([undefined, 'mlruns', 'https://'])('wants to know whom a token is for: %s', (server) => {
    const environment = { MLFLOW_TRACKING_TOKEN: 'token', ...(server && { MLFLOW_TRACKING_URI: server }) };
    expect(read(environment)).toMatchObject({
      mlflowToken: undefined,
      problems: ['  MLFLOW_TRACKING_URI: write the URL of the server that MLFLOW_TRACKING_TOKEN is for'],
    });
  });
});
