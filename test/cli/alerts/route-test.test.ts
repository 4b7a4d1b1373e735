import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { upsertInstallationSettings } from '../../../activities/alerts/installation-settings.ts';
import { openAlert } from '../../../activities/alerts/store.ts';
import { addAlerts } from '../../../cli/commands/alerts.ts';
import { installationSettingsSchema } from '../../../core/alert/installation-settings.ts';
import { alertsTo } from '../../setup/alert-settings.ts';
import { watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';
import { printed } from '../on-database.ts';

const test = useDatabase('shared by all tests');

it('shows which routes take an alert, whom they tell, when and why', async () => {
  await watch(test.database, {
    model: 'bike-demand',
    labels: { team: 'bikes' },
    alerts: { routes: [{ kind: 'degradation', pagerduty: true }, 'team'] },
  });
  const settings = installationSettingsSchema.parse({
    routes: [
      { name: 'team', labels: { team: 'bikes' }, slack: 'bikes' },
      { email: ['all@example.org'], digest: '08:00' },
    ],
    maintenance: [
      { model: 'bike-*', from: '2026-12-01T00:00:00Z', to: '2026-12-02T00:00:00Z', reason: 'the feed moves' },
    ],
  });
  await upsertInstallationSettings(test.database, settings, 'hash');
  const route = (...given: readonly string[]) =>
    printed(
      addAlerts,
      [
        'alerts',
        'route',
        '--test',
        '--model',
        'bike-demand',
        '--kind',
        'drift',
        '--severity',
        'warning',
        ...given,
      ],
      test,
    );

  expect(await route('--at', '2026-11-29T09:00:00Z')).toBe(
    [
      '  bike-demand/1  not its kind',
      '+ alerts/team',
      '  alerts/2  an earlier route has taken it',
      '-> slack bikes  by alerts/team, 2026-11-29T09:00:30Z: waits 30 s for more; then every 300 s at most; needs SLACK_WEBHOOK_URL_BIKES',
    ].join('\n'),
  );
  const json: unknown = JSON.parse(
    await route('--at', '2026-12-01T09:00:00Z', '--label', 'team=boats', '--json'),
  );
  expect(json).toMatchObject({
    recipients: [{ channel: 'email', recipient: 'all@example.org', due: '2026-12-02T08:00:00Z' }],
    held: 'maintenance until 2026-12-02T00:00:00Z: the feed moves',
  });
  expect(await route('--at', '2026-12-01T09:00:00Z')).toContain(
    [
      '-> slack bikes  by alerts/team, 2026-12-02T00:00:00Z: waits 30 s for more; then every 300 s at most; needs SLACK_WEBHOOK_URL_BIKES',
      'held: maintenance until 2026-12-02T00:00:00Z: the feed moves; told only if it is still open then',
    ].join('\n'),
  );
  await test.database.transaction((connection) =>
    openAlert(connection, {
      model: 'bike-demand',
      kind: 'freshness',
      subject: 'predictions',
      severity: 'warning',
      summary: 'no predictions since yesterday',
      facts: [],
      asOf: Date.UTC(2026, 10, 29),
      alerts: alertsTo([]),
      provenance: { workflowId: 'freshness:bike-demand', runId: 'run-1' },
    }),
  );
  expect(await route('--at', '2026-11-29T09:00:00Z')).toContain(
    [
      '-> slack bikes  by alerts/team, when it is no longer held back: waits 30 s for more; then every 300 s at most; needs SLACK_WEBHOOK_URL_BIKES',
      'held: held back by freshness:bike-demand:predictions; told only if it is still open then',
    ].join('\n'),
  );
  await expect(route('--label', 'boats')).rejects.toThrow(
    '"boats" is no label; write for example team=bikes',
  );
});

it('shows who is told when nobody acknowledges, and who takes what is refused', async () => {
  await watch(test.database, { model: 'house-prices' });
  const settings = installationSettingsSchema.parse({
    routes: [
      { severity: 'critical', unacknowledgedFor: '1h', webhook: true },
      { severity: 'critical', unacknowledgedFor: '30m', pagerduty: 'managers' },
      { severity: 'critical', unacknowledgedFor: '30m', slack: true },
      { severity: 'warning', unacknowledgedFor: '15m', slack: true },
      { pagerduty: true, fallback: [{ slack: 'oncall' }, { email: 'all@example.org' }] },
    ],
  });
  await upsertInstallationSettings(test.database, settings, 'other hash');
  const given = ['--model', 'house-prices', '--kind', 'drift', '--severity', 'critical'];
  const route = (...more: readonly string[]) =>
    printed(
      addAlerts,
      ['alerts', 'route', '--test', ...given, '--at', '2026-11-29T09:00:00Z', ...more],
      test,
    );

  expect(await route()).toBe(
    [
      '  alerts/1  after 1 hour without acknowledgement',
      '  alerts/2  after 30 minutes without acknowledgement',
      '  alerts/3  an earlier route has taken it',
      '  alerts/4  not its severity',
      '+ alerts/5',
      '-> pagerduty default  by alerts/5, 2026-11-29T09:00:00Z: at once; needs PAGERDUTY_ROUTING_KEY; if refused, then slack oncall, then email all@example.org',
      '-> pagerduty managers  by alerts/2, after 30 minutes without acknowledgement: at once; needs PAGERDUTY_ROUTING_KEY_MANAGERS',
      '-> webhook default  by alerts/1, after 1 hour without acknowledgement: waits 30 s for more; then every 300 s at most; needs WEBHOOK_URL',
    ].join('\n'),
  );
  expect(JSON.parse(await route('--json'))).toMatchObject({
    recipients: [{ route: 'alerts/5', fallback: ['slack oncall', 'email all@example.org'] }],
    unacknowledged: [
      { route: 'alerts/2', channel: 'pagerduty', recipient: 'managers', after: '30m' },
      { route: 'alerts/1', channel: 'webhook', recipient: 'default', after: '1h' },
    ],
  });
});

it('takes the routes of a file that is not applied, and says where it is wrong', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'routes-'));
  const file = join(directory, 'new-alerts.yaml');
  const route = () =>
    printed(
      addAlerts,
      [
        'alerts',
        'route',
        '--test',
        '--model',
        'by-file',
        '--kind',
        'drift',
        '--severity',
        'warning',
        '--file',
        file,
      ],
      { url: test.url },
    );
  await watch(test.database, { model: 'by-file' });
  await writeFile(file, 'routes:\n  - { name: new, slack: tried }\n');
  expect(await route()).toContain('-> slack tried  by alerts/new, ');
  await writeFile(file, 'routes:\n  - { name: new, slak: tried }\n');
  await expect(route()).rejects.toThrow(
    'new-alerts.yaml:2:18 routes[0].slak: is not a known key; did you mean "slack"?',
  );
  await rm(directory, { recursive: true });
});
