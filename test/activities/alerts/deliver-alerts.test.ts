import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Channel } from '../../../activities/alerts/channel.ts';
import { createChangeAlert } from '../../../activities/alerts/change-alert.ts';
import { createDeliverAlerts } from '../../../activities/alerts/deliver-alerts.ts';
import type { DeliveryOutcome } from '../../../activities/alerts/deliver-alerts.ts';
import { openAlertmanager } from '../../../activities/alerts/alertmanager.ts';
import { claimMessage } from '../../../activities/alerts/deliveries.ts';
import type { Claim } from '../../../activities/alerts/deliveries.ts';
import { recordDelivered, recordFailed } from '../../../activities/alerts/message-outcome.ts';
import { openEmail } from '../../../activities/alerts/email.ts';
import { createFollowAlert } from '../../../activities/alerts/follow-alert.ts';
import { upsertInstallationSettings } from '../../../activities/alerts/installation-settings.ts';
import { openPagerDuty } from '../../../activities/alerts/pagerduty.ts';
import { openSlack } from '../../../activities/alerts/slack.ts';
import { openAlert, resolveAlert } from '../../../activities/alerts/store.ts';
import { openWebhook } from '../../../activities/alerts/webhook.ts';
import type { AlertKind, Severity } from '../../../core/alert/alert.ts';
import { installationSettingsSchema } from '../../../core/alert/installation-settings.ts';
import { routesSchema } from '../../../core/alert/route-settings.ts';
import type { AlertMessage } from '../../../core/alert/message.ts';
import { TidewatchError } from '../../../core/errors.ts';
import { floorToHour, hourMs } from '../../../core/window.ts';
import { startSlackEndpoint } from '../../../demo/stack/slack-endpoint.ts';
import type { SlackEndpoint } from '../../../demo/stack/slack-endpoint.ts';
import { startSmtpEndpoint } from '../../../demo/stack/smtp-endpoint.ts';
import type { SmtpEndpoint } from '../../../demo/stack/smtp-endpoint.ts';
import { openDatabase, type Database, type Queryable } from '../../../sql/database.ts';
import { alertsTo } from '../../setup/alert-settings.ts';
import { startHttpEndpoint } from '../../setup/http-endpoint.ts';
import { startPostgresProxy } from '../../setup/postgres-proxy.ts';
import { watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const alert = { model: 'bike-demand', alertKey: 'degradation:bike-demand:performance' } as const;
const observed = {
  model: 'bike-demand',
  kind: 'degradation',
  subject: 'performance',
  facts: [{ name: 'RMSE', value: '101.2' }],
  provenance: { workflowId: 'degradation-check:bike-demand-2011-05-20', runId: 'run-1' },
} as const;
const atOnce = { groupWait: '0s', groupInterval: '0s' };
const routed = (...routes: readonly object[]) =>
  routesSchema.parse(routes.map((route) => ({ ...atOnce, ...route })));
const toSlack = routed({ slack: true });
const toBoth = routed({ slack: true, email: ['a@example.org', 'b@example.org'] });
const day = (n: number): number => Date.UTC(2011, 4, n, 3, 40);

const test = useDatabase('shared by all tests');
let slack: SlackEndpoint;
let smtp: SmtpEndpoint;
let woken: string[];
beforeEach(async () => {
  for (const table of ['alerts', 'alert_messages', 'installation_settings']) {
    await test.database.execute(`delete from ${table}`);
  }
  woken = [];
  [slack, smtp] = await Promise.all([startSlackEndpoint(), startSmtpEndpoint()]);
});
afterEach(() => Promise.all([slack.stop(), smtp.stop()]));

interface Given {
  readonly kind?: AlertKind;
  readonly subject?: string;
  readonly severity?: Severity;
}
const opened = (routes = toSlack, given: Given = {}) =>
  test.database.transaction((connection) =>
    openAlert(connection, {
      ...observed,
      severity: 'critical',
      summary: 'RMSE is above 75',
      asOf: day(20),
      alerts: alertsTo(routes),
      ...given,
    }),
  );
const resolved = (routes = toSlack, given: Given = {}) =>
  test.database.transaction((connection) =>
    resolveAlert(connection, {
      ...observed,
      summary: 'RMSE is not above 75',
      asOf: day(21),
      alerts: alertsTo(routes),
      ...given,
    }),
  );

const acknowledged = () =>
  createChangeAlert(test)({ ...alert, change: 'acknowledge', by: 'anna', updateId: 'by-anna' });

const channels = () => ({
  slack: openSlack({ webhookUrl: slack.url }),
  email: openEmail({ smtpUrl: smtp.url, from: 'Tidewatch <tidewatch@example.org>' }),
});
const deliver = async (
  given: Partial<Parameters<typeof createDeliverAlerts>[0]> = {},
  alertKey: string = alert.alertKey,
): Promise<DeliveryOutcome> =>
  createDeliverAlerts({
    database: test.database,
    channels: channels(),
    temporalUi: 'http://127.0.0.1:8233/namespaces/default',
    pagesUrl: 'http://127.0.0.1:9464',
    runbooksUrl: 'https://wiki.example.org/runbooks',
    wakeAlert: async ({ alertKey }) => void woken.push(alertKey),
    context: () => ({
      workflowId: 'alert-lifecycle:x',
      runId: 'run-2',
      heartbeat: () => {},
      resumePoint: undefined,
      cancelled: new AbortController().signal,
    }),
    ...given,
  })({ ...alert, alertKey });
/** As if what is stored had happened so much earlier. */
async function letPass(interval: string): Promise<void> {
  for (const [table, columns] of [
    ['alert_deliveries', ['recorded_at', 'delivered_at']],
    ['alert_messages', ['claimed_at', 'retry_at', 'sent_at']],
  ] as const) {
    const earlier = columns.map((column) => `${column} = ${column} - interval '${interval}'`);
    await test.database.execute(`update ${table} set ${earlier.join(', ')}`);
  }
}
/** The database with its clock stopped. */
function clockAt(now: number): Database {
  const stopped = <Q extends Queryable>(connection: Q): Q => ({
    ...connection,
    query: async (text: string, values?: readonly unknown[]) =>
      text === 'select clock_timestamp() as now' ? [{ now }] : connection.query(text, values),
  });
  const { transaction } = test.database;
  return { ...stopped(test.database), transaction: (work) => transaction((inner) => work(stopped(inner))) };
}
/** What is left of a whole number of seconds after the moment that the activity took. */
const dueInSeconds = ({ dueInMs }: DeliveryOutcome): number | undefined =>
  dueInMs === undefined ? undefined : Math.ceil(dueInMs / 1_000);
const stored = () =>
  test.database.query<{
    event: string;
    channel: string;
    state: string;
    held_by: string | null;
    last_error: string | null;
  }>('select event, channel, state, held_by, last_error from alert_deliveries order by recorded_at, channel');
const attempts = () => test.database.query('select attempts, state from alert_messages order by message_id');
const slackTexts = () => slack.messages().map(({ body }) => String(body['text']));
async function claimed(): Promise<Claim> {
  const [{ id } = { id: '' }] = await test.database.query<{ id: string }>(
    'select group_id as id from alert_deliveries limit 1',
  );
  const claim = await claimMessage(test.database, id);
  if (claim === null || 'waitMs' in claim) throw new Error('nothing could be claimed');
  return claim;
}

describe('deliverAlerts', () => {
  it('gives a channel the labels of the monitor, and those that it had before', async () => {
    await watch(test.database, { model: 'bike-demand', labels: { team: 'bikes' } });
    const routes = routed({ alertmanager: true });
    await opened(routes);
    const messages: AlertMessage[] = [];
    const send = async (message: AlertMessage): Promise<object> => (messages.push(message), {});
    const channels = { alertmanager: { sends: 'alert', send } } as const;
    await deliver({ channels });
    await test.database.execute(
      `update monitors set configuration = jsonb_set(configuration, '{labels}', '{"team": "rides"}')`,
    );
    await resolved(routes);
    await deliver({ channels });
    await test.database.execute('delete from monitors');
    const told = messages.flatMap(({ events }) =>
      events.map(({ labels, formerLabels }) => [labels, formerLabels]),
    );
    expect(told).toEqual([
      [{ team: 'bikes' }, []],
      [{ team: 'rides' }, [{ team: 'bikes' }]],
    ]);
  });

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
      expect(message).toContain('/workflows/degradation-check%3Abike-demand-2011-05-20/run-1/history');
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
    expect((await stored()).map(({ channel, state }) => [channel, state])).toEqual(
      expect.arrayContaining([
        ['email', 'delivered'],
        ['slack', 'delivered'],
      ]),
    );
  });

  it('links to the run that found the trouble', async () => {
    await opened(toBoth);
    await deliver();
    const url =
      'http://127.0.0.1:8233/namespaces/default/workflows/degradation-check%3Abike-demand-2011-05-20/run-1/history';
    expect(smtp.messages()[0]!.text).toContain(url);
    expect(JSON.stringify(slack.messages()[0]!.body)).toContain(url);
  });

  it('links to the runbook of its kind and, where people reach a console, to its page there, in every channel', async () => {
    const hook = await startHttpEndpoint(() => ({ status: 202 }));
    const url = 'https://wiki.example.org/runbooks/ModelDegradation.md';
    const secrets = [`whsec_${Buffer.from('a secret of twenty-five bytes').toString('base64')}`];
    await opened(
      routed({ slack: true, pagerduty: true, webhook: true, alertmanager: true, email: ['a@example.org'] }),
    );
    const page = 'https://watch.example.org/alerts/degradation%3Abike-demand%3Aperformance';
    const { delivered } = await deliver({
      consoleUrl: 'https://watch.example.org',
      channels: {
        ...channels(),
        pagerduty: openPagerDuty({ routingKey: 'x'.repeat(32), eventsUrl: hook.origin }),
        webhook: openWebhook({ url: `${hook.origin}/hook`, secrets }),
        alertmanager: openAlertmanager({ urls: [hook.origin] }),
      },
    });
    await hook.stop();
    expect(delivered).toBe(5);
    const bodies = [
      JSON.stringify(slack.messages()[0]!.body),
      smtp.messages()[0]!.text,
      smtp.messages()[0]!.html,
      ...hook.requests().map(({ body }) => body),
    ];
    expect(bodies).toHaveLength(6);
    for (const body of bodies) for (const link of [url, page]) expect(body).toContain(link);
    expect(JSON.parse(hook.requests().find(({ path }) => path === '/api/v2/alerts')!.body)[0]).toMatchObject({
      annotations: { runbook_url: url },
    });
  });

  it('tells in one message of what has happened to an alert since it was last told of, in the order of the events', async () => {
    await opened();
    await resolved();
    expect(await deliver()).toEqual({ delivered: 2, pending: 0 });
    expect(slackTexts()).toEqual(['RESOLVED bike-demand is no longer degraded: RMSE is not above 75']);
    const body = JSON.stringify(slack.messages()[0]!.body);
    expect(body.indexOf('CRITICAL bike-demand is degraded')).toBeGreaterThan(0);
    expect(body.lastIndexOf('RESOLVED')).toBeGreaterThan(body.indexOf('CRITICAL bike-demand is degraded'));
  });

  it('tells in one message of all alerts of a group, whichever asks', async () => {
    for (const subject of ['hum', 'temp', 'windspeed']) await opened(toSlack, { kind: 'drift', subject });
    expect(await deliver({}, 'drift:bike-demand:temp')).toEqual({ delivered: 3, pending: 0 });
    expect(await deliver({}, 'drift:bike-demand:hum')).toEqual({ delivered: 0, pending: 0 });
    expect(slackTexts()).toEqual([expect.stringContaining('bike-demand: 3 alerts')]);
  });

  it('waits for more before the first message of a group, and for the interval before the next', async () => {
    const routes = routesSchema.parse([{ slack: true }]);
    await opened(routes, { kind: 'drift', subject: 'hum' });
    const key = 'drift:bike-demand:hum';
    const first = await deliver({}, key);
    expect(first).toMatchObject({ delivered: 0, pending: 1 });
    expect(first.dueInMs).toBeGreaterThan(29_000 - 5_000);
    expect(first.dueInMs).toBeLessThanOrEqual(30_000);
    await letPass('30 seconds');
    expect(await deliver({}, key)).toEqual({ delivered: 1, pending: 0 });

    await opened(routes, { kind: 'drift', subject: 'temp' });
    await letPass('31 seconds');
    const second = await deliver({}, 'drift:bike-demand:temp');
    expect(second).toMatchObject({ delivered: 0, pending: 1 });
    expect(second.dueInMs).toBeGreaterThan(4 * 60_000);
    await letPass('5 minutes');
    expect(await deliver({}, 'drift:bike-demand:temp')).toEqual({ delivered: 1, pending: 0 });
    expect(slack.requests()).toBe(2);
  });

  it('tells in one summary, when the hour is over, of what went beyond the budget', async () => {
    const routes = routed({ slack: true, budget: 1, groupBy: ['subject'] });
    for (const subject of ['hum', 'temp', 'windspeed', 'weather']) {
      await opened(routes, { kind: 'drift', subject });
    }
    const keys = ['hum', 'temp', 'windspeed', 'weather'].map((subject) => `drift:bike-demand:${subject}`);
    await letPass('10 minutes');
    const lateInTheHour = floorToHour(Date.now()) + hourMs - 1_000;
    const outcomes: DeliveryOutcome[] = [];
    for (const key of keys) outcomes.push(await deliver({ database: clockAt(lateInTheHour) }, key));
    expect(outcomes.map(({ delivered }) => delivered)).toEqual([1, 0, 0, 0]);
    expect(outcomes.map(dueInSeconds)).toEqual([undefined, 1, 1, 1]);
    const anHourLater = clockAt(lateInTheHour + hourMs);
    expect(await deliver({ database: anHourLater }, keys[2])).toEqual({ delivered: 3, pending: 0 });
    expect(slackTexts().slice(1)).toEqual([expect.stringContaining('bike-demand: 3 alerts')]);
  });

  it('tells once a day, at its time, of all that a digest has gathered', async () => {
    const routes = routesSchema.parse([{ slack: true, digest: '08:00' }]);
    const tomorrow = Date.UTC(2036, 4, 21);
    const at = (hours: number, alertKey: string) =>
      deliver({ database: clockAt(tomorrow + hours * hourMs) }, alertKey);
    await opened(routes, { kind: 'drift', subject: 'hum' });
    await opened(routes, { kind: 'degradation', subject: 'performance' });
    await test.database.execute(`update alert_deliveries set recorded_at = $1`, [new Date(tomorrow)]);
    const early = await at(7, 'drift:bike-demand:hum');
    expect(early).toMatchObject({ delivered: 0, pending: 1 });
    expect(dueInSeconds(early)).toBe(3_600);
    expect(await at(8, 'drift:bike-demand:hum')).toEqual({ delivered: 2, pending: 0 });
    expect(await at(8, alert.alertKey)).toEqual({ delivered: 0, pending: 0 });
    expect(slackTexts()).toEqual([
      expect.stringContaining('bike-demand: 2 alerts (drift of hum; degradation): 2 critical'),
    ]);
  });

  it('sends one message when ten deliver at once', async () => {
    await opened();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => deliver()));
    expect(slack.requests()).toBe(1);
    expect(outcomes.filter(({ delivered }) => delivered > 0)).toHaveLength(1);
    expect(await deliver()).toEqual({ delivered: 0, pending: 0 });
  });

  it('leaves a message to the process that claimed it until the claim has run out, and sends the same one then', async () => {
    await opened();
    // A process that dies right after this line leaves exactly this behind.
    await claimed();
    await resolved();
    const outcome = await deliver();
    expect(outcome).toMatchObject({ delivered: 0, pending: 2 });
    expect(outcome.dueInMs).toBeGreaterThan(0);
    expect(slack.requests()).toBe(0);

    await letPass('121 seconds');
    expect(await deliver()).toEqual({ delivered: 2, pending: 0 });
    expect(slackTexts().map((text) => text.slice(0, 8))).toEqual(['CRITICAL', 'RESOLVED']);
  });

  it('sends a message once when Postgres is away just after Slack has taken it', async () => {
    await opened();
    const proxy = await startPostgresProxy(test.url);
    const database = openDatabase({ url: proxy.url });
    const { slack: toSlack } = channels();
    let back: Promise<unknown> | undefined;
    const thenAway: Channel = {
      ...toSlack,
      send: async (...message) => {
        const sent = await toSlack.send(...message);
        await proxy.goAway();
        back = pause(1_000).then(() => proxy.comeBack());
        return sent;
      },
    };
    try {
      expect(await deliver({ database, channels: { slack: thenAway } })).toEqual({
        delivered: 1,
        pending: 0,
      });
      await letPass('121 seconds');
      expect(await deliver()).toEqual({ delivered: 0, pending: 0 });
      expect(slack.requests()).toBe(1);
    } finally {
      await back;
      await database.close();
      await proxy.stop();
    }
  });

  it('waits as long as Slack asks after a 429', async () => {
    await opened();
    slack.answerNext({ status: 429, retryAfterSeconds: 30 });
    const outcome = await deliver();
    expect(outcome).toMatchObject({ delivered: 0, pending: 1 });
    expect(outcome.dueInMs).toBeGreaterThan(25_000);
    expect(await deliver()).toMatchObject({ delivered: 0, pending: 1 });
    await letPass('30 seconds');
    expect(await deliver()).toEqual({ delivered: 1, pending: 0 });
    expect(slack.requests()).toBe(2);
  });

  it('does not wait until a clock that was set back is where it was', async () => {
    await opened();
    slack.answerNext({ status: 429, retryAfterSeconds: 30 });
    expect(await deliver()).toMatchObject({ delivered: 0, pending: 1 });
    const setBack = clockAt(Date.now() - 3 * hourMs);
    expect(await deliver({ database: setBack })).toEqual({ delivered: 1, pending: 0 });
  });

  it('takes over two minutes later what a dead worker had claimed by a clock that was set back since', async () => {
    await opened();
    slack.answerNext({ status: 500 });
    await deliver();
    await test.database.execute(
      `update alert_messages set state = 'sending', retry_at = null, claimed_at = now() + interval '3 hours'`,
    );
    expect(await deliver()).toMatchObject({ delivered: 0, pending: 1 });
    await letPass('1 minute');
    expect(await deliver()).toMatchObject({ delivered: 0, pending: 1 });
    await letPass('2 minutes');
    expect(await deliver()).toEqual({ delivered: 1, pending: 0 });
  });

  it('keeps a message that Slack does not take, with what it said, and tries again after ever longer waits', async () => {
    await opened();
    const waits: number[] = [];
    for (let tries = 1; tries <= 4; tries += 1) {
      slack.answerNext({ status: 500 });
      const outcome = await deliver();
      expect(outcome.failures).toEqual([expect.stringContaining('HTTP 500')]);
      expect(await stored()).toMatchObject([
        { state: 'pending', last_error: expect.stringContaining('HTTP 500') },
      ]);
      waits.push(Math.ceil((outcome.dueInMs ?? 0) / 1000));
      await letPass('10 seconds');
    }
    expect(waits).toEqual([1, 2, 4, 8]);
    await deliver();
    expect(await stored()).toMatchObject([{ state: 'delivered', last_error: null }]);
    expect(await attempts()).toEqual([{ attempts: 5, state: 'delivered' }]);
  });

  it('delivers to the other recipients where one fails, and lets what comes after wait for that one', async () => {
    await opened(toBoth);
    slack.answerNext({ status: 500 });
    expect(await deliver()).toMatchObject({ delivered: 1, pending: 1 });
    await resolved(toBoth);
    expect(await deliver()).toMatchObject({ delivered: 1, pending: 2 });
    expect(smtp.messages().map(({ subject }) => subject.slice(0, 10))).toEqual(['[critical]', '[resolved]']);
    expect(slackTexts()).toEqual([]);
    await letPass('1 second');
    expect(await deliver()).toEqual({ delivered: 2, pending: 0 });
    expect(slackTexts().map((text) => text.slice(0, 8))).toEqual(['CRITICAL', 'RESOLVED']);
    expect(smtp.messages()).toHaveLength(2);
  });

  it('notes the addresses that a mail server refused while it took the others', async () => {
    await opened(toBoth);
    const email = { ...channels().email, send: async () => ({ notice: 'refused for b@example.org' }) };
    await deliver({ channels: { slack: channels().slack, email } });
    expect((await stored()).map(({ channel, state, last_error }) => [channel, state, last_error])).toEqual(
      expect.arrayContaining([
        ['email', 'delivered', 'refused for b@example.org'],
        ['slack', 'delivered', null],
      ]),
    );
  });

  it('tells of what was recorded while it ran, too', async () => {
    await opened();
    let sent = 0;
    const send = async (): Promise<object> => {
      sent += 1;
      if (sent === 1) await resolved();
      return {};
    };
    expect(await deliver({ channels: { slack: { sends: 'message', send } } })).toEqual({
      delivered: 2,
      pending: 0,
    });
    expect(sent).toBe(2);
  });
});

