import { ApplicationFailure } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createDeliverAlerts } from '../../../activities/alerts/deliver-alerts.ts';
import {
  claimDelivery,
  pendingDeliveries,
  recordDelivered,
  releaseDelivery,
} from '../../../activities/alerts/deliveries.ts';
import type { Delivery } from '../../../activities/alerts/deliveries.ts';
import { openEmail } from '../../../activities/alerts/email.ts';
import { openSlack } from '../../../activities/alerts/slack.ts';
import { openAlert, resolveAlert } from '../../../activities/alerts/store.ts';
import { routesSchema } from '../../../core/alert/route-settings.ts';
import { startSlackEndpoint } from '../../../demo/stack/slack-endpoint.ts';
import type { SlackEndpoint } from '../../../demo/stack/slack-endpoint.ts';
import { startSmtpEndpoint } from '../../../demo/stack/smtp-endpoint.ts';
import type { SmtpEndpoint } from '../../../demo/stack/smtp-endpoint.ts';
import { alertsTo } from '../../setup/alert-settings.ts';
import { useDatabase } from '../../setup/world.ts';

const alert = { model: 'bike-demand', alertKey: 'degradation:bike-demand:performance' } as const;
const observed = {
  model: 'bike-demand',
  kind: 'degradation',
  subject: 'performance',
  facts: [{ name: 'RMSE', value: '101.2' }],
  provenance: { workflowId: 'degradation-check:bike-demand-2011-05-20', runId: 'run-1' },
} as const;
const toSlack = routesSchema.parse([{ slack: true }]);
const toBoth = routesSchema.parse([{ slack: true, email: ['a@example.org', 'b@example.org'] }]);
const day = (n: number): number => Date.UTC(2011, 4, n, 3, 40);

const test = useDatabase('shared by all tests');
let slack: SlackEndpoint;
let smtp: SmtpEndpoint;
beforeEach(async () => {
  await test.database.execute('delete from alerts');
  [slack, smtp] = await Promise.all([startSlackEndpoint(), startSmtpEndpoint()]);
});
afterEach(() => Promise.all([slack.stop(), smtp.stop()]));

const opened = (routes = toSlack) =>
  test.database.transaction((connection) =>
    openAlert(connection, {
      ...observed,
      severity: 'critical',
      summary: 'RMSE is above 75',
      asOf: day(20),
      alerts: alertsTo(routes),
    }),
  );
const resolved = (routes = toSlack) =>
  test.database.transaction((connection) =>
    resolveAlert(connection, {
      ...observed,
      summary: 'RMSE is not above 75',
      asOf: day(21),
      alerts: alertsTo(routes),
    }),
  );

const channels = () => ({
  slack: openSlack({ webhookUrl: slack.url }),
  email: openEmail({ smtpUrl: smtp.url, from: 'Tidewatch <tidewatch@example.org>' }),
});
const deliver = (given: Partial<Parameters<typeof createDeliverAlerts>[0]> = {}) =>
  createDeliverAlerts({
    database: test.database,
    channels: channels(),
    temporalUi: 'http://127.0.0.1:8233/namespaces/default',
    pagesUrl: 'http://127.0.0.1:9464',
    ...given,
  })(alert);
const failureOf = async (delivering: Promise<unknown>): Promise<ApplicationFailure> => {
  const error = await delivering.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof ApplicationFailure))
    throw new Error(`expected an ApplicationFailure, got ${String(error)}`);
  return error;
};
const stored = () =>
  test.database.query(
    'select event, channel, state, attempts, last_error from alert_deliveries order by event, channel',
  );
const slackTexts = () => slack.messages().map(({ body }) => body['text']);
const firstPending = async (): Promise<Delivery> => (await pendingDeliveries(test.database, alert))[0]!;

