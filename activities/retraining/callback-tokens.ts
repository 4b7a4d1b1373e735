/**
 * What a trainer shows when it calls back: a token that this worker has signed, for one training only. It needs no memory, so
 * that any worker may be called, and a repeated request carries the same one.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';

import type { TrainingKey } from './trainers/http.ts';

export interface CallbackTokens {
  issue(training: TrainingKey): string;
  accepts(training: TrainingKey, token: string): boolean;
}

/** @param secrets the first one signs, any is accepted, so that one can take the place of another */
export function openCallbackTokens(secrets: readonly [string, ...string[]]): CallbackTokens {
  const sign = (secret: string, { model, retrainingId }: TrainingKey): Buffer =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['training-completion', model, retrainingId]))
      .digest();
  return {
    issue: (training) => sign(secrets[0], training).toString('base64url'),
    accepts(training, token) {
      const given = Buffer.from(token, 'base64url');
      return secrets.some((secret) => {
        const expected = sign(secret, training);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
    },
  };
}