describe('a channel that refuses for good', () => {
  const refusing = {
    sends: 'message',
    send: async () => {
      throw new TidewatchError('DELIVERY_REFUSED', {
        channel: 'Slack',
        alertKey: alert.alertKey,
        reason: 'HTTP 404 no_service',
        setting: 'SLACK_WEBHOOK_URL',
      });
    },
  } as const;
  const withFallback = routed({ slack: true, fallback: [{ email: ['a@example.org'] }] });
  const failing = 'delivery-failing:bike-demand:slack';

  it('passes the message to the next of the route at once, and opens an alert there', async () => {
    await opened(withFallback);
    const { email } = channels();
    expect(await deliver({ channels: { slack: refusing, email } })).toMatchObject({
      delivered: 1,
      pending: 0,
      failures: [expect.stringContaining('HTTP 404')],
    });
    expect(woken).toEqual([failing]);
    await deliver({ channels: { slack: refusing, email } }, failing);
    expect(smtp.messages().map(({ subject }) => subject)).toEqual([
      '[critical] bike-demand is degraded: RMSE is above 75',
      expect.stringContaining('bike-demand: Slack does not take its alerts'),
    ]);
    expect((await stored()).map(({ channel, state }) => [channel, state])).toEqual([
      ['slack', 'refused'],
      ['email', 'delivered'],
      ['email', 'delivered'],
    ]);
  });

  it('wakes that alert in the next try where the one before died right after its commit', async () => {
    await opened(withFallback);
    const { email } = channels();
    const given = { channels: { slack: refusing, email } };
    const dies = async (): Promise<void> => {
      throw new Error('killed');
    };
    await expect(deliver({ ...given, wakeAlert: dies })).rejects.toThrow('killed');
    expect(await deliver(given)).toMatchObject({ delivered: 1, pending: 0 });
    expect(woken).toEqual([failing]);
    // Its own life cycle does not wake it, and nobody does when it is told.
    await deliver(given, failing);
    await deliver(given);
    expect(woken).toEqual([failing]);
  });

  it('opens the alert for the other channel of the route, which has been told already', async () => {
    await opened(toBoth);
    const { email } = channels();
    expect(await deliver({ channels: { slack: refusing, email } })).toMatchObject({
      delivered: 1,
      pending: 0,
    });
    expect(woken).toEqual([failing]);
    expect(smtp.messages()).toHaveLength(1);
  });

  it('is repeated and ended where the alert was opened, whatever the routes say', async () => {
    const routes = [
      { kind: 'degradation' as const, slack: true, fallback: [{ email: ['a@example.org'] }], ...atOnce },
      { slack: true, ...atOnce },
    ];
    await watch(test.database, { model: 'bike-demand', alerts: { routes } });
    const settings = installationSettingsSchema.parse({ routes: [{ email: ['others@example.org'] }] });
    await upsertInstallationSettings(test.database, settings, 'hash');
    const { email } = channels();
    await opened(routesSchema.parse(routes));
    await deliver({ channels: { slack: refusing, email } });
    await deliver({ channels: { slack: refusing, email } }, failing);
    await test.database.execute(`update alerts set told_at = told_at - interval '1 hour'`);
    const followed = await createFollowAlert(test)({ model: 'bike-demand', alertKey: failing });
    expect(followed.dueInMs).toBeGreaterThan(0);
    await letPass('1 hour');
    await deliver({ channels: { slack: refusing, email } }, failing);
    await resolved(routesSchema.parse(routes));
    await deliver();
    await letPass('1 hour');
    await deliver({}, failing);
    const told = await test.database.query(
      `select event, channel, recipient, state from alert_deliveries where alert_key = $1 order by recorded_at`,
      [failing],
    );
    const toFallback = { channel: 'email', recipient: 'a@example.org', state: 'delivered' };
    expect(told).toEqual([
      { event: 'opened', ...toFallback },
      { event: 'repeated', ...toFallback },
      { event: 'resolved', ...toFallback },
    ]);
    await test.database.execute('delete from monitors');
  });

  it('keeps the message of two that both refuse it, and does not pass it to and fro', async () => {
    await opened(toBoth);
    const email = { ...channels().email, send: refusing.send };
    await deliver({ channels: { slack: refusing, email } });
    expect(
      (await stored()).filter(({ event, state }) => event === 'opened' && state === 'pending'),
    ).not.toEqual([]);
    await letPass('1 minute');
    expect(await deliver()).toMatchObject({ delivered: 1, pending: 0 });
  });

  it('keeps the message and tries again where nobody else can take it', async () => {
    await opened();
    expect(await deliver({ channels: { slack: refusing } })).toMatchObject({ delivered: 0, pending: 1 });
    await letPass('1 second');
    expect(await deliver()).toEqual({ delivered: 1, pending: 0 });
  });
});

