import { describe, expect, it } from 'vitest';

import { recipientsOf } from '../../../core/alert/recipients.ts';
import type { AlertRoute } from '../../../core/monitor/schema.ts';

const route = (given: Partial<AlertRoute>): AlertRoute => ({
  severity: ['info', 'warning', 'critical'],
  slack: false,
  email: [],
  ...given,
});

describe('recipientsOf', () => {
  it('gives nobody without routes, or when none is for the severity', () => {
    expect(recipientsOf([], 'critical')).toEqual([]);
    expect(recipientsOf([route({ severity: ['critical'], slack: true })], 'warning')).toEqual([]);
  });

  it('gives Slack once, however many routes name it', () => {
    expect(recipientsOf([route({ slack: true }), route({ slack: true })], 'info')).toEqual([
      { channel: 'slack', recipient: 'default' },
    ]);
  });

  it('gives one message to all the addresses of a route', () => {
    expect(recipientsOf([route({ email: ['a@example.org', 'b@example.org'] })], 'info')).toEqual([
      { channel: 'email', recipient: 'a@example.org, b@example.org' },
    ]);
  });

  it('leaves out an address that an earlier route, or the same one, has named', () => {
    const routes = [
      route({ email: ['a@example.org', 'a@example.org'] }),
      route({ email: ['A@example.org', 'b@example.org'] }),
      route({ email: ['b@example.org'] }),
    ];
    expect(recipientsOf(routes, 'critical').map(({ recipient }) => recipient)).toEqual([
      'a@example.org',
      'b@example.org',
    ]);
  });

  it('asks only the routes of the severity about duplicates', () => {
    const routes = [
      route({ severity: ['info'], email: ['a@example.org'] }),
      route({ email: ['a@example.org'] }),
    ];
    expect(recipientsOf(routes, 'critical')).toEqual([{ channel: 'email', recipient: 'a@example.org' }]);
  });

  it('gives everybody who is told of any of several severities', () => {
    const routes = [
      route({ severity: ['warning'], email: ['w@example.org'] }),
      route({ severity: ['critical'], slack: true }),
    ];
    expect(recipientsOf(routes, 'critical', 'warning').map(({ recipient }) => recipient)).toEqual([
      'default',
      'w@example.org',
    ]);
  });
});