describe('deliverAlerts', () => {
  it('sends no more than a person reads, however much is wrong', async () => {
    const facts = Array.from({ length: 200 }, (_, i) => ({
      name: `feature_${i}: missing values`,
      value: '24 of 168 rows have no value '.repeat(40),
    }));
    await test.database.transaction((connection) =>
      openAlert(connection, {
        ...observed,
        facts,
        severity: 'critical',
        summary: '200 of 400 checks failed: '.repeat(400),
        asOf: day(20),
        alerts: alertsTo(toBoth),
      }),
    );
    await deliver();
    const [{ body } = { body: {} }] = slack.messages();
    const [{ html, text } = { html: '', text: '' }] = smtp.messages();
    expect(JSON.stringify(body).length).toBeLessThan(16_000);
    // A mail program cuts what is longer than 102 kB.
    expect(html.length).toBeLessThan(32_000);
    for (const message of [JSON.stringify(body), html, text]) {
      expect(message).toContain('feature_19: missing values');
      expect(message).not.toContain('feature_20: missing values');
      expect(message).toContain('180 more, see the links below');
    }
  });

  it('delivers every message once, and finds nothing to do the second time', async () => {
    await opened(toBoth);
    expect(await deliver()).toEqual({ delivered: 2, pending: 0 });
    expect(await deliver()).toEqual({ delivered: 0, pending: 0 });
    expect(slackTexts()).toEqual(['CRITICAL bike-demand is degraded: RMSE is above 75']);
    expect(smtp.messages().map(({ to, subject }) => ({ to, subject }))).toEqual([
      {
        to: ['a@example.org', 'b@example.org'],
        subject: '[critical] bike-demand is degraded: RMSE is above 75',
      },
    ]);
    expect(await stored()).toEqual([
      { event: 'opened', channel: 'email', state: 'delivered', attempts: 1, last_error: null },
      { event: 'opened', channel: 'slack', state: 'delivered', attempts: 1, last_error: null },
    ]);
  });

  it('links to the run that found the trouble', async () => {
    await opened(toBoth);
    await deliver();
    const url =
      'http://127.0.0.1:8233/namespaces/default/workflows/degradation-check%3Abike-demand-2011-05-20/run-1/history';
    expect(smtp.messages()[0]!.text).toContain(url);
    expect(JSON.stringify(slack.messages()[0]!.body)).toContain(url);
  });

  it('delivers in the order of the events', async () => {
    await opened();
    await resolved();
    await deliver();
    expect(slackTexts()).toEqual([
      'CRITICAL bike-demand is degraded: RMSE is above 75',
      'RESOLVED bike-demand is no longer degraded: RMSE is not above 75',
    ]);
  });

  it('sends one message when ten deliver at once, and lets the others come back', async () => {
    await opened();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => deliver()));
    expect(slack.requests()).toBe(1);
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    const comeBack = { type: 'DELIVERY_FAILED', nonRetryable: false };
    expect(failures).toMatchObject(failures.map(() => comeBack));
    const delivered = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.delivered : 0,
    );
    expect(delivered.filter((count) => count > 0)).toEqual([1]);
    expect(await deliver()).toEqual({ delivered: 0, pending: 0 });
  });

  it('leaves a message to the process that claimed it until the claim has run out', async () => {
    await opened();
    // A process that dies right after this line leaves exactly this behind.
    await claimDelivery(test.database, await firstPending());
    const failure = await failureOf(deliver());
    expect(failure).toMatchObject({ type: 'DELIVERY_FAILED', nonRetryable: false });
    expect(failure.message).toContain('another process is sending it');
    expect(slack.requests()).toBe(0);

    await test.database.execute(`update alert_deliveries set claimed_at = now() - interval '121 seconds'`);
    expect(await deliver()).toEqual({ delivered: 1, pending: 0 });
    expect(slack.requests()).toBe(1);
  });

  it('waits as long as Slack asks after a 429', async () => {
    await opened();
    slack.answerNext({ status: 429, retryAfterSeconds: 30 });
    const failure = await failureOf(deliver());
    expect(failure).toMatchObject({ type: 'DELIVERY_FAILED', nonRetryable: false, nextRetryDelay: 30_000 });
    expect(await deliver()).toEqual({ delivered: 1, pending: 0 });
  });

  it.each([
    [500, 'DELIVERY_FAILED'],
    [404, 'DELIVERY_REFUSED'],
  ])(
    'keeps a message that Slack answers with %d, with what it said, and tries again',
    async (status, type) => {
      await opened();
      slack.answerNext({ status });
      const failure = await failureOf(deliver());
      expect(failure).toMatchObject({ type, nonRetryable: false });
      expect(failure.nextRetryDelay).toBeUndefined();
      expect(await stored()).toMatchObject([
        { state: 'pending', attempts: 1, last_error: expect.stringContaining(`HTTP ${status}`) },
      ]);
      await deliver();
      expect(await stored()).toMatchObject([{ state: 'delivered', attempts: 2, last_error: null }]);
    },
  );

  it('delivers to the other recipients where one fails, and holds back what comes after for that one', async () => {
    await opened(toBoth);
    await resolved(toBoth);
    slack.answerNext({ status: 500 });
    await failureOf(deliver());
    expect(smtp.messages().map(({ subject }) => subject.slice(0, 10))).toEqual(['[critical]', '[resolved]']);
    expect(slackTexts()).toEqual([]);
    expect(await deliver()).toEqual({ delivered: 2, pending: 0 });
    expect(slackTexts().map((text) => String(text).slice(0, 8))).toEqual(['CRITICAL', 'RESOLVED']);
    expect(smtp.messages()).toHaveLength(2);
  });

  it('keeps messages for a channel that is not configured, says what to set, and delivers the rest', async () => {
    await opened(toBoth);
    const failure = await failureOf(deliver({ channels: { email: channels().email } }));
    expect(failure).toMatchObject({ type: 'CHANNEL_NOT_CONFIGURED', nonRetryable: false });
    expect(failure.message).toContain('Set SLACK_WEBHOOK_URL');
    expect(smtp.messages()).toHaveLength(1);
    expect(await stored()).toMatchObject([
      { channel: 'email', state: 'delivered' },
      {
        channel: 'slack',
        state: 'pending',
        attempts: 0,
        last_error: expect.stringContaining('SLACK_WEBHOOK_URL'),
      },
    ]);
    expect(await deliver()).toEqual({ delivered: 1, pending: 0 });
  });

  it('tells of both when one channel fails and another is not configured', async () => {
    await opened(toBoth);
    smtp.refuseNext({ code: 451 });
    const failure = await failureOf(deliver({ channels: { email: channels().email } }));
    expect(failure.type).toBe('DELIVERY_FAILED');
    expect(failure.message).toMatch(/The mail server did not take.*SLACK_WEBHOOK_URL/);
  });

  it('notes the addresses that a mail server refused while it took the others', async () => {
    await opened(toBoth);
    const email = { ...channels().email, send: async () => ({ notice: 'refused for b@example.org' }) };
    await deliver({ channels: { slack: channels().slack, email } });
    expect(await stored()).toMatchObject([
      { channel: 'email', state: 'delivered', last_error: 'refused for b@example.org' },
      { channel: 'slack', state: 'delivered', last_error: null },
    ]);
  });

  it('counts what was recorded while it ran as pending', async () => {
    await opened();
    const send = async (): Promise<object> => (await resolved(), {});
    expect(await deliver({ channels: { slack: { sends: 'message', send } } })).toEqual({
      delivered: 1,
      pending: 1,
    });
  });
});