describe('a channel that is not configured', () => {
  const failing = 'delivery-failing:bike-demand:pagerduty';
  const paging = { sends: 'alert', send: async () => ({}) } as const;

  it('is one that refuses: another of the route takes over, and an alert says what to set', async () => {
    const routes = routed({ pagerduty: true, fallback: [{ slack: 'oncall' }, { email: ['a@example.org'] }] });
    await opened(routes);
    const given = {
      channels: { slack: { ...channels().slack, recipients: ['default'] }, email: channels().email },
    };
    expect(await deliver(given)).toMatchObject({ delivered: 1, pending: 0 });
    expect(woken).toEqual([failing]);
    expect(await deliver(given, failing)).toMatchObject({ delivered: 1, pending: 0 });
    const [told, trouble] = smtp.messages();
    expect(told!.subject).toBe('[critical] bike-demand is degraded: RMSE is above 75');
    expect(trouble!.subject).toContain('[critical]');
    expect(trouble!.text).toContain('Set PAGERDUTY_ROUTING_KEY and restart the worker');
  });

  it('keeps the message where nobody takes over until it is configured, and tells whoever another route names', async () => {
    const routes = routed({ severity: ['critical'], pagerduty: true }, { slack: true });
    await watch(test.database, { model: 'bike-demand', alerts: { routes } });
    await opened(routes);
    expect(await deliver()).toMatchObject({
      delivered: 0,
      pending: 1,
      failures: [expect.stringContaining('Set PAGERDUTY_ROUTING_KEY')],
    });
    expect(await deliver({}, failing)).toEqual({ delivered: 1, pending: 0 });
    expect(slackTexts()).toEqual([expect.stringContaining('Set PAGERDUTY_ROUTING_KEY')]);
    await letPass('1 second');
    expect(await deliver({ channels: { ...channels(), pagerduty: paging } })).toEqual({
      delivered: 1,
      pending: 0,
    });
    await letPass('1 hour');
    await deliver({}, failing);
    expect(slackTexts()[1]).toContain('RESOLVED');
    await test.database.execute('delete from monitors');
  });

  it('keeps the message where no channel at all is configured, and opens one alert however often it tries', async () => {
    await watch(test.database, { model: 'bike-demand', alerts: { routes: toBoth } });
    await opened(toBoth);
    await deliver({ channels: {} });
    await letPass('1 second');
    const keys = [...new Set(woken)].sort();
    expect(keys).toEqual(['delivery-failing:bike-demand:email', 'delivery-failing:bike-demand:slack']);
    for (const key of keys) await deliver({ channels: {} }, key);
    expect([...new Set(woken)].sort()).toEqual(keys);
    await letPass('1 minute');
    expect(await deliver()).toMatchObject({ delivered: 2, pending: 0 });
    await test.database.execute('delete from monitors');
  });
});

