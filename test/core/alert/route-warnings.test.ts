import { expect, it } from 'vitest';

import { routeSchema } from '../../../core/alert/route-settings.ts';
import { routeWarnings } from '../../../core/alert/route-warnings.ts';

const critical = { severity: ['critical'], pagerduty: true };

it.each<[string, readonly (object | string)[], readonly string[]]>([
  ['what is usual', [critical, { kind: 'drift', slack: true }, { email: ['a@example.org'] }], []],
  ['below a catch-all', [{ slack: true }, critical], ['route 2 takes no alert: route 1']],
  ['below one that continues', [{ slack: true, continue: true }, critical], []],
  ['below one of other severities', [{ severity: ['warning'], slack: true }, critical], []],
  ['below one of a model', [{ model: 'bike-*', slack: true }, critical], []],
  [
    'below one of the day',
    [{ hours: { from: '08:00', to: '17:00', otherwise: 'skip' }, slack: true }, critical],
    [],
  ],
  ['for what nobody has acknowledged', [{ slack: true }, { unacknowledgedFor: '30m', pagerduty: true }], []],
  [
    'that waits as long as the one above',
    [
      { severity: ['critical'], unacknowledgedFor: '30m', slack: true },
      { severity: ['critical'], unacknowledgedFor: '1800s', pagerduty: true },
    ],
    ['route 2 takes no alert: route 1'],
  ],
  [
    'that waits as long as the one above, which continues',
    [
      { unacknowledgedFor: '30m', continue: true, slack: true },
      { unacknowledgedFor: '30m', pagerduty: true },
    ],
    [],
  ],
  [
    'that waits longer than the one above',
    [
      { unacknowledgedFor: '30m', slack: true },
      { unacknowledgedFor: '1h', pagerduty: true },
    ],
    [],
  ],
  ['below one that waits', [{ unacknowledgedFor: '30m', slack: true }, critical], []],
  ['below one that is named', ['oncall', critical], []],
  ['without a channel', ['oncall', { kind: 'drift' }], ['route 2 tells nobody: it has no channel']],
  [
    'that pages in a digest',
    [{ ...critical, digest: '08:00' }],
    ['route 1: its digest is not for PagerDuty'],
  ],
  ['that mails in a digest', [{ email: ['a@example.org'], digest: '08:00' }], []],
])('warns of routes: %s', (_, routes, warnings) => {
  const given = routes.map((route) => (typeof route === 'string' ? route : routeSchema.parse(route)));
  expect(routeWarnings(given)).toEqual(warnings.map((text) => expect.stringContaining(text)));
});
