/** The clocks of the database and of everything else are an hour apart: nothing is lost, and nothing waits for that hour. */

import { setTimeout as pause } from 'node:timers/promises';

import { WithStartWorkflowOperation } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { wallClock } from '../../activities/alerts/alert-rows.ts';
import { openAlert, resolveAlert } from '../../activities/alerts/store.ts';
import { createWakeAlerts } from '../../activities/alerts/wake-alerts.ts';
import { hourMs } from '../../core/window.ts';
import { openDatabase, type Database } from '../../sql/database.ts';
import { startTestChannels, type TestChannels } from '../setup/channels.ts';
import { createTestDatabase, type TestDatabase } from '../setup/servers.ts';
import { skewClock } from '../setup/skewed-clock.ts';
import { day, watch } from '../setup/synthetic.ts';
import { startTestWorker, type TestWorker } from '../setup/worker.ts';
import { failureOf } from './failures.ts';

describe.each([
  ['ahead of', '1 hour', 'behind', hourMs],
  ['behind', '-1 hour', 'ahead', -hourMs],
] as const)('a database %s the others by an hour', (_, interval, model, skewMs) => {
  const alertKey = `degradation:${model}:performance`;
  let test: TestDatabase;
  let database: Database;
  let channels: TestChannels;
  let worker: TestWorker;
  beforeAll(async () => {
    test = await createTestDatabase();
    await skewClock(test.database, interval);
    database = openDatabase({ url: test.url, poolSize: 12, applicationName: model });
    channels = await startTestChannels();
    worker = await startTestWorker(database, { channels: channels.channels });
  });
  afterAll(async () => {
    await worker.stop();
    await channels.stop();
    await database.close();
    await test.drop();
  });

  const update = (name: string, request: object): Promise<unknown> =>
    worker.client.workflow.executeUpdateWithStart(name, {
      args: [{ by: 'anna', ...request }],
      startWorkflowOperation: new WithStartWorkflowOperation('alertLifecycle', {
        workflowId: `alert-lifecycle:${alertKey}`,
        taskQueue: worker.taskQueue,
        args: [{ model, alertKey }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    });
  const told = async (count: number): Promise<string[]> => {
    for (;;) {
      const texts = channels.slack.messages().map(({ body }) => String(body['text']));
      if (texts.length >= count) return texts.map((text) => text.split(' ')[0]!);
      await pause(50);
    }
  };

  it('tells of an alert, after a wait and a channel that was down, ends its snooze and tells of its end', async () => {
    expect(Math.abs((await wallClock(database)) - Date.now() - skewMs)).toBeLessThan(60_000);
    const { alerts } = await watch(database, {
      model,
      alerts: {
        routes: [{ slack: true, groupWait: '1s', groupInterval: '0s' }],
        life: { resolveAfter: 1 },
      },
    });
    const observed = {
      model,
      kind: 'degradation',
      subject: 'performance',
      summary: 'RMSE',
      facts: [],
      alerts,
      provenance: { workflowId: 'w', runId: 'r' },
    } as const;
    const wake = () => createWakeAlerts(worker.dependencies)({ model, alertKeys: [alertKey] });
    channels.slack.answerNext({ status: 503, times: 2 });
    await database.transaction((inner) =>
      openAlert(inner, { ...observed, severity: 'critical', asOf: day(1) }),
    );
    await wake();
    expect(await told(1)).toEqual(['CRITICAL']);

    // Temporal's clock is that of the machine; the past of either clock is past.
    const past = new Date(Date.now() + Math.min(0, skewMs) - 60_000).toISOString();
    expect(await failureOf(update('snooze', { until: past }))).toMatchObject({ type: 'INVALID_INPUT' });
    if (skewMs > 0) {
      const passed = new Date(Date.now() + skewMs / 2).toISOString();
      expect(await failureOf(update('snooze', { until: passed }))).toMatchObject({
        type: 'ALERT_NOT_CHANGED',
        message: expect.stringContaining('is in the past; name a time to come'),
      });
    }
    expect(await update('snooze', { for: '1m' })).toMatchObject({ state: 'snoozed' });
    await database.execute(`update alerts set snoozed_until = clock_timestamp() + interval '2 seconds'`);
    await wake();
    expect(await told(2)).toEqual(['CRITICAL', 'CRITICAL']);
    expect(
      await worker.client.workflow.getHandle(`alert-lifecycle:${alertKey}`).query('alert'),
    ).toMatchObject({
      state: 'open',
    });

    await database.transaction((inner) => resolveAlert(inner, { ...observed, asOf: day(2) }));
    await wake();
    expect(await told(3)).toEqual(['CRITICAL', 'CRITICAL', 'RESOLVED']);
    // The run has not asked without a break meanwhile.
    const { events } = await worker.client.workflow.getHandle(`alert-lifecycle:${alertKey}`).fetchHistory();
    expect(events!.filter(({ activityTaskScheduledEventAttributes: a }) => a).length).toBeLessThan(40);
  }, 60_000);
});
