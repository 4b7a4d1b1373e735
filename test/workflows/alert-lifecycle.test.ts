import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { WithStartWorkflowOperation } from '@temporalio/client';
import { beforeEach, describe, expect, it } from 'vitest';

import { openAlert, resolveAlert } from '../../activities/alerts/store.ts';
import { createWakeAlerts } from '../../activities/alerts/wake-alerts.ts';
import { alertKey } from '../../core/alert/alert.ts';
import { dayMs, formatInstant } from '../../core/window.ts';
import { day, watch } from '../setup/synthetic.ts';
import { useWorkerWithChannels } from '../setup/worker-world.ts';
import { failureOf } from './failures.ts';

const test = useWorkerWithChannels('shared by all tests');

const atOnce = { groupWait: '0s', groupInterval: '0s' };
let model: string;
let key: string;
let alerts: Awaited<ReturnType<typeof watch>>['alerts'];
beforeEach(async () => {
  model = `alerted-${randomBytes(4).toString('hex')}`;
  key = alertKey('degradation', model, 'performance');
  const routes = [{ severity: ['critical' as const], slack: true, email: ['a@example.org'], ...atOnce }];
  ({ alerts } = await watch(test.database, { model, alerts: { routes, life: { resolveAfter: 1 } } }));
  test.channels.told();
});

const observed = () =>
  ({
    model,
    kind: 'degradation',
    subject: 'performance',
    facts: [],
    provenance: { workflowId: 'w', runId: 'r' },
    alerts,
  }) as const;
const open = (asOf = day(1)) =>
  test.database.transaction((connection) =>
    openAlert(connection, { ...observed(), severity: 'critical', summary: 'RMSE is high', asOf }),
  );
const resolve = () =>
  test.database.transaction((connection) =>
    resolveAlert(connection, { ...observed(), summary: 'RMSE is fine', asOf: day(2) }),
  );
const wake = () => createWakeAlerts(test.worker.dependencies)({ model, alertKeys: [key] });
const lifecycle = () => test.worker.client.workflow.getHandle(`alert-lifecycle:${key}`);
const ends = () => lifecycle().result() as Promise<unknown>;
const opens = async () => {
  await open();
  await wake();
  await untilDelivered(2);
};

/** So many deliveries of this model; by default none is on its way then. */
async function untilDelivered(count: number, all = count): Promise<void> {
  for (;;) {
    const [row] = await test.database.query<{ all: number; delivered: number }>(
      `select count(*) as all, count(*) filter (where state = 'delivered') as delivered
       from alert_deliveries where model = $1`,
      [model],
    );
    if (row!.delivered >= count && row!.all === all) return;
    await pause(50);
  }
}

