import { expect, it } from 'vitest';

import { emailMessage } from '../../activities/alerts/email-message.ts';
import { composeMessage } from '../../core/alert/compose.ts';
import type { AlertEventText } from '../../core/alert/message.ts';
import { eventsInEmail } from './compare.ts';

const began: AlertEventText = {
  model: 'rides',
  alertKey: 'retraining:rides:2024-01-17',
  episode: 1,
  event: 'opened',
  kind: 'retraining',
  severity: 'info',
  title: 'rides is being retrained',
  summary: 'since it is degraded',
  facts: [{ name: 'Version', value: '1' }],
  asOf: 0,
  links: [],
  runId: 'run',
};
const promoted: AlertEventText = {
  ...began,
  event: 'repeated',
  title: 'rides has a new champion',
  summary: `2 replaces 1: ${'better '.repeat(40)}`,
};
const other: AlertEventText = {
  ...began,
  alertKey: 'drift:rides:x',
  kind: 'drift',
  severity: 'critical',
  title: 'rides has drift of x',
  summary: '2 sd',
};
const read = (...events: AlertEventText[]): string[] =>
  eventsInEmail(emailMessage(composeMessage(events), 'example.org'));

it('finds the same events in one e-mail of several as in one of each', () => {
  const alone = [began, promoted, other].map((event) => read(event)[0]);
  expect(alone[0]).toBe('[info] rides is being retrained: since it is degraded');
  expect(read(began, promoted)).toEqual(alone.slice(0, 2));
  expect(read(began, promoted, other)).toEqual(alone);
});
