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
