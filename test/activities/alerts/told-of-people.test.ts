/** What people read of what another person did, from the database to Slack. */

import { afterEach, beforeEach, expect, it } from 'vitest';

import { createChangeAlert } from '../../../activities/alerts/change-alert.ts';
import { createDeliverAlerts } from '../../../activities/alerts/deliver-alerts.ts';
import { openSlack } from '../../../activities/alerts/slack.ts';
import { openAlert } from '../../../activities/alerts/store.ts';
import { startSlackEndpoint } from '../../../demo/stack/slack-endpoint.ts';
import type { SlackEndpoint } from '../../../demo/stack/slack-endpoint.ts';
import { testDependencies } from '../../setup/dependencies.ts';
import { watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const model = 'bike-demand';
const alertKey = `data-quality:${model}:dataset`;

const test = useDatabase('shared by all tests');
let slack: SlackEndpoint;
let observe: (summary: string, day: number) => Promise<unknown>;
beforeEach(async () => {
  await test.database.execute('delete from alerts');
  slack = await startSlackEndpoint();
  const route = { slack: true, groupWait: '0s', groupInterval: '0s' };
  const { alerts } = await watch(test.database, { model, alerts: { routes: [route] } });
  observe = (summary, day) =>
    test.database.transaction((connection) =>
      openAlert(connection, {
        model,
        kind: 'data-quality',
        subject: 'dataset',
        severity: 'warning',
        summary,
        facts: [{ name: 'hum: stuck', value: 'it stood still at 0 for 22 hours' }],
        asOf: Date.UTC(2011, 4, day, 3),
        alerts,
        provenance: { workflowId: 'drift-detection:bike-demand', runId: 'run-1' },
      }),
    );
  await observe('1 of 9 checks failed: hum stuck', 20);
  await deliver();
});
afterEach(() => slack.stop());

const deliver = () =>
  createDeliverAlerts({
    ...testDependencies(test.database),
    channels: { slack: openSlack({ webhookUrl: slack.url }) },
    temporalUi: 'http://127.0.0.1:8233/namespaces/default',
    wakeAlert: async () => {},
    context: () => ({
      workflowId: `alert-lifecycle:${alertKey}`,
      runId: 'run-2',
      heartbeat: () => {},
      resumePoint: undefined,
      cancelled: new AbortController().signal,
    }),
  })({ model, alertKey });

it.each([
  ['acknowledge', 'INFO bike-demand: ana has acknowledged that it has bad data (hum)'],
  ['resolve', 'RESOLVED bike-demand: ana has closed the alert that it has bad data (hum)'],
] as const)('%s: what it is about, who did it, and what is known by now', async (change, title) => {
  await observe('2 of 9 checks failed: hum stuck, temp out of range', 23);
  await createChangeAlert({ database: test.database })({
    model,
    alertKey,
    change,
    by: 'ana',
    note: 'the sensor',
    updateId: 'u',
  });
  await deliver();
  const [opening, told] = slack.messages();
  expect(opening!.body['text']).toBe(
    'WARNING bike-demand has bad data (hum): 1 of 9 checks failed: hum stuck',
  );
  expect(JSON.stringify(opening)).toContain('as of 2011-05-20T03:00:00Z');
  const known = '2 of 9 checks failed: hum stuck, temp out of range, as of 2011-05-23 03:00 UTC';
  expect(told!.body['text']).toBe(`${title}: the sensor (${known})`);
  // The message itself is of the moment at which it comes.
  expect(JSON.stringify(told)).not.toMatch(/as of 2011-05-2\dT/);
});
