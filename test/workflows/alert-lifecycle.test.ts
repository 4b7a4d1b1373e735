import { randomBytes } from 'node:crypto';

import { beforeEach, describe, expect, it } from 'vitest';

import { openAlert, resolveAlert } from '../../activities/alerts/store.ts';
import { createWakeAlerts } from '../../activities/alerts/wake-alerts.ts';
import { alertKey } from '../../core/alert/alert.ts';
import { routesSchema } from '../../core/alert/route-settings.ts';
import { alertsTo } from '../setup/alert-settings.ts';
import { day, watch } from '../setup/synthetic.ts';
import { useWorkerWithChannels } from '../setup/worker-world.ts';

const test = useWorkerWithChannels('shared by all tests');

let model: string;
let key: string;
beforeEach(async () => {
  model = `alerted-${randomBytes(4).toString('hex')}`;
  key = alertKey('degradation', model, 'performance');
  await watch(test.database, { model });
  test.channels.told();
});

const toBoth = routesSchema.parse([{ severity: ['critical'], slack: true, email: ['a@example.org'] }]);
const observed = () =>
  ({
    model,
    kind: 'degradation',
    subject: 'performance',
    facts: [],
    provenance: { workflowId: 'w', runId: 'r' },
    alerts: alertsTo(toBoth),
  }) as const;
const open = () =>
  test.database.transaction((connection) =>
    openAlert(connection, { ...observed(), severity: 'critical', summary: 'RMSE is high', asOf: day(1) }),
  );
const resolve = () =>
  test.database.transaction((connection) =>
    resolveAlert(connection, { ...observed(), summary: 'RMSE is fine', asOf: day(2) }),
  );
const wake = () => createWakeAlerts(test.worker.dependencies)({ model, alertKeys: [key] });
const lifecycle = () => test.worker.client.workflow.getHandle(`alert-lifecycle:${key}`);
const degraded = () => ({
  slack: [`CRITICAL ${model} is degraded: RMSE is high`],
  emails: [`[critical] ${model} is degraded: RMSE is high`],
});

describe('alertLifecycle', () => {
  it('tells everybody once and ends, however often it is woken', async () => {
    await open();
    await Promise.all([wake(), wake(), wake(), wake()]);
    expect(await lifecycle().result()).toEqual({ delivered: 2 });
    await wake();
    expect(await lifecycle().result()).toEqual({ delivered: 0 });
    expect(test.channels.told()).toEqual(degraded());
  });

  it('tells of what happened while it was delivering', async () => {
    await open();
    test.channels.slack.answerNext({ status: 500 });
    await wake();
    await resolve();
    await wake();
    await lifecycle().result();
    expect(test.channels.told()).toEqual({
      slack: [...degraded().slack, `RESOLVED ${model} is no longer degraded: RMSE is fine`],
      emails: [...degraded().emails, `[resolved] ${model} is no longer degraded: RMSE is fine`],
    });
  });

  it('tries a channel that is down again, and does not let the other one wait', async () => {
    await open();
    test.channels.slack.answerNext({ status: 503, times: 2 });
    const requests = test.channels.slack.requests();
    await wake();
    await lifecycle().result();
    expect(test.channels.told()).toEqual(degraded());
    expect(test.channels.slack.requests() - requests).toBe(3);
    const deliveries = await test.database.query(
      'select channel, state, attempts from alert_deliveries where model = $1 order by channel',
      [model],
    );
    expect(deliveries).toEqual([
      { channel: 'email', state: 'delivered', attempts: 1 },
      { channel: 'slack', state: 'delivered', attempts: 3 },
    ]);
  });

  it('can be started by hand for an alert that has not been told of', async () => {
    await open();
    expect(await test.worker.run('alertLifecycle', { model, alertKey: key })).toEqual({ delivered: 2 });
  });

  it('ends at once where there is nothing to tell', async () => {
    expect(await test.worker.run('alertLifecycle', { model, alertKey: key })).toEqual({ delivered: 0 });
  });
});