describe('people are not told for now', () => {
  const apply = (settings: object) =>
    upsertInstallationSettings(
      test.database,
      installationSettingsSchema.parse(settings),
      JSON.stringify(settings),
    );
  const now = Date.now();
  const maintenance = (end: number) => ({
    maintenance: [
      {
        model: 'bike-*',
        from: new Date(now - 3_600_000).toISOString(),
        to: new Date(end).toISOString(),
        reason: 'the feed moves',
      },
    ],
  });

  it('during maintenance, and then of what is still open', async () => {
    await apply(maintenance(now + 3_600_000));
    await opened();
    const outcome = await deliver();
    expect(outcome).toMatchObject({ delivered: 0, pending: 1 });
    expect(await stored()).toMatchObject([
      { state: 'held', held_by: expect.stringContaining('the feed moves') },
    ]);
    await apply(maintenance(now - 1_000));
    expect(await deliver()).toEqual({ delivered: 1, pending: 0 });
  });

  it('during maintenance, and never of what is over by its end', async () => {
    await apply(maintenance(now + 3_600_000));
    await opened();
    await deliver();
    await resolved();
    expect(await deliver()).toEqual({ delivered: 0, pending: 0 });
    expect((await stored()).map(({ state }) => state)).toEqual(['dropped', 'dropped']);
    expect(slack.requests()).toBe(0);
  });

  it('of the end of an alert during maintenance only when they know of it', async () => {
    await opened();
    await deliver();
    await apply(maintenance(now + 3_600_000));
    await resolved();
    expect(await deliver()).toEqual({ delivered: 1, pending: 0 });
  });

  it('but of what a person does to an alert, when they know of it', async () => {
    await opened();
    await deliver();
    await apply(maintenance(now + 3_600_000));
    await acknowledged();
    expect(await deliver()).toEqual({ delivered: 1, pending: 0 });
  });

  it('of what a person does to an alert that nobody knows of, until they are told of both', async () => {
    await apply(maintenance(now + 3_600_000));
    await opened();
    await deliver();
    await acknowledged();
    expect(await deliver()).toMatchObject({ delivered: 0, pending: 2 });
    await apply(maintenance(now - 1_000));
    expect(await deliver()).toEqual({ delivered: 2, pending: 0 });
    expect(slack.requests()).toBe(1);
  });

  it('of what a person does after something that is held back, and then in the order in which it happened', async () => {
    await opened(toSlack, { severity: 'warning' });
    await deliver();
    await apply(maintenance(now + 3_600_000));
    await opened(toSlack, { severity: 'critical' });
    await deliver();
    await acknowledged();
    expect(await deliver()).toMatchObject({ delivered: 0, pending: 2 });
  });

  it('of drift while data are stale', async () => {
    const stale = { kind: 'freshness', subject: 'predictions' } as const;
    const drift = { kind: 'drift', subject: 'hum' } as const;
    await opened(toSlack, stale);
    await opened(toSlack, drift);
    expect(await deliver({}, 'drift:bike-demand:hum')).toMatchObject({ delivered: 0, pending: 1 });
    expect(await stored()).toMatchObject([
      { state: 'pending' },
      { state: 'held', held_by: 'held back by freshness:bike-demand:predictions' },
    ]);
    await resolved(toSlack, stale);
    expect(await deliver({}, 'drift:bike-demand:hum')).toEqual({ delivered: 1, pending: 0 });
  });

  it('until nothing holds it back, and then in one message of all that one alert has held', async () => {
    const stale = { kind: 'freshness', subject: 'predictions' } as const;
    const subjects = ['hum', 'temp', 'windspeed'];
    await opened(toSlack, stale);
    for (const subject of subjects) await opened(toSlack, { kind: 'drift', subject });
    for (const subject of subjects) await deliver({}, `drift:bike-demand:${subject}`);
    await resolved(toSlack, stale);
    expect(await deliver({}, 'drift:bike-demand:temp')).toEqual({ delivered: 3, pending: 0 });
    expect(slackTexts()).toEqual([expect.stringContaining('bike-demand: 3 alerts')]);
    expect(await deliver({}, 'drift:bike-demand:hum')).toEqual({ delivered: 0, pending: 0 });
  });
});

describe('a claim', () => {
  it('is good for one of ten that ask at once', async () => {
    await opened();
    const claims = await Promise.allSettled(Array.from({ length: 10 }, () => claimed()));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('cannot be given back once it has passed to another', async () => {
    await opened();
    const slow = await claimed();
    await letPass('121 seconds');
    await claimed();
    await recordFailed(test.database, slow, 'too late', 0);
    expect(await attempts()).toEqual([{ attempts: 2, state: 'sending' }]);
    expect(await stored()).toMatchObject([{ last_error: null }]);
  });

  it('that ran out still counts as delivered when its message was sent', async () => {
    await opened();
    const slow = await claimed();
    await letPass('121 seconds');
    const other = await claimed();
    await recordDelivered(test.database, slow, null);
    await recordFailed(test.database, other, 'HTTP 500', 0);
    expect(await stored()).toMatchObject([{ state: 'delivered', last_error: null }]);
  });

  it('is not given on a message that was delivered', async () => {
    await opened();
    await recordDelivered(test.database, await claimed(), null);
    await letPass('1 day');
    await expect(claimed()).rejects.toThrow('nothing could be claimed');
  });
});