/** As a client does: by update-with-start, so that it works when nothing runs. */
const update = (name: string, request: unknown, updateId?: string): Promise<Record<string, unknown>> =>
  test.worker.client.workflow.executeUpdateWithStart(name, {
    args: [request],
    ...(updateId !== undefined && { updateId }),
    startWorkflowOperation: new WithStartWorkflowOperation('alertLifecycle', {
      workflowId: `alert-lifecycle:${key}`,
      taskQueue: test.worker.taskQueue,
      args: [{ model, alertKey: key }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  });

interface AlertEvent extends Record<string, unknown> {
  readonly event: string;
  readonly actor: string | null;
  readonly note: string | null;
}

const events = () =>
  test.database.query<AlertEvent>(
    'select event, actor, note from alert_events where model = $1 order by recorded_at',
    [model],
  );
const names = async () => (await events()).map(({ event }) => event);

/** Lets this much time pass for the alert. */
const age = (interval: string) =>
  test.database.execute(
    'update alerts set told_at = told_at - $2::interval, state_since = state_since - $2::interval where model = $1',
    [model, interval],
  );

const told = (status: string, title: string, summary: string) => ({
  slack: [`${status.toUpperCase()} ${model} ${title}: ${summary}`],
  emails: [`[${status}] ${model} ${title}: ${summary}`],
});
const degraded = () => told('critical', 'is degraded', 'RMSE is high');

describe('alertLifecycle', () => {
  it('tells everybody once, however often it is woken, and ends when the alert is over', async () => {
    await open();
    await Promise.all([wake(), wake(), wake(), wake()]);
    await untilDelivered(2);
    await wake();
    expect(await lifecycle().query('alert')).toMatchObject({
      alertKey: key,
      state: 'open',
      severity: 'critical',
    });
    expect(test.channels.told()).toEqual(degraded());
    await resolve();
    await wake();
    expect(await ends()).toEqual({ delivered: 4 });
    expect(test.channels.told()).toEqual(told('resolved', 'is no longer degraded', 'RMSE is fine'));
  });

  it('tells of what happened while it was delivering', async () => {
    await open();
    test.channels.slack.answerNext({ status: 500 });
    await wake();
    await untilDelivered(1, 2);
    await resolve();
    await wake();
    await ends();
    const resolved = told('resolved', 'is no longer degraded', 'RMSE is fine');
    expect(test.channels.told()).toEqual({
      slack: [...degraded().slack, ...resolved.slack],
      emails: [...degraded().emails, ...resolved.emails],
    });
  });

  it('tries a channel that is down again, and does not let the other one wait', async () => {
    await open();
    test.channels.slack.answerNext({ status: 503, times: 2 });
    const requests = test.channels.slack.requests();
    await wake();
    await untilDelivered(2);
    expect(test.channels.told()).toEqual(degraded());
    expect(test.channels.slack.requests() - requests).toBe(3);
  });

  it('can be started by hand for an alert that has not been told of', async () => {
    await open();
    await resolve();
    expect(await test.worker.run('alertLifecycle', { model, alertKey: key })).toEqual({ delivered: 4 });
  });

  it('ends at once where there is nothing to tell', async () => {
    expect(await test.worker.run('alertLifecycle', { model, alertKey: key })).toEqual({ delivered: 0 });
  });

  it('is made again from what is stored when its run is lost', async () => {
    await opens();
    await lifecycle().terminate();
    await resolve();
    await wake();
    expect(await ends()).toEqual({ delivered: 2 });
  });
});

describe('an alert that nobody takes', () => {
  it('is told again when it is time', async () => {
    await opens();
    test.channels.told();
    await age('59 minutes 58 seconds');
    // It looks at the clock when it is woken, and then wakes by itself.
    await wake();
    await untilDelivered(4);
    expect(test.channels.told()).toEqual(told('critical', 'is still degraded', 'RMSE is high'));
    expect(await names()).toEqual(['opened', 'repeated']);
  });

  it('is told to those who wait for that', async () => {
    const routes = [
      { severity: ['critical' as const], unacknowledgedFor: '15m', email: ['boss@example.org'], ...atOnce },
      { severity: ['critical' as const], slack: true, ...atOnce },
    ];
    ({ alerts } = await watch(test.database, { model, alerts: { routes } }));
    await open();
    await wake();
    await untilDelivered(1);
    test.channels.told();
    await age('14 minutes 58 seconds');
    await wake();
    await untilDelivered(2);
    expect(test.channels.told()).toEqual({
      slack: [],
      emails: [`[critical] ${model} is degraded, and nobody has acknowledged it: RMSE is high`],
    });
  });
});

describe('a person', () => {
  it('acknowledges an alert: it is told, answered, and not repeated', async () => {
    await opens();
    test.channels.told();
    expect(await update('acknowledge', { by: 'anna', note: 'looking into it' })).toMatchObject({
      alertKey: key,
      state: 'acknowledged',
      by: 'anna',
    });
    await untilDelivered(4);
    expect(test.channels.told().slack).toEqual([
      `INFO ${model}: anna has acknowledged that it is degraded: looking into it (RMSE is high, as of 2024-01-01 00:00 UTC)`,
    ]);
    await age('1 day');
    await wake();
    expect(await update('comment', { by: 'ben', note: 'me too' })).toMatchObject({ state: 'acknowledged' });
    expect(await events()).toEqual([
      { event: 'opened', actor: null, note: null },
      { event: 'acknowledged', actor: 'anna', note: 'looking into it' },
      { event: 'commented', actor: 'ben', note: 'me too' },
    ]);
  });

  it('snoozes it for a while, and is told when that is over', async () => {
    await opens();
    test.channels.told();
    const until = formatInstant(Date.now() + 3_000);
    expect(await update('snooze', { by: 'anna', until })).toMatchObject({
      state: 'snoozed',
      snoozedUntil: until,
    });
    await untilDelivered(4);
    expect(test.channels.told()).toEqual(told('critical', 'is still degraded', 'RMSE is high'));
    expect(await names()).toEqual(['opened', 'snoozed', 'snooze-ended']);
    expect(await lifecycle().query('alert')).toMatchObject({ state: 'open' });
  });

  it('resolves it, and the run ends', async () => {
    await opens();
    expect(await update('resolve', { by: 'anna' })).toMatchObject({ state: 'resolved', by: 'anna' });
    expect(await ends()).toEqual({ delivered: 4 });
  });

  it('is answered while a channel is down', async () => {
    test.channels.slack.answerNext({ status: 503, times: 3 });
    await open();
    await wake();
    expect(await update('acknowledge', { by: 'anna' })).toMatchObject({ state: 'acknowledged' });
    await untilDelivered(4);
  });

  it('is heard when no run is there', async () => {
    await open();
    expect(await update('acknowledge', { by: 'anna' })).toMatchObject({ state: 'acknowledged' });
    await untilDelivered(4);
  });

  it('does it once, however often the update is sent', async () => {
    await opens();
    await update('comment', { by: 'anna', note: 'once' }, 'the-update');
    await lifecycle().terminate();
    await update('comment', { by: 'anna', note: 'once' }, 'the-update');
    expect(await names()).toEqual(['opened', 'commented']);
  });

  it('cannot change what is over, but comment it', async () => {
    await open();
    await resolve();
    const failure = await failureOf(update('acknowledge', { by: 'anna' }));
    expect(failure).toMatchObject({
      type: 'ALERT_NOT_CHANGED',
      message: `Alert ${key} was not changed: it is resolved already, and can only be commented.`,
    });
    expect(await update('comment', { by: 'anna', note: 'it was the sensor' })).toMatchObject({
      state: 'resolved',
    });
    expect(await names()).toEqual(['opened', 'resolved', 'commented']);
  });

  it('is told that there is no such alert', async () => {
    expect(await failureOf(update('resolve', { by: 'anna' }))).toMatchObject({ type: 'UNKNOWN_ALERT' });
    expect(await ends()).toEqual({ delivered: 0 });
  });

  it.each([
    ['acknowledge', {}, 'by: write who you are, for example "anna".'],
    ['acknowledge', { by: 'anna', until: 'tomorrow' }, 'Unrecognized key: "until".'],
    ['snooze', { by: 'anna' }, 'write either "for" or "until".'],
    ['snooze', { by: 'anna', for: '0h' }, 'for: write a number and m, h, d or w, for example "4h".'],
    ['snooze', { by: 'anna', until: 'tomorrow' }, 'until: "tomorrow" is not an instant.'],
    ['snooze', { by: 'anna', until: '2011-05-20T00:00:00Z' }, 'until: 2011-05-20T00:00:00Z is in the past'],
    ['snooze', { by: 'anna', until: formatInstant(Date.now() + 400 * dayMs) }, 'more than a year away'],
    ['comment', { by: 'anna' }, 'note: write something.'],
    ['comment', { by: 'anna', note: 'x'.repeat(100_000) }, 'note: '],
  ])(
    '%s with %o is refused with what to write instead, and leaves no trace',
    async (name, request, problem) => {
      await opens();
      const failure = await failureOf(update(name, request));
      expect(failure).toMatchObject({ type: 'INVALID_INPUT', message: expect.stringContaining(problem) });
      expect(failure.message).toMatch(/Write for example \{"by":"anna"/);
      const { events: history } = await lifecycle().fetchHistory();
      expect(history!.filter(({ workflowExecutionUpdateAcceptedEventAttributes: a }) => a)).toEqual([]);
    },
  );
});

describe('a long life', () => {
  it('continues as a new run, and no update is lost or done twice', async () => {
    await opens();
    const { runId: first } = await lifecycle().describe();
    const comments = Array.from({ length: 160 }, (_, i) => `comment ${i}`);
    const left = [...comments];
    const clients = Array.from({ length: 4 }, async () => {
      for (let note = left.pop(); note !== undefined; note = left.pop())
        expect(await update('comment', { by: 'anna', note })).toMatchObject({ state: 'open' });
    });
    await Promise.all(clients);
    const noted = (await events()).flatMap(({ note }) => (note === null ? [] : [note]));
    expect(noted.toSorted()).toEqual(comments.toSorted());
    expect((await lifecycle().describe()).runId).not.toBe(first);
    await resolve();
    await wake();
    expect(await ends()).toEqual({ delivered: 4 });
  }, 120_000);
});
