import { describe, expect, it } from 'vitest';

import { routeSchema, routesSchema } from '../../../core/alert/route-settings.ts';
import { fitsPattern, mismatchOf, recipientsOf, routesInOrder } from '../../../core/alert/routes.ts';
import type { AlertToRoute } from '../../../core/alert/routes.ts';
import { parseInstant } from '../../../core/window.ts';

const alert: AlertToRoute = {
  model: 'bike-demand',
  kind: 'drift',
  subject: 'hum',
  severity: 'critical',
  labels: { team: 'bikes' },
  at: parseInstant('2026-11-27T12:00:00Z'),
};
const written = (...routes: readonly object[]) =>
  routesInOrder('bike-demand', routesSchema.parse(routes), []);
const told = (routes: readonly object[], given: Partial<AlertToRoute> = {}) =>
  recipientsOf(written(...routes), { ...alert, ...given }).map(
    ({ channel, recipient }) => `${channel} ${recipient}`,
  );

it('takes one severity and one address without a list', () => {
  const { severity, email } = routeSchema.parse({ severity: 'critical', email: 'a@example.org' });
  expect({ severity, email }).toEqual({ severity: ['critical'], email: ['a@example.org'] });
});

describe('a route fits an alert', () => {
  it.each<[string, object, Partial<AlertToRoute>]>([
    ['that is one of its severities', { severity: ['warning', 'critical'] }, {}],
    ['of its kind', { kind: 'drift' }, {}],
    ['of one of its kinds', { kind: ['degradation', 'drift'] }, {}],
    ['of its model', { model: 'bike-demand' }, {}],
    ['of a model like its pattern', { model: ['boat-*', 'b?ke-*'] }, {}],
    ['with its labels', { labels: { team: ['boats', 'bikes'] } }, {}],
    [
      'at any time, when it holds what comes outside of its hours',
      { hours: { from: '14:00', to: '15:00' } },
      {},
    ],
    [
      'within hours outside of which it skips',
      { hours: { from: '12:00', to: '12:01', otherwise: 'skip' } },
      {},
    ],
    ['unacknowledged for as long as it waits', { unacknowledgedFor: '1h' }, { unacknowledgedMs: 3_600_000 }],
    ['whatever it is, when it says nothing', {}, {}],
  ])('%s', (_, route, given) => {
    expect(mismatchOf(written(route)[0]!.route, { ...alert, ...given })).toBeNull();
  });

  it.each<[string, object, Partial<AlertToRoute>]>([
    ['severity', { severity: ['warning'], model: 'boats' }, {}],
    ['kind', { kind: ['degradation'] }, {}],
    ['model', { model: 'bike' }, {}],
    ['labels', { labels: { team: 'bikes', site: 'porto' } }, {}],
    ['hours', { hours: { days: ['sat'], from: '00:00', to: '00:00', otherwise: 'skip' } }, {}],
    ['unacknowledgedFor', { unacknowledgedFor: '1h' }, {}],
    ['unacknowledgedFor', { unacknowledgedFor: '1h' }, { unacknowledgedMs: 3_599_999 }],
    ['unacknowledgedFor', { unacknowledgedFor: '1h' }, { unacknowledgedMs: 7_200_000 }],
    ['unacknowledgedFor', {}, { unacknowledgedMs: 3_600_000 }],
  ])('not, because of its %s', (key, route, given) => {
    expect(mismatchOf(written(route)[0]!.route, { ...alert, ...given })).toBe(key);
  });

  it.each([
    ['bike-*', 'bike-demand', true],
    ['*', 'anything', true],
    ['bike.*', 'bikeX1', false],
    ['b?ke', 'bike', true],
    ['b?ke', 'bke', false],
    ['ike', 'bike', false],
  ])('pattern %s and model %s: %s', (pattern, model, fits) => {
    expect(fitsPattern(pattern, model)).toBe(fits);
  });
});

describe('recipientsOf', () => {
  it('gives nobody without routes, or when none fits', () => {
    expect(told([])).toEqual([]);
    expect(told([{ severity: ['warning'], slack: true }])).toEqual([]);
  });

  it('takes the first route that fits, and the next as long as it says to continue', () => {
    const routes = [
      { severity: ['warning'], slack: 'warnings' },
      { slack: 'first', continue: true },
      { slack: 'second' },
      { slack: 'third' },
    ];
    expect(told(routes)).toEqual(['slack first', 'slack second']);
  });

  it('tells nobody by a route that fits and names nobody', () => {
    expect(told([{ kind: 'drift' }, { slack: true }])).toEqual([]);
  });

  it('asks the routes of the monitor before those of the installation, which it may name in between', () => {
    const installed = routesSchema.parse([{ name: 'team', slack: 'team', continue: true }, { slack: true }]);
    const own = routesSchema.parse(['team', 'gone', { pagerduty: true, continue: true }]);
    const routes = routesInOrder(
      'bike-demand',
      own,
      installed.filter((route) => typeof route === 'object'),
    );
    expect(recipientsOf(routes, alert).map(({ route, recipient }) => [route, recipient])).toEqual([
      ['alerts/team', 'team'],
      ['bike-demand/3', 'default'],
      ['alerts/2', 'default'],
    ]);
  });

  it('gives a mailbox once, and one message to all the addresses of a route', () => {
    const routes = [
      { slack: true, email: ['a@example.org', 'a@example.org'], continue: true },
      { slack: true, email: ['A@example.org', 'b@example.org', 'c@example.org'] },
    ];
    expect(told(routes)).toEqual([
      'slack default',
      'email a@example.org',
      'email b@example.org, c@example.org',
    ]);
  });

  it('names who takes a refused message: those of its fallback in their order, or the others of the route', () => {
    const fallbacks = (route: object) =>
      recipientsOf(written(route), alert).map(({ terms }) =>
        terms.fallback.map(({ channel, recipient }) => `${channel} ${recipient}`),
      );
    const fallback = [{ email: ['a@example.org'] }, { slack: 'ops' }];
    expect(fallbacks({ pagerduty: true, fallback })).toEqual([['email a@example.org', 'slack ops']]);
    expect(fallbacks({ slack: true, pagerduty: true, email: ['a@example.org'] })).toEqual([
      ['slack default', 'email a@example.org'],
      ['email a@example.org', 'pagerduty default'],
      ['pagerduty default', 'slack default'],
    ]);
  });

  it('groups messages as the route says, and sends each alert on its own where the provider groups', () => {
    const [pager, slack] = recipientsOf(
      written({ pagerduty: true, slack: true, groupBy: ['labels.team'], groupWait: '2m', budget: 3 }),
      alert,
    );
    expect(pager).toMatchObject({
      group: 'alert=drift:bike-demand:hum',
      terms: { waitMs: 0, intervalMs: 0 },
    });
    expect(pager!.terms.budget).toBeUndefined();
    expect(slack).toMatchObject({
      group: 'labels.team=bikes',
      terms: { waitMs: 120_000, intervalMs: 300_000, budget: 3 },
    });
  });

  it('has one group for a digest', () => {
    const [{ group, terms } = { group: '?', terms: {} }] = recipientsOf(
      written({ slack: true, digest: '08:00' }),
      alert,
    );
    expect(group).toBe('');
    expect(terms).toMatchObject({ digest: { at: '08:00', timeZone: 'UTC' } });
  });
});