describe('a claim', () => {
  it('is good for one of ten that ask at once', async () => {
    await opened();
    const delivery = await firstPending();
    const claims = await Promise.all(
      Array.from({ length: 10 }, () => claimDelivery(test.database, delivery)),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  it('cannot be given back once it has passed to another', async () => {
    await opened();
    const delivery = await firstPending();
    const slow = await claimDelivery(test.database, delivery);
    await test.database.execute(`update alert_deliveries set claimed_at = now() - interval '121 seconds'`);
    await claimDelivery(test.database, delivery);
    await releaseDelivery(test.database, slow!, 'too late');
    expect(await stored()).toMatchObject([{ state: 'claimed', attempts: 2, last_error: null }]);
  });

  it('that ran out still counts as delivered when its message was sent', async () => {
    await opened();
    const delivery = await firstPending();
    const slow = await claimDelivery(test.database, delivery);
    await test.database.execute(`update alert_deliveries set claimed_at = now() - interval '121 seconds'`);
    const other = await claimDelivery(test.database, delivery);
    await recordDelivered(test.database, slow!);
    await releaseDelivery(test.database, other!, 'HTTP 500');
    expect(await stored()).toMatchObject([{ state: 'delivered', last_error: null }]);
  });

  it('on a delivered message is never given', async () => {
    await opened();
    const delivery = await firstPending();
    await recordDelivered(test.database, (await claimDelivery(test.database, delivery))!);
    await test.database.execute(`update alert_deliveries set claimed_at = now() - interval '1 day'`);
    expect(await claimDelivery(test.database, delivery)).toBeNull();
  });
});
