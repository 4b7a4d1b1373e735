import { expect, it } from 'vitest';

import { openCallbackTokens } from '../../../activities/retraining/callback-tokens.ts';

const training = { model: 'bike-demand', retrainingId: '2011-05-20T03:40:00Z' };
const tokens = openCallbackTokens(['a secret']);
const token = tokens.issue(training);

it('is the same for a training each time, and accepted for it', () => {
  expect(tokens.issue(training)).toBe(token);
  expect(tokens.accepts(training, token)).toBe(true);
});

it.each([
  ['another model', { ...training, model: 'flight-delay' }],
  ['another retraining', { ...training, retrainingId: '2011-05-21T03:40:00Z' }],
  // The two parts cannot be shifted against each other.
  ['the same letters', { model: 'bike-demand2011', retrainingId: '-05-20T03:40:00Z' }],
])('is not accepted for %s', (_, other) => {
  expect(tokens.accepts(other, token)).toBe(false);
});

it.each(['', 'x', token.slice(1), `${token}A`, token.toUpperCase()])('is not %j', (other) => {
  expect(tokens.accepts(training, other)).toBe(false);
});

it('is accepted after its secret has got a successor, until it is taken away', () => {
  expect(openCallbackTokens(['a new secret', 'a secret']).accepts(training, token)).toBe(true);
  expect(openCallbackTokens(['a new secret']).accepts(training, token)).toBe(false);
  expect(openCallbackTokens(['a new secret', 'a secret']).issue(training)).not.toBe(token);
});
