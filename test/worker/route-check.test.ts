import { expect, it } from 'vitest';

import { openChannels } from '../../activities/alerts/channels.ts';
import { upsertInstallationSettings } from '../../activities/alerts/installation-settings.ts';
import { installationSettingsSchema } from '../../core/alert/installation-settings.ts';
import { unconfiguredRoutes } from '../../worker/route-check.ts';
import { watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';

const test = useDatabase('shared by all tests');

it('names every variable that stored routes need and the environment lacks, once', async () => {
  await watch(test.database, {
    model: 'bike-demand',
    alerts: {
      routes: [{ severity: ['critical'], pagerduty: true, fallback: [{ slack: 'on-call' }] }, 'team'],
    },
  });
  const settings = installationSettingsSchema.parse({
    routes: [{ name: 'team', slack: true }, { pagerduty: true }],
  });
  await upsertInstallationSettings(test.database, settings, 'hash');
  const channels = openChannels({
    slack: { default: { webhookUrl: 'https://hooks.slack.example/a' } },
    pagerduty: {},
    webhook: {},
    alertmanager: {},
  });
  expect(await unconfiguredRoutes(test.database, channels)).toEqual([
    'alerts of bike-demand/1, alerts/2 are routed to PagerDuty, which is not configured: set PAGERDUTY_ROUTING_KEY and restart the worker',
    'alerts of bike-demand/1 are routed to Slack, which is not configured: set SLACK_WEBHOOK_URL_ON_CALL and restart the worker',
  ]);
});
