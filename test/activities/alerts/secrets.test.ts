import { afterAll, beforeAll, expect, it } from 'vitest';

import { openChannels } from '../../../activities/alerts/channels.ts';
import { openAlert } from '../../../activities/alerts/store.ts';
import { routesSchema } from '../../../core/alert/route-settings.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { alertsTo } from '../../setup/alert-settings.ts';
import { startHttpEndpoint, type HttpEndpoint } from '../../setup/http-endpoint.ts';
import { useDatabase } from '../../setup/world.ts';

const secrets = [
  'T0pSecretSlack',
  '0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f',
  'T0pSecretHook',
  'aSecretOfTwentyFourBytes',
  'T0pSecretSmtp',
];
const [slackPath, routingKey, hookPath, signing, smtpPassword] = secrets as [
  string,
  string,
  string,
  string,
  string,
];

const test = useDatabase('shared by all tests');
/** Repeats all of each request, as a server does that helps to find mistakes. */
let mirror: HttpEndpoint;
beforeAll(async () => {
  mirror = await startHttpEndpoint(({ path, headers, body }) => ({
    status: 400,
    body: `bad request ${path} ${body.slice(0, 60)} ${JSON.stringify(headers)}`,
  }));
});
afterAll(() => mirror.stop());

it('no secret of a channel gets into the database or an answer, whoever repeats it', async () => {
  const channels = openChannels({
    slack: { default: { webhookUrl: `${mirror.origin}/services/${slackPath}` } },
    pagerduty: { default: { routingKey, eventsUrl: `${mirror.origin}/v2/enqueue` } },
    webhook: {
      default: {
        url: `${mirror.origin}/hooks/${hookPath}`,
        secrets: [`whsec_${Buffer.from(signing).toString('base64')}`],
      },
    },
    alertmanager: {},
    email: { smtpUrl: `smtp://me:${smtpPassword}@127.0.0.1:9`, from: 'tidewatch@example.org' },
  });
  const alert = { model: 'bike-demand', kind: 'degradation', subject: 'performance' } as const;
  await test.database.transaction((connection) =>
    openAlert(connection, {
      ...alert,
      severity: 'critical',
      summary: 'RMSE is above 75',
      facts: [],
      asOf: Date.UTC(2011, 4, 20),
      alerts: alertsTo(
        routesSchema.parse([
          { slack: true, pagerduty: true, webhook: true, email: ['a@example.org'], groupWait: '0s' },
        ]),
      ),
      provenance: { workflowId: 'w', runId: 'r' },
    }),
  );
  const { deliverAlerts } = activitiesOn(test.database, { channels });
  const answer = await deliverAlerts({
    model: 'bike-demand',
    alertKey: 'degradation:bike-demand:performance',
  }).catch((error: unknown) => ({ error: String(error), details: error }));
  // Without these the test would hold for a channel that was never asked.
  expect([...new Set(mirror.requests().map(({ path }) => path))].toSorted()).toEqual([
    `/hooks/${hookPath}`,
    `/services/${slackPath}`,
    '/v2/enqueue',
  ]);
  const told = await test.database.query<{ row: unknown }>(
    `select to_jsonb(alerts) as row from alerts
     union all select to_jsonb(alert_events) from alert_events
     union all select to_jsonb(alert_messages) from alert_messages
     union all select to_jsonb(alert_deliveries) from alert_deliveries`,
  );
  const everything = JSON.stringify([told, answer]);
  expect(everything).toContain('HTTP 400 bad request');
  for (const secret of secrets) {
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
  }
});
