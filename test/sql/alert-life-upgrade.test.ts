/** Alerts of before 0008, which gave alerts a life, and 0009, which made messages of them: those that are open go on living. */

import { afterAll, beforeAll, expect, it } from 'vitest';

import { listPendingAlerts, openAlert, resolveAlert } from '../../activities/alerts/store.ts';
import type { Activities } from '../../activities/index.ts';
import type { AlertMessage } from '../../core/alert/message.ts';
import { migrate } from '../../sql/migrator.ts';
import { activitiesOn } from '../setup/activities.ts';
import { createTestDatabase, type TestDatabase } from '../setup/servers.ts';
import { day, watch } from '../setup/synthetic.ts';
import { migrateTo } from './migrate-to.ts';

const model = 'm';
const degraded = 'degradation:m:performance';
const sent: AlertMessage[] = [];

let test: TestDatabase;
let activities: Activities;
let alerts: Awaited<ReturnType<typeof watch>>['alerts'];
beforeAll(async () => {
  test = await createTestDatabase('empty');
  await migrateTo(test.database, 7);
  await test.database.execute(`
    insert into alerts (model, alert_key, episode, kind, subject, severity, state, summary, opened_as_of, resolved_as_of)
    values
      ('m', '${degraded}', 1, 'degradation', 'performance', 'critical', 'open', 'RMSE 90 is above 75', '2024-01-01', null),
      ('m', 'data-quality:m:dataset', 1, 'data-quality', 'dataset', 'warning', 'resolved', 'hum is missing', '2024-01-01', '2024-01-02'),
      ('m', 'data-quality:m:dataset', 2, 'data-quality', 'dataset', 'warning', 'open', 'hum is missing', '2024-01-05', null),
      ('m', 'retraining:m:1', 1, 'retraining', '1', 'info', 'resolved', 'started', '2024-01-04', '2024-01-04');
    insert into alert_events (model, alert_key, episode, event, severity, as_of, summary, facts, links, workflow_id, run_id, recorded_at)
    select model, alert_key, episode, event, severity, as_of::timestamptz, summary, facts::jsonb, links::jsonb, 'w', run_id,
      as_of::timestamptz + interval '3 hours'
    from (values
      ('m', '${degraded}', 1, 'opened', 'warning', '2024-01-01', 'RMSE 80 is above 75', '[]', '[]', 'r1'),
      ('m', '${degraded}', 1, 'escalated.critical', 'critical', '2024-01-03', 'RMSE 90 is above 75',
        '[{"name": "RMSE", "value": "90"}]', '[{"label": "Open the drift report", "path": "/reports/x"}]', 'r2'),
      ('m', 'data-quality:m:dataset', 1, 'opened', 'warning', '2024-01-01', 'hum is missing', '[]', '[]', 'r1'),
      ('m', 'data-quality:m:dataset', 1, 'resolved', 'warning', '2024-01-02', 'all is there', '[]', '[]', 'r2'),
      ('m', 'data-quality:m:dataset', 2, 'opened', 'warning', '2024-01-05', 'hum is missing', '[]', '[]', 'r5'),
      ('m', 'retraining:m:1', 1, 'started', 'info', '2024-01-04', 'started', '[]', '[]', 'r4'),
      ('m', 'retraining:m:1', 1, 'promoted', 'info', '2024-01-04', 'promoted', '[]', '[]', 'r4')
    ) as event (model, alert_key, episode, event, severity, as_of, summary, facts, links, run_id);
    insert into alert_deliveries (model, alert_key, episode, event, channel, recipient, state, attempts, claimed_at, delivered_at)
    values
      ('m', '${degraded}', 1, 'opened', 'slack', 'default', 'delivered', 1, now(), now()),
      ('m', '${degraded}', 1, 'escalated.critical', 'slack', 'default', 'claimed', 1, now(), null),
      ('m', 'data-quality:m:dataset', 2, 'opened', 'email', 'a@example.org', 'pending', 0, null, null)`);
  await migrate(test.database);
  ({ alerts } = await watch(test.database, {
    model,
    alerts: {
      routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }],
      life: { resolveAfter: 2 },
    },
  }));
  const send = async (message: AlertMessage): Promise<object> => (sent.push(message), {});
  activities = activitiesOn(test.database, { channels: { slack: { sends: 'message', send } } });
});
afterAll(() => test.drop());

const observed = {
  model,
  kind: 'degradation',
  subject: 'performance',
  facts: [],
  provenance: { workflowId: 'w', runId: 'r' },
} as const;
const texts = () => sent.splice(0).map(({ status, title, summary }) => `${status} ${title}: ${summary}`);

it('those that are open are due at once, by the newest that is known of them; those that are over are over', async () => {
  expect(
    await test.database.query(
      `select alert_key, episode, state, due_at <= now() as due, observed_as_of, clean_count, repeats, latest
       from alerts order by alert_key, episode`,
    ),
  ).toEqual([
    expect.objectContaining({ episode: 1, state: 'resolved', due: null }),
    expect.objectContaining({ episode: 2, state: 'open', due: true, observed_as_of: day(5) }),
    {
      alert_key: degraded,
      episode: 1,
      state: 'open',
      due: true,
      observed_as_of: day(3),
      clean_count: 0,
      repeats: 0,
      latest: {
        summary: 'RMSE 90 is above 75',
        facts: [{ name: 'RMSE', value: '90' }],
        links: [{ label: 'Open the drift report', path: '/reports/x' }],
        workflowId: 'w',
        runId: 'r2',
      },
    },
    expect.objectContaining({ alert_key: 'retraining:m:1', state: 'resolved', due: null }),
  ]);
  expect(await listPendingAlerts(test.database, model)).toEqual(['data-quality:m:dataset', degraded]);
});

it('what a process had claimed goes out, and what people have got does not', async () => {
  expect(await activities.deliverAlerts({ model, alertKey: degraded })).toEqual({ delivered: 1, pending: 0 });
  expect(texts()).toEqual(['critical m is degraded: RMSE 90 is above 75']);
});

it('is repeated an hour after the migration, with the newest words', async () => {
  const name = { model, alertKey: degraded };
  const { alert, dueInMs } = await activities.followAlert(name);
  expect(alert).toMatchObject({ state: 'open', episode: 1, severity: 'critical' });
  expect(dueInMs).toBeGreaterThan(50 * 60_000);
  expect(dueInMs).toBeLessThanOrEqual(60 * 60_000);
  await test.database.execute(`update alerts set told_at = told_at - interval '1 hour'`);
  await activities.followAlert(name);
  await activities.deliverAlerts(name);
  expect(texts()).toEqual(['critical m is still degraded: RMSE 90 is above 75']);
});

it('is the same one when the trouble goes on, and ends after clean observations', async () => {
  const name = { model, alertKey: degraded };
  const seen = (asOf: number) =>
    test.database.transaction((connection) =>
      openAlert(connection, { ...observed, severity: 'critical', summary: 'RMSE is 91', asOf, alerts }),
    );
  const clean = (asOf: number) =>
    test.database.transaction((connection) =>
      resolveAlert(connection, { ...observed, summary: 'RMSE is 60', asOf, alerts }),
    );
  expect(await seen(day(2))).toBeNull();
  expect(await seen(day(4))).toBeNull();
  expect(await clean(day(5))).toBeNull();
  expect(await clean(day(6))).toBe(degraded);
  await activities.deliverAlerts(name);
  expect(texts()).toEqual(['resolved m is no longer degraded: RMSE is 60']);
  expect((await activities.followAlert(name)).alert).toMatchObject({ state: 'resolved', episode: 1 });
});
